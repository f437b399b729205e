"""Train: tone, the feeling towards the company, by a regression on the encoder's first layers, which teaches words too.

What readers said of real posts counts most: a question about the pay is neutral to them, and advice no praise
(docs/decisions/0112).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from nlp.encoder import encode_moods
from nlp.linear import Linear, softmax
from nlp.training import convert
from nlp.training.invent_work import WorkText, work_texts
from nlp.training.vectors import vectors
from nlp.word_model import Network, in_steps
from nlp.word_scores import MOODS, columns_of

_STRENGTH, _STRENGTH_OF_WORDS = 12.0, 2.0
_INVENTED = 0.2
"""What an invented post counts beside a real one a reader labelled."""
_READ_TO_WORDS, _INVENTED_TO_WORDS = 3.0, 2.0
"""What they count, to words, beside one of which the encoder says the tone."""
_UNLIKELY = 0.02
"""A chance so small teaches nothing."""
_OF_HIDDEN = 0.3
"""How large the hidden sums stand beside words, which are learnt anew."""


def answers(data: Path, cache: Path, texts: Sequence[str], *, left_out: Sequence[int] = ()) -> np.ndarray:
    """The tone of texts, as words learn it: texts x moods, the chance of each times what it counts.

    A reader's or writer's answer where there is one, else what the encoder says. `left_out`: places of the texts a
    reader labelled whose answers are not known.
    """
    out = frozenset(left_out)
    read = [each for place, each in enumerate(convert.themes(data)) if place not in out]
    found = softmax(_fit(read, cache).scores(vectors(texts, cache, encode_moods)))
    places: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        places.setdefault(text, []).append(place)
    for told, counts in ((work_texts(), _INVENTED_TO_WORDS), (read, _READ_TO_WORDS)):
        for each in told:
            found[places.get(each.text, [])] = [counts * (each.sentiment == mood) for mood in MOODS]
    return found


def added_to(network: Network, rows: csr_matrix, tones: np.ndarray) -> Network:
    """The network with scores of tone behind the others, which stay as they are.

    A regression on a text's features, its hidden sums and its scores of sentiment. `rows`: texts x features, `tones`:
    texts x moods, the chance of each times what it counts.
    """
    sums = rows @ network.features.astype(np.float32)
    hidden, _ = network.layers(sums)
    moods = columns_of(network.scores(sums), "sentiment")
    used = np.flatnonzero(network.features.any(axis=1))
    shown = hstack([rows[:, used], csr_matrix(_OF_HIDDEN * hidden), csr_matrix(moods)]).tocsr()
    texts, classes = np.nonzero(tones > _UNLIKELY)
    model = LogisticRegression(C=_STRENGTH_OF_WORDS, max_iter=200, tol=1e-3)
    model.fit(shown[texts], classes, sample_weight=tones[texts, classes])
    return _joined(network, used, model)


def _joined(network: Network, used: np.ndarray, model: LogisticRegression) -> Network:
    """The regression's weights as those of a network: scores of sentiment are sums themselves."""
    count = len(network.hidden_bias)
    own, of_hidden, of_moods = np.split(model.coef_.T, [len(used), len(used) + count])
    weights = network.features[:, count:] * network.step[count:]
    whole = columns_of(weights, "sentiment") @ of_moods
    whole[used] += own
    steps, step = in_steps(whole.astype(np.float32))
    hidden = _OF_HIDDEN * of_hidden + columns_of(network.hidden, "sentiment") @ of_moods
    bias = model.intercept_ + columns_of(network.bias[None], "sentiment")[0] @ of_moods
    return replace(
        network,
        features=np.hstack([network.features, steps]),
        step=np.concatenate([network.step, step]),
        hidden=np.hstack([network.hidden, hidden.astype(np.float32)]),
        bias=np.concatenate([network.bias, bias.astype(np.float32)]),
    )


def _fit(read: Sequence[WorkText], cache: Path) -> Linear:
    """A logistic regression over negative, neutral and positive; their shares as they are, for shares are counted."""
    posts = [*read, *work_texts()]
    encoded = vectors([each.text for each in posts], cache, encode_moods)
    mean = encoded.mean(axis=0)
    model = LogisticRegression(C=_STRENGTH, max_iter=3000)
    weights = np.where(np.arange(len(posts)) < len(read), 1.0, _INVENTED)
    model.fit(encoded - mean, [each.sentiment for each in posts], sample_weight=weights)
    return Linear(
        classes=tuple(model.classes_.tolist()), weights=model.coef_.T, bias=model.intercept_, mean=mean
    )


def train(data: Path, cache: Path) -> None:
    """Writes tone.npz: what tells the tone from a vector of the encoder's first layers."""
    _fit(convert.themes(data), cache).save("tone")
