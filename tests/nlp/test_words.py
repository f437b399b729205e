"""Words: a small network whose sums are worked out word by word, and which learns from labels and from its teachers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nlp.training.words import Lessons, fit
from nlp.word_model import Network, WordModel, feature_count, features, tokens
from nlp.word_scores import load, save

_TEXTS = (
    "great team lunch today",
    "terrible queue again, no answer",
    "",
    "great!! great :-) @nina https://x.example/a",
    "x",
)
_TOLD = [tokens(text) for text in _TEXTS]


def _network(*, hidden: int = 3, classes: int = 2) -> Network:
    chance = np.random.default_rng(1)
    width = hidden + classes
    return Network(
        features=chance.integers(-9, 10, (feature_count(), width)).astype(np.int8),
        step=chance.random(width).astype(np.float32) / 9,
        hidden_bias=chance.normal(size=hidden).astype(np.float32),
        hidden=chance.normal(size=(hidden, classes)).astype(np.float32),
        bias=chance.normal(size=classes).astype(np.float32),
    )


def test_sums_word_by_word_are_the_features_times_the_weights() -> None:
    network = _network()
    model = WordModel(network)
    whole = network.scores(np.asarray(features(_TOLD) @ network.features.astype(np.float32)))
    assert model.scores(_TOLD) == pytest.approx(whole, abs=1e-3)
    # Words it has met before are looked up, and say the same.
    assert model.scores(_TOLD[::-1]) == pytest.approx(whole[::-1], abs=1e-3)


def test_a_saved_network_says_the_same(tmp_path: Path) -> None:
    network = _network()
    network.features[::2] = 0
    save(network, tmp_path / "words.npz")
    again = load(tmp_path / "words.npz")
    assert np.array_equal(again.features, network.features)
    assert np.array_equal(WordModel(again).scores(_TOLD), WordModel(network).scores(_TOLD))


def _lessons(*, taught: float) -> Lessons:
    """Labelled texts about lunch and queues, and posts nobody labelled with a word that stands in no labelled one."""
    labelled = [f"lunch number {n}" for n in range(40)] + [f"queue number {n}" for n in range(40)]
    unlabelled = [f"zorbly number {n}" for n in range(80)]
    moods = np.array([[0.0, 0.0, 1.0]] * 40 + [[1.0, 0.0, 0.0]] * 40 + [[1 - taught, 0.0, taught]] * 80)
    themes = np.array([[1.0, 0.0]] * 40 + [[0.0, 1.0]] * 40 + [[taught, 1 - taught]] * 80)
    texts = [*labelled, *unlabelled]
    rows = features([tokens(text) for text in texts])
    return Lessons(
        texts=texts,
        rows=rows,
        labelled=len(labelled),
        moods=moods,
        themes=themes,
        theme_weights=np.ones(len(texts)),
    )


def test_what_a_teacher_says_of_posts_nobody_labelled_is_learnt() -> None:
    asked = [tokens(text) for text in ("lunch", "queue", "zorbly")]
    for taught, likely in ((0.9, 2), (0.1, 0)):
        scores = WordModel(fit(_lessons(taught=taught))).scores(asked)
        assert scores[:, :3].argmax(axis=1).tolist() == [2, 0, likely]
        assert (scores[:, 3] > scores[:, 4]).tolist() == [True, False, taught > 0.5]


def test_learning_twice_gives_the_same_network() -> None:
    one, other = fit(_lessons(taught=0.9)), fit(_lessons(taught=0.9))
    assert np.array_equal(one.features, other.features)
    assert np.array_equal(one.hidden, other.hidden)
