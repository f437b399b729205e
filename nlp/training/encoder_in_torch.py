"""Encoder in torch: the packed encoder, so that its numbers can be learnt.

A BERT of twelve layers (multilingual-e5-small), mean of the last states, length one. Either the biases of the upper
half are learnt, and the lower half is computed once for each text; or the first few layers whole, the rest left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from nlp.encoder_graph import LARGEST, PARTS
from nlp.packed_encoder import IN_A_BLOCK, Layout, Tensor, blocks, layout, plain, unpacked

LOWEST_TUNED = 6
"""Layers below are left as they are: tuning all twelve took twice the time."""
_AT_ONCE = 64
_NEVER = -1e4
Tensors = dict[str, Any]


class TorchEncoder:
    """The encoder's numbers; those in `learnt` (by name) may change.

    `first`: of so many layers all is learnt, and there are no others; else biases and norms of the upper half are.
    """

    def __init__(self, packed: bytes, *, first: int | None = None) -> None:
        self.shape: Layout = layout(packed)
        self.layers = first or self.shape.layers
        self.lowest = 0 if first else LOWEST_TUNED
        self.is_rounded = False
        """Whether matrices that are learnt are read in the 4 bits they will be kept in."""
        self.fixed: Tensors = {}
        self.learnt: Tensors = {}
        self._largest: Tensors | None = None
        for name, tensor in self.shape.tensors.items():
            values = torch.from_numpy(_numbers(packed, tensor, self.shape, name))
            layer = int(name[1:].partition(".")[0]) if name.startswith("l") else -1
            if layer >= self.layers:
                continue
            if layer >= self.lowest and (tensor.is_plain or first):
                self.learnt[name] = values.requires_grad_()
            else:
                self.fixed[name] = values if tensor.is_plain or layer < 0 else values.bfloat16()

    def lower(self, texts: Sequence[Sequence[int]]) -> list[Any]:
        """Of each text (its pieces) the states that the layers left as they are make of it: pieces x width."""
        found: list[Any] = [None] * len(texts)
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        with torch.no_grad():
            for start in range(0, len(order), _AT_ONCE):
                places = order[start : start + _AT_ONCE]
                states = [self._embedded(texts[place]) for place in places]
                padded, mask, _ = _together(states)
                for layer in range(self.lowest):
                    padded = self._layer(padded, layer, mask, forget=0.0)
                for row, place in enumerate(places):
                    found[place] = padded[row, : len(texts[place])].clone()
        return found

    def vectors(self, states: Sequence[Any], *, forget: float = 0.0) -> Any:
        """The vectors of texts from their `lower` states: texts x width. `forget`: what share dropout leaves out."""
        padded, mask, is_text = _together(states)
        for layer in range(self.lowest, self.layers):
            padded = self._layer(padded, layer, mask, forget=forget)
        summed = (padded.float() * is_text[..., None]).sum(1)
        return functional.normalize(summed / is_text.sum(1, keepdim=True), dim=1)

    def largest(self, texts: Sequence[Sequence[int]]) -> dict[str, np.ndarray]:
        """The largest number, by its size, that each input of a product takes over these texts (their pieces)."""
        self._largest = {}
        with torch.no_grad():
            for text in texts:  # one by one: of what fills up a shorter text nothing may be seen
                self.vectors(self.lower([text]))
        found, self._largest = self._largest, None
        return {f"{name}{LARGEST}": values.numpy() for name, values in found.items()}

    def _embedded(self, pieces: Sequence[int]) -> Any:
        width = self.shape.width
        states = self.fixed["emb.word"][list(pieces)] + self.fixed["emb.pos"][: len(pieces)]
        states = states + self.fixed["emb.type"].flatten()[:width]
        return self._normed(states, "emb.ln").bfloat16()

    def _layer(self, states: Any, layer: int, mask: Any, *, forget: float) -> Any:
        texts, pieces, width = states.shape
        heads = self.shape.heads
        q, k, v = (
            self._product(states, f"l{layer}.{part}")
            .view(texts, pieces, heads, width // heads)
            .transpose(1, 2)
            for part in "qkv"
        )
        seen = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        told = self._product(seen.transpose(1, 2).reshape(texts, pieces, width), f"l{layer}.ao")
        states = self._normed(states + _dropped(told, forget), f"l{layer}.aln")
        told = self._product(functional.gelu(self._product(states, f"l{layer}.fi")), f"l{layer}.fo")
        return self._normed(states + _dropped(told, forget), f"l{layer}.oln")

    def _product(self, states: Any, name: str) -> Any:
        if self._largest is not None and name.partition(".")[2] in PARTS:
            seen = states.float().abs().amax((0, 1))
            self._largest[name] = torch.maximum(self._largest.get(name, seen), seen)
        weights = self._plain(f"{name}.w")
        if self.is_rounded:
            # What is read is rounded, what is moved is not (straight-through: Bengio and others 2013, arXiv 1308.3432).
            weights = weights + (_rounded(weights.detach()) - weights.detach())
        return functional.linear(states, weights.to(states.dtype), self._plain(f"{name}.b").to(states.dtype))

    def _normed(self, states: Any, name: str) -> Any:
        weight, bias = self._plain(f"{name}.w"), self._plain(f"{name}.b")
        width, epsilon = self.shape.width, self.shape.epsilon
        return functional.layer_norm(states.float(), (width,), weight, bias, epsilon).to(states.dtype)

    def _plain(self, name: str) -> Any:
        return self.learnt[name] if name in self.learnt else self.fixed[name]


def _rounded(weights: Any) -> Any:
    """A matrix in 4 bits, as `packed_encoder.packed` keeps it."""
    of_blocks = weights.reshape(-1, IN_A_BLOCK)
    step = (of_blocks.gather(1, of_blocks.abs().argmax(1, keepdim=True)) / -8).half().float()
    steps = torch.where(step != 0, of_blocks / torch.where(step != 0, step, 1.0), 0.0)
    return ((steps + 8.5).floor().clamp(0, 15) - 8).mul(step).reshape(weights.shape)


def _dropped(states: Any, share: float) -> Any:
    return functional.dropout(states, share) if share else states


def _together(states: Sequence[Any]) -> tuple[Any, Any, Any]:
    """Texts of different lengths in one tensor, what attention adds so that only text is seen, and what is text."""
    lengths = torch.tensor([len(each) for each in states])
    padded = torch.nn.utils.rnn.pad_sequence(list(states), batch_first=True)
    is_text = torch.arange(padded.shape[1])[None] < lengths[:, None]
    mask = torch.zeros(len(states), 1, 1, padded.shape[1], dtype=padded.dtype)
    return padded, mask.masked_fill(~is_text[:, None, None], _NEVER), is_text


def _numbers(packed: bytes, tensor: Tensor, shape: Layout, name: str) -> np.ndarray:
    if tensor.is_plain:
        values = plain(packed, tensor).copy()
        return values.reshape(-1, shape.width) if name == "emb.pos" else values
    return unpacked(blocks(packed, tensor, shape.inner if name.endswith("fo.w") else shape.width))
