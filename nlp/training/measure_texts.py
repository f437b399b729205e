"""Measure texts: about the company or not, sentiment, tone, themes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import orjson
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from nlp import encoder
from nlp.fold import fold
from nlp.language import likely_language
from nlp.linear import load
from nlp.relevance import kept_from
from nlp.sentiment import Sentiment, sentiments
from nlp.texts import texts_lines
from nlp.themes import LEAST, stems_in, theme_chances, theme_names
from nlp.themes import themes as theme_labels
from nlp.training import convert
from nlp.training import relevance as training
from nlp.training import words as word_training
from nlp.training.homonyms import APART, FAIR_APART, KNOWN_APART, as_said
from nlp.training.invent_work import POSTS_APART, WORK_APART, WorkText, work_texts
from nlp.training.relevance import Examples
from nlp.training.scores import accuracy, calibration_error, f1, macro_f1, micro_f1, precision, recall
from nlp.training.sentiment import thorough, told_to_encoder
from nlp.training.themes import said_of, table
from nlp.training.vectors import CACHE
from nlp.word_scores import MOODS, columns_of

_SEED = 20261118
_AS_SAID, _READ = "invented homonyms as said, new names", "real posts, read"
_APART = "real posts, kept apart"
Row = tuple[str, ...]


def relevance(data: Path | None, *, quick: bool = False) -> Iterator[Row]:
    """Turns of phrase (invented), posts (read) and names (rough labels) kept out of training, five times over."""
    sets = {
        "invented sentences, new turns": training.drawn(_SEED, 4000),
        "invented homonyms, new texts": training.homonym_texts(_SEED),
        _AS_SAID: training.texts_as_said(),
    }
    shown = [sets["invented homonyms, new texts"]]
    if data is not None:
        read, rough = training.natural(data)
        sets |= {_READ: read, "real posts, other names and words": rough}
        shown.append(training.shown_to_encoder(rough))
    # Put-together sentences are not worth the encoder's time.
    asked = [] if quick or not encoder.available() else [name for name in (_AS_SAID, _READ) if name in sets]
    chance = {("girafe, fast", name): np.zeros(len(examples.labels)) for name, examples in sets.items()}
    chance |= {("girafe, cascade", name): np.zeros(len(sets[name].labels)) for name in asked}
    for fold_ in range(5):
        left = {name: np.flatnonzero(_fold_of(examples.groups) == fold_) for name, examples in sets.items()}
        learnt = {
            name: training.part(examples, np.setdiff1d(np.arange(len(examples.labels)), left[name]))
            for name, examples in sets.items()
        }
        model = training.fit(training.joined(list(learnt.values())))
        for name, examples in sets.items():
            rows = examples.rows[left[name]]
            chance["girafe, fast", name][left[name]] = training.chances(model, rows)
        if asked:
            taught = training.joined([*shown, *(learnt[name] for name in asked)])
            second = training.fit_vectors(taught, CACHE)
        for name in asked:
            own = training.part(sets[name], left[name])
            encoded = training.by_vectors(second, own, CACHE)
            chance["girafe, cascade", name][left[name]] = training.chances(model, own.rows, encoded)
    if data is not None and not quick:
        made_up = training.joined([sets[name] for name in list(sets)[:3]])
        sets["real posts, read, name never met"] = read
        chance["girafe, fast", "real posts, read, name never met"] = _new_names(made_up, read, rough)
    for (system, name), found in chance.items():
        examples = sets[name]
        for language in sorted(set(examples.languages)):
            own = examples.languages == language
            yield from _relevance_rows(name, language, system, examples.labels[own], found[own])


def _new_names(made_up: Examples, read: Examples, rough: Examples) -> np.ndarray:
    """The chances of read mentions, each name's by a model that never met it."""
    chance = np.zeros(len(read.labels))
    for name in sorted(set(read.names)):
        own = read.names == name
        others = [training.part(made_up, made_up.names != name), training.part(read, ~own), rough]
        chance[own] = training.chances(training.fit(training.joined(others)), read.rows[own])
    return chance


def _fold_of(groups: np.ndarray) -> np.ndarray:
    number = {group: place % 5 for place, group in enumerate(sorted(set(groups)))}
    return np.array([number[group] for group in groups])


def _relevance_rows(
    name: str, language: str, system: str, truth: np.ndarray, chance: np.ndarray
) -> Iterator[Row]:
    """Companies and words are made to weigh the same, so that precision does not hang on how many of each there are."""
    cut = kept_from(language, by_encoder=system == "girafe, cascade")
    found = f"as often as found: {precision(truth, chance >= cut).value:.3f}"
    balanced = np.concatenate([np.flatnonzero(truth)] * max(1, round((~truth).sum() / truth.sum())))
    rows = np.concatenate([balanced, np.flatnonzero(~truth)])
    truth, chance = truth[rows], chance[rows]
    said, what = chance >= cut, "about the company (common word)"
    error = calibration_error(truth == said, np.maximum(chance, 1 - chance))
    for label, score in (("precision", precision), ("recall", recall), ("F1", f1)):
        if system == "girafe, fast":
            every = str(score(truth, np.ones_like(said)))
            yield f"{what}, {label}", language, "every mention counts", every, name
        note = {"precision": found, "F1": f"ECE {error:.3f}"}.get(label)
        yield (
            f"{what}, {label}",
            language,
            system,
            str(score(truth, said)),
            f"{name}{'; ' if note else ''}{note or ''}",
        )


def sentiment(data: Path | None, *, quick: bool = False) -> Iterator[Row]:
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
    if encoder.available() and not quick:
        told["encoder alone"] = _encoder(data, test, languages)
        moods = load("mood")
        told["its first layers alone"] = np.array(moods.classes)[
            moods.scores(encoder.encode_moods(test)).argmax(axis=1)
        ]
        told["girafe, cascade"] = _first(_cascade(test, languages.tolist()))
    for system, said in told.items():
        for language in ("en", "fr"):
            own = languages == language
            yield (
                "sentiment, macro-F1",
                language,
                system,
                str(macro_f1(truth[own], said[own])),
                "",
            )


def about_work(data: Path | None, *, quick: bool = False) -> Iterator[Row]:
    """Posts about work kept apart, by two writers: only ever measured, whatever the data."""
    for path, note in ((WORK_APART, "invented, kept apart"), (POSTS_APART, "another writer's, kept apart")):
        yield from _about_work(list(work_texts(path)), note, quick=quick)


def _about_work(posts: list[WorkText], note: str, *, quick: bool) -> Iterator[Row]:
    texts, languages = [each.text for each in posts], np.array([each.language for each in posts])
    truth = np.array([each.sentiment for each in posts])
    names = theme_names()
    read = np.array([[name in each.themes for name in names] for each in posts])
    found = [dict(row) for row in theme_labels(list(map(fold, texts)), languages.tolist())]
    said = np.array([[name in row for name in names] for row in found])
    for what, towards in (("sentiment", False), ("tone", True)):
        systems = {"girafe, fast": _fast(texts, languages.tolist(), towards_company=towards)}
        if encoder.available() and not quick:
            systems["girafe, cascade"] = _cascade(texts, languages.tolist(), towards_company=towards)
        for system, felt in systems.items():
            moods = _first(felt)
            for language in ("fr", "en"):
                own = languages == language
                score = str(macro_f1(truth[own], moods[own]))
                yield f"{what} about work, macro-F1", language, system, score, note
    for language in ("fr", "en"):
        own = languages == language
        yield "themes about work, macro-F1", language, "girafe", str(macro_f1(read[own], said[own])), note


def homonyms_apart(data: Path | None, *, quick: bool = False) -> Iterator[Row]:
    """Posts with names that are words kept apart, as `girafe texts` answers them; whatever the data."""
    yield from _as_answered(APART, "another writer's, kept apart", quick=quick)
    yield from _as_answered(KNOWN_APART, "a third writer's, well-known names, kept apart", quick=quick)
    yield from _as_answered(FAIR_APART, "a fair sample, well-known names, kept apart", quick=quick)


def _as_answered(path: Path, note: str, *, quick: bool) -> Iterator[Row]:
    posts = list(as_said(path))
    truth = np.array([each.is_company for each in posts])
    lines = [
        orjson.dumps({"id": str(place), "text": each.text, "company": {"name": each.name}}).decode()
        for place, each in enumerate(posts)
    ]
    systems = ["girafe, fast"] if quick or not encoder.available() else ["girafe, fast", "girafe, cascade"]
    for system in systems:
        told = [orjson.loads(each) for each in texts_lines(lines, None, fast=system == "girafe, fast")]
        said = np.array([each["about_company"] for each in told])
        for label, score in (("precision", precision), ("recall", recall)):
            what = f"about the company (common word), {label}"
            yield what, "fr+en", system, str(score(truth, said)), note


def _first(moods: list[Sentiment | None]) -> np.ndarray:
    return np.array([mood.label if mood else "neutral" for mood in moods])


def _fast(texts: list[str], languages: list[str], *, towards_company: bool) -> list[Sentiment | None]:
    return sentiments(texts, languages, towards_company=[towards_company] * len(texts))


def _cascade(
    texts: list[str], languages: list[str], *, towards_company: bool = False
) -> list[Sentiment | None]:
    return sentiments(
        texts,
        languages,
        towards_company=[towards_company] * len(texts),
        encode=lambda places: encoder.encode_moods([texts[place] for place in places]),
    )


def _encoder(data: Path, texts: list[str], languages: np.ndarray) -> np.ndarray:
    """What regressions on the encoder's vectors say, as they teach words and the first layers."""
    found, said = told_to_encoder(data), np.empty(len(texts), dtype=object)
    for language in ("en", "fr"):
        own = np.flatnonzero(languages == language)
        model = thorough(found, language, CACHE)
        scores = model.scores(encoder.encode([texts[place] for place in own]))
        said[own] = np.array(model.classes)[scores.argmax(axis=1)]
    return said.astype(str)


def read_posts(data: Path | None, *, quick: bool = False) -> Iterator[Row]:
    """Themes and tone of texts readers labelled, by what learnt nothing of them; of another reader's, kept apart."""
    if data is None:
        return
    read = convert.themes(data)
    apart = convert.read_texts(data, convert.READ_THEMES_APART)
    left_out = None
    if encoder.available() and not quick:
        left_out = word_training.left_out_scores(data, CACHE)
    yield from _themes(read, apart, left_out)
    yield from _tone(read, apart, left_out)


def _themes(read: list[WorkText], apart: list[WorkText], left_out: np.ndarray | None) -> Iterator[Row]:
    texts = [each.text for each in read]
    truth, said = table(each.themes for each in read), said_of(texts)
    yield "themes, macro-F1", "fr+en", "majority", str(macro_f1(truth, np.zeros_like(truth))), ""
    yield (
        "themes, macro-F1",
        "fr+en",
        "TF-IDF + regression",
        str(macro_f1(truth, _baseline(texts, truth))),
        "5-fold",
    )
    yield (
        "themes, macro-F1",
        "fr+en",
        "stems",
        str(macro_f1(truth, said)),
        "written with 160 of these in view",
    )
    if left_out is not None:
        holds = theme_chances(columns_of(left_out, "themes"), said) >= LEAST
        yield "themes, macro-F1", "fr+en", "girafe", str(macro_f1(truth, holds)), "3-fold"
    truth = table(each.themes for each in apart)
    folded = [fold(each.text) for each in apart]
    found = theme_labels(folded, _languages(apart))
    told = table(frozenset(dict(row)) for row in found)
    for system, said in (("stems", stems_in(folded)), ("girafe", told)):
        yield "themes, macro-F1", "fr+en", system, str(macro_f1(truth, said)), _APART
        yield "themes, micro-F1", "fr+en", system, str(micro_f1(truth, said)), _APART


def _tone(read: list[WorkText], apart: list[WorkText], left_out: np.ndarray | None) -> Iterator[Row]:
    """Beside macro-F1, of which few posts that praise decide a third, how many posts get the reader's answer."""
    if left_out is not None:
        truth = _felt(read)
        said = np.array(MOODS)[columns_of(left_out, "tone").argmax(axis=1)]
        yield "tone, macro-F1", "fr+en", "girafe, fast", str(macro_f1(truth, said)), "3-fold"
        yield "tone, accuracy", "fr+en", "girafe, fast", str(accuracy(truth, said)), "3-fold"
    truth = _felt(apart)
    texts, languages = [each.text for each in apart], _languages(apart)
    told = {
        "majority": np.full(len(apart), "negative"),
        "sentiment of the text": _first(sentiments(texts, languages)),
        "girafe, fast": _first(_fast(texts, languages, towards_company=True)),
    }
    if left_out is not None:
        told["girafe, cascade"] = _first(_cascade(texts, languages, towards_company=True))
    for system, said in told.items():
        yield "tone, macro-F1", "fr+en", system, str(macro_f1(truth, said)), _APART
        yield "tone, accuracy", "fr+en", system, str(accuracy(truth, said)), _APART


def _felt(posts: list[WorkText]) -> np.ndarray:
    return np.array([each.sentiment for each in posts])


def _languages(posts: list[WorkText]) -> list[str]:
    return [likely_language(each.text) for each in posts]


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
