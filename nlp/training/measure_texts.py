"""Measure texts: about the company or not, sentiment, themes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from nlp import encoder
from nlp.linear import load, sigmoid, softmax
from nlp.sentiment import Sentiment, sentiments
from nlp.training import convert
from nlp.training.invent_relevance import sentences
from nlp.training.relevance import features, fit
from nlp.training.scores import calibration_error, f1, macro_f1, precision, recall
from nlp.training.themes import read_and_said

_SEED, _KEPT = 20261118, 0.62
Row = tuple[str, ...]


def relevance(data: Path | None) -> Iterator[Row]:
    """Invented sentences whose turns of phrase were kept out of training, five times over."""
    rows, truth, turns = features(list(sentences(random.Random(_SEED), 4000)))
    chance = np.zeros(len(truth))
    for part in range(5):
        test = turns % 5 == part
        chance[test] = sigmoid(fit(rows[~test], truth[~test]).scores(rows[test]))[:, 0]
    said = chance >= _KEPT
    name = "about the company (common word)"
    error = calibration_error(truth == said, np.maximum(chance, 1 - chance))
    note = f"ECE {error:.3f}"
    for label, score in (("precision", precision), ("recall", recall), ("F1", f1)):
        yield (
            f"{name}, {label}",
            "fr+en",
            "every mention counts",
            str(score(truth, np.ones_like(said))),
            "invented",
        )
        yield f"{name}, {label}", "fr+en", "girafe", str(score(truth, said)), f"invented, new turns; {note}"


def sentiment(data: Path | None) -> Iterator[Row]:
    """The validation part, which nothing was fitted on."""
    if data is None:
        return
    texts, labels, _ = convert.sentiment(data, "train")
    test, truth, languages = convert.sentiment(data, "val")
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    baseline = LogisticRegression(max_iter=1000, class_weight="balanced").fit(
        words.fit_transform(texts), labels
    )
    told = {"TF-IDF + regression": baseline.predict(words.transform(test))}
    told["majority"] = np.full(len(test), "neutral")
    told["girafe, fast"] = _first(sentiments(test, languages.tolist()))
    notes = dict.fromkeys(told, "")
    if encoder.available():
        told["encoder alone"] = _encoder(test, languages)
        told["girafe, cascade"] = _first(sentiments(test, languages.tolist(), thorough=True))
    for system, said in told.items():
        for language in ("en", "fr"):
            own = languages == language
            yield (
                "sentiment, macro-F1",
                language,
                system,
                str(macro_f1(truth[own], said[own])),
                notes.get(system, ""),
            )


def _first(moods: list[Sentiment | None]) -> np.ndarray:
    return np.array([mood.label if mood else "neutral" for mood in moods])


def _encoder(texts: list[str], languages: np.ndarray) -> np.ndarray:
    said = np.empty(len(texts), dtype=object)
    for language in ("en", "fr"):
        own = np.flatnonzero(languages == language)
        model = load(f"sentiment_vectors_{language}")
        shares = softmax(model.scores(encoder.encode([texts[place] for place in own])))
        said[own] = np.array(model.classes)[shares.argmax(axis=1)]
    return said.astype(str)


def themes(data: Path | None) -> Iterator[Row]:
    """The texts a reader labelled. The stems were written with them in view: expect less elsewhere."""
    if data is None:
        return
    read, said = read_and_said(data)
    texts = [row["text"] for row in convert.themes(data)]
    yield "themes, macro-F1", "fr+en", "majority", str(macro_f1(read, np.zeros_like(read))), ""
    yield (
        "themes, macro-F1",
        "fr+en",
        "TF-IDF + regression",
        str(macro_f1(read, _baseline(texts, read))),
        "5-fold",
    )
    yield (
        "themes, macro-F1",
        "fr+en",
        "girafe",
        str(macro_f1(read, said)),
        "stems written with these texts in view",
    )


def _baseline(texts: list[str], labels: np.ndarray) -> np.ndarray:
    said = np.zeros_like(labels)
    for kept, left in KFold(5, shuffle=True, random_state=_SEED).split(texts):
        words = TfidfVectorizer(sublinear_tf=True)
        rows, test = words.fit_transform([texts[i] for i in kept]), words.transform([texts[i] for i in left])
        for theme in range(labels.shape[1]):
            if labels[kept, theme].any():
                model = LogisticRegression(C=10, class_weight="balanced", max_iter=500)
                said[left, theme] = model.fit(rows, labels[kept, theme]).predict(test)
    return said
