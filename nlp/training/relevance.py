"""Train: company or common word, from invented sentences and from how real posts use names and words.

By words, and by the encoder where words are not sure.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, diags, hstack, vstack
from sklearn.linear_model import LogisticRegression

from nlp.company import CompanyNames
from nlp.fold import fold
from nlp.language import likely_language
from nlp.linear import Linear, sigmoid
from nlp.relevance import OF_VECTORS, SURE, is_known
from nlp.relevance_features import (
    KEY_WEIGHT,
    KEYS,
    KNOWLEDGE,
    context_keys,
    mention_features,
    mention_lines,
    text_features,
)
from nlp.sectors import sector_names
from nlp.training.homonyms import as_said, homonyms
from nlp.training.invent_relevance import Sentence, sentences
from nlp.training.natural_mentions import Usage, usages
from nlp.training.vectors import vectors

_SEED, _COUNT = 20261104, 6000
_STRENGTH, _STRENGTH_OF_VECTORS = 0.5, 3.0
_ENCODED_OF_ROUGH = 3
"""Of mentions with rough labels every third is shown to the encoder, which is slow."""
_ROUGH_COMPANY, _READ = 3.0, 4.0
"""What a mention counts beside an invented one: companies are rarer than words in real posts; what was read is sure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Mentions as rows of features and as lines for the encoder, whether each is the company, and what tests keep apart
    (`groups`)."""

    rows: csr_matrix
    lines: np.ndarray
    """Mentions x 2, as `mention_lines`."""
    labels: np.ndarray
    groups: np.ndarray
    languages: np.ndarray
    weights: np.ndarray
    names: np.ndarray
    trades: np.ndarray
    """Of the company asked about; empty where none is known."""


def invented(sentences_: Iterable[Sentence]) -> Examples:
    """Invented sentences; groups are turns of phrase."""
    counted, keys, shown, labels, turns, named, trades = [], [], [], [], [], [], []
    for sentence in sentences_:
        names = CompanyNames(company_id="x", names=(sentence.name,))
        folded = fold(sentence.text)
        mentions = names.mentions(sentence.text, folded)
        counted += text_features(
            sentence.text, folded, mentions,
            others=sentence.others, trade=names.trade, language=likely_language(sentence.text),
        )  # fmt: skip
        keys += [context_keys(sentence.text, folded, mention) for mention in mentions]
        shown += [mention_lines(sentence.text, mention) for mention in mentions]
        labels += [sentence.is_company] * len(mentions)
        turns += [f"{sentence.is_company} {sentence.turn}"] * len(mentions)
        named += [fold(sentence.name)] * len(mentions)
        trades += [names.trade] * len(mentions)
    return Examples(
        rows=_matrix(counted, keys),
        lines=np.array(shown),
        labels=np.array(labels),
        groups=np.array(turns),
        languages=np.array(["fr+en"] * len(labels)),
        weights=np.ones(len(labels)),
        names=np.array(named),
        trades=np.array(trades),
    )


def drawn(seed: int, count: int) -> Examples:
    """Sentences put together from turns of phrase and names."""
    return invented(sentences(random.Random(seed), count))


def homonym_texts(seed: int) -> Examples:
    """The texts of homonyms.txt."""
    return invented(homonyms(random.Random(seed)))


def texts_as_said() -> Examples:
    """The texts of homonyms_as_said.tsv; groups are names."""
    return invented(as_said())


def natural(data: Path) -> tuple[Examples, Examples]:
    """Mentions in real posts: those a reader labelled (groups are posts), and unmistakable ones (groups are names)."""
    found = list(usages(data))
    read, rough = [u for u in found if u.is_read], [u for u in found if not u.is_read]
    return (
        _natural(read, [u.post for u in read], np.full(len(read), _READ)),
        _natural(
            rough, [u.name for u in rough], np.array([_ROUGH_COMPANY if u.is_company else 1.0 for u in rough])
        ),
    )


def _natural(found: Sequence[Usage], groups: list[str], weights: np.ndarray) -> Examples:
    return Examples(
        rows=_matrix(
            [
                mention_features(
                    u.text,
                    u.folded,
                    u.mention,
                    mentions=1,
                    others=0,
                    trade=u.trade,
                    language=likely_language(u.text),
                )
                for u in found
            ],
            [context_keys(u.text, u.folded, u.mention) for u in found],
        ),
        lines=np.array([mention_lines(u.text, u.mention) for u in found]),
        labels=np.array([u.is_company for u in found]),
        groups=np.array(groups),
        languages=np.array([u.language for u in found]),
        weights=weights,
        names=np.array([u.name for u in found]),
        trades=np.array([u.trade for u in found]),
    )


def _matrix(counted: list[list[float]], keys: list[list[int]]) -> csr_matrix:
    ends = np.cumsum([0, *map(len, keys)])
    hashed = csr_matrix((np.full(ends[-1], KEY_WEIGHT), np.concatenate(keys), ends), shape=(len(keys), KEYS))
    hashed.sum_duplicates()
    return hstack([csr_matrix(np.array(counted)), hashed]).tocsr()


def joined(parts: Sequence[Examples]) -> Examples:
    """All examples of several sets."""
    arrays = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Examples)
        if field.name != "rows"
    }
    return Examples(rows=vstack([part.rows for part in parts]).tocsr(), **arrays)


def fit(examples: Examples) -> Linear:
    """Two logistic regressions that score `company` against the word: of known names, and of those nobody has met.

    One alone takes what is known of a name for granted, and believes too little of a company it knows nothing of.
    """
    unknowing = examples.rows @ diags(_unknowing(examples.rows))
    models = [
        LogisticRegression(C=_STRENGTH, max_iter=3000).fit(
            rows, examples.labels, sample_weight=examples.weights
        )
        for rows in (examples.rows, unknowing)
    ]
    return Linear(
        classes=("company", "company_unmet"),
        weights=np.hstack([model.coef_.T for model in models]),
        bias=np.concatenate([model.intercept_ for model in models]),
    )


def _unknowing(rows: csr_matrix) -> np.ndarray:
    """A one for every feature, and zeros for what is known of names."""
    kept = np.ones(rows.shape[1])
    counted = rows.shape[1] - KEYS
    kept[counted - KNOWLEDGE : counted] = 0
    return kept


def chances(model: Linear, rows: csr_matrix, encoded: np.ndarray | None = None) -> np.ndarray:
    """The chance of each row to be the company, each by the half of the model that judges such a name.

    `encoded`: what the encoder's vectors say of each, counted where words are not sure.
    """
    known = is_known(rows[:, : rows.shape[1] - KEYS].toarray())
    both = model.scores(rows)
    scores = np.where(known, both[:, 0], both[:, 1])
    if encoded is not None:
        scores = scores + OF_VECTORS * encoded * (np.abs(scores) < SURE)
    found: np.ndarray = sigmoid(scores)
    return found


def fit_vectors(examples: Examples, cache: Path) -> Linear:
    """A logistic regression on the vectors of a mention's two lines, with a class for each trade of the company.

    What speaks for a telephone company speaks against a shop: each trade has weights of its own beside those of all,
    and its class is the sum of both. Where no trade is known, those of all stand alone (class "").
    """
    encoded = encoded_lines(examples, cache)
    mean = encoded.mean(axis=0)
    centred, trades = csr_matrix(encoded - mean), sector_names()
    of_trades = [csr_matrix(diags((examples.trades == trade).astype(float)) @ centred) for trade in trades]
    model = LogisticRegression(C=_STRENGTH_OF_VECTORS, max_iter=3000)
    model.fit(hstack([centred, *of_trades]).tocsr(), examples.labels, sample_weight=examples.weights)
    of_all, *own = model.coef_.reshape(len(trades) + 1, -1)
    return Linear(
        classes=("", *trades),
        weights=np.stack([of_all, *(of_all + each for each in own)], axis=1),
        bias=np.repeat(model.intercept_, len(trades) + 1),
        mean=mean,
    )


def by_vectors(model: Linear, examples: Examples, cache: Path) -> np.ndarray:
    """What the vectors say of each mention, by the class of its trade."""
    classes = [model.classes.index(trade) for trade in examples.trades]
    found: np.ndarray = model.scores(encoded_lines(examples, cache))[np.arange(len(classes)), classes]
    return found


def encoded_lines(examples: Examples, cache: Path) -> np.ndarray:
    """The vectors of each mention's two lines, side by side."""
    return vectors(examples.lines.ravel().tolist(), cache).reshape(len(examples.labels), -1)


def shown_to_encoder(examples: Examples) -> Examples:
    """Of examples with rough labels those that the encoder is shown."""
    return part(examples, np.arange(len(examples.labels)) % _ENCODED_OF_ROUGH == 0)


def part(examples: Examples, chosen: np.ndarray) -> Examples:
    """Some of the examples."""
    return Examples(**{field.name: getattr(examples, field.name)[chosen] for field in fields(Examples)})


def train(data: Path, cache: Path) -> None:
    """Fits the models and writes relevance.npz and relevance_vectors.npz."""
    written, (read, rough) = [homonym_texts(_SEED), texts_as_said()], natural(data)
    fit(joined([drawn(_SEED, _COUNT), *written, read, rough])).save("relevance")
    fit_vectors(joined([*written, read, shown_to_encoder(rough)]), cache).save("relevance_vectors")
