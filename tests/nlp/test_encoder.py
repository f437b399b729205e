"""Encoder: tuned numbers are in the engine, the rest of the file stays, numbers that do not fit are refused."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest

from nlp.encoder import TUNED, _tuned, encode, engine, package_file
from nlp.packed_encoder import layout, tuned

_TEXTS = [
    "Je travaille chez Acme depuis trois ans",
    "I used to work at Acme",
    "Acme, jamais répondu à mon mail",
]


@pytest.fixture(scope="module")
def packed() -> bytes:
    return package_file().read_bytes()


def test_the_tuned_encoder_says_something_else_than_the_packages(packed: bytes) -> None:
    own, theirs = encode(_TEXTS), engine(package_file()).encode(_TEXTS, is_query=True)
    assert own.shape == theirs.shape == (3, 384)
    np.testing.assert_allclose(np.linalg.norm(own, axis=1), 1, atol=1e-5)
    assert (own * theirs).sum(axis=1).max() < 0.99


def test_only_plain_numbers_change_and_the_rest_of_the_file_stays_as_it_was(packed: bytes) -> None:
    tensor = layout(packed).tensors["l11.oln.b"]
    changed = tuned(packed, {"l11.oln.b": np.arange(384.0)})
    end = tensor.start + tensor.size
    assert changed[: tensor.start] == packed[: tensor.start]
    assert changed[end:] == packed[end:]
    assert np.frombuffer(changed[tensor.start : end], "<f4").tolist() == list(range(384))


@pytest.mark.parametrize(
    ("name", "numbers"),
    [("l12.oln.b", np.zeros(384)), ("l11.oln.b", np.zeros(768)), ("l11.q.w", np.zeros(384 * 384))],
)
def test_numbers_for_another_encoder_are_refused_by_name(
    packed: bytes, name: str, numbers: np.ndarray
) -> None:
    with pytest.raises(ValueError, match=name):
        tuned(packed, {name: numbers})


def test_a_file_that_is_no_packed_encoder_is_refused() -> None:
    with pytest.raises(ValueError, match="packed encoder"):
        layout(b"PK\x03\x04 something else")


def test_every_committed_number_is_finite_and_has_a_place_in_the_installed_encoder(packed: bytes) -> None:
    with np.load(TUNED, allow_pickle=False) as arrays:
        numbers = {name: arrays[name] for name in arrays.files}
    assert all(np.isfinite(values).all() for values in numbers.values())
    tuned(packed, numbers)


def test_loading_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    _tuned.cache_clear()
    encode(_TEXTS)
    assert list(tmp_path.iterdir()) == []


def test_a_zero_byte_does_not_end_what_is_read() -> None:
    whole, cut = encode(["Je travaille\0 chez Acme", "Je travaille"])
    assert whole @ cut < 0.999
