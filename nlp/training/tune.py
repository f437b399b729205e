"""Tune: the encoder's biases and norms, learnt on all it is asked at once: `make tune-encoder` (decision 0100).

Texts that measure it are left out: see `questions`. The regressions on its vectors are trained afterwards, by
`make train-nlp`. Needs torch, which nothing else does.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from torch.nn import functional

from nlp.company import CompanyNames
from nlp.encoder import TUNED, package_file, shown
from nlp.pieces import Cutter, cutter
from nlp.profile_features import line
from nlp.relevance_features import mention_lines
from nlp.training import kind, sentiment, themes
from nlp.training.batches import of_like_length
from nlp.training.convert import SHARED
from nlp.training.encoder_in_torch import TorchEncoder
from nlp.training.homonyms import as_said, homonyms
from nlp.training.invent_work import work_texts
from nlp.training.package_engine import package_engine
from nlp.training.steps import Steps

_SEED, _ROUNDS = 20261128, 3
_STEP, _STEP_OF_ANSWERS, _RISE, _FORGET = 3e-3, 1e-2, 80, 0.1
_SCALE = 8.0
"""Vectors have length one; answers are learnt faster from longer ones."""
_MOODS = ("negative", "neutral", "positive")
_SAID_EVERY = 50
_CHECKED, _ALIKE = 32, 0.999
"""Texts that are encoded both ways, and the least cosine of the two: the engine rounds to eight bits in between."""
_LOOKED_AT, _MOST = 256, 162
"""Texts over which the largest numbers are looked for; pieces of a text that tuning looks at: few texts have more, and
a batch costs as much as its longest."""
States: TypeAlias = Mapping[str, torch.Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing the encoder is asked: texts, answers (texts x classes) and weights."""

    texts: Sequence[str]
    answers: np.ndarray
    weights: np.ndarray
    is_choice: bool
    """Exactly one class holds; else each holds or not by itself."""


def questions(data: Path) -> Mapping[str, Question]:
    """All it is asked, without what measures it: the test profiles of `kind.parted`, the tweets of `val`, the posts
    about work kept apart, the texts whose themes a reader labelled."""
    return {"kind": _kind(data), "mood": _mood(data), "themes": _themes(), "about": _about()}


def _kind(data: Path) -> Question:
    parted = kind.parted(data)
    return Question(
        texts=[line(account) for account in parted.trained],
        answers=parted.labels[:, None].astype(float),
        weights=np.ones(len(parted.labels)),
        is_choice=False,
    )


def _mood(data: Path) -> Question:
    found = sentiment.told(data, list(work_texts()))
    return Question(
        texts=found.texts,
        answers=np.array([[label == mood for mood in _MOODS] for label in found.labels], dtype=float),
        weights=found.weights,
        is_choice=True,
    )


def _themes() -> Question:
    (made_up, meant), (posts, told) = themes.invented(), themes.work()
    texts = [*made_up, *posts]
    answers = np.vstack([meant, told]).astype(float)
    return Question(texts=texts, answers=answers, weights=np.ones(len(texts)), is_choice=False)


def _about() -> Question:
    """Whether a name that is also a word is the company, in invented texts: none of the real ones that measure it."""
    said = [*homonyms(random.Random(_SEED)), *as_said()]
    texts, answers = [], []
    for each in said:
        names = CompanyNames(company_id="any", names=(each.name,))
        for mention in names.mentions(each.text)[:1]:
            texts.append(mention_lines(each.text, mention)[1])
            answers.append(each.is_company)
    return Question(
        texts=texts,
        answers=np.array(answers, dtype=float)[:, None],
        weights=np.ones(len(texts)),
        is_choice=False,
    )


def tune(packed: bytes, asked: Mapping[str, Question], *, rounds: int = _ROUNDS) -> dict[str, np.ndarray]:
    """The numbers learnt, by the name of their tensor, and the largest of each input; prints how far it is."""
    torch.manual_seed(_SEED)
    chance = random.Random(_SEED)
    encoder, cut = TorchEncoder(packed), replace(cutter(packed), most=_MOST)
    texts = sorted({text for question in asked.values() for text in question.texts})
    states = dict(zip(texts, encoder.lower([cut.pieces(shown(text)) for text in texts]), strict=True))
    answering = {name: _answering(encoder.shape.width, question) for name, question in asked.items()}
    steps = Steps(
        [
            {"params": list(encoder.learnt.values()), "lr": _STEP},
            {"params": [each for pair in answering.values() for each in pair], "lr": _STEP_OF_ANSWERS},
        ],
        encoder.learnt.values(),
        steps=rounds * sum(1 for _ in _batches(asked, states, chance)),
        rise=_RISE,
    )
    for _ in range(rounds):
        for name, places in _batches(asked, states, chance):
            loss = _loss(encoder, asked[name], places, states, answering[name])
            steps.take(loss, said_every=_SAID_EVERY, about=f"{name} ")
    return {name: values.detach().numpy() for name, values in encoder.learnt.items()} | largest(
        encoder, cut, texts
    )


def largest(encoder: TorchEncoder, cut: Cutter, texts: Sequence[str]) -> dict[str, np.ndarray]:
    """The largest numbers that the inputs of products take, over some of the texts."""
    looked_at = random.Random(_SEED).sample(texts, min(_LOOKED_AT, len(texts)))
    return encoder.largest([cut.pieces(shown(text)) for text in looked_at])


def _answering(width: int, question: Question) -> tuple[torch.Tensor, torch.Tensor]:
    classes = question.answers.shape[1]
    return torch.zeros(classes, width, requires_grad=True), torch.zeros(classes, requires_grad=True)


def _batches(
    asked: Mapping[str, Question], states: States, chance: random.Random
) -> Iterator[tuple[str, list[int]]]:
    """Every example once, in batches of one question."""
    found = [
        (name, places)
        for name, question in asked.items()
        for places in of_like_length([len(states[text]) for text in question.texts], chance)
    ]
    yield from chance.sample(found, len(found))


def _loss(
    encoder: TorchEncoder,
    question: Question,
    places: Sequence[int],
    states: States,
    answering: tuple[torch.Tensor, torch.Tensor],
) -> torch.Tensor:
    vectors = encoder.vectors([states[question.texts[place]] for place in places], forget=_FORGET)
    scores = functional.linear(vectors * _SCALE, *answering)
    answers, weights = torch.tensor(question.answers[places]), torch.tensor(question.weights[places])
    if question.is_choice:
        losses = functional.cross_entropy(scores, answers.float(), reduction="none")
    else:
        each = functional.binary_cross_entropy_with_logits(scores, answers.float(), reduction="none")
        losses = each.sum(1)
    weighed: torch.Tensor = (losses * weights.float()).sum() / weights.float().sum()
    return weighed


def _check(packed: bytes, texts: Sequence[str]) -> None:
    """What is tuned here is what the package computes: it stops if the two say different things of some texts."""
    encoder, cut = TorchEncoder(packed), cutter(packed)
    with torch.no_grad():
        ours = encoder.vectors(encoder.lower([cut.pieces(shown(text)) for text in texts])).numpy()
    alike = (ours * package_engine(texts)).sum(axis=1)
    if alike.min() < _ALIKE:
        raise RuntimeError(
            f"The package's engine computes something else than encoder_in_torch.py: {alike.min():.4f}."
        )


def main() -> None:
    """Writes nlp/models/encoder.npz."""
    packed, asked = package_file().read_bytes(), questions(SHARED)
    _check(packed, asked["mood"].texts[:_CHECKED])
    numbers = tune(packed, asked)
    halves: dict[str, Any] = {name: values.astype(np.float16) for name, values in numbers.items()}
    np.savez_compressed(TUNED, **halves)


if __name__ == "__main__":
    main()
