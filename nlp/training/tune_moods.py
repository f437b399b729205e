"""Tune moods: the encoder's first layers, whole, learn to tell feelings: `make tune-moods` (decision 0108).

They learn what words learn (words.py): labels, and of posts nobody labelled what a regression on the tuned encoder says
(distillation: Hinton, Vinyals and Dean 2015, arXiv 1503.02531). Their matrices are learnt in the 4 bits they are kept
in. Needs torch; under forty minutes on two busy cores.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from nlp.encoder import TUNED_TO_MOODS, Encoder, package_file, shown
from nlp.linear import Linear
from nlp.packed_encoder import pack
from nlp.pieces import cutter
from nlp.training.batches import of_like_length
from nlp.training.convert import SHARED
from nlp.training.encoder_in_torch import TorchEncoder
from nlp.training.steps import Steps
from nlp.training.tune import largest
from nlp.training.vectors import CACHE
from nlp.training.words import Lessons, lessons
from nlp.word_scores import MOODS

_SEED, _LAYERS, _ROUNDS = 20261128, 6, 3
_STEP, _STEP_OF_MATRICES, _STEP_OF_ANSWERS = 1e-3, 2e-4, 1e-2
_RISE, _FORGET, _DECAY = 100, 0.1, 0.01
_ROUNDED_FROM = 0.6
"""Of all steps so many are made before matrices are rounded."""
_MOST = 98
"""Pieces of a text that learning looks at."""
_SCALE = 8.0
_OF_LABELS, _OF_THEMES = 1.5, 0.5
"""What a reader's label counts beside what the teacher says; an error about themes beside one about the feeling."""
_SAID_EVERY = 100
_CHECKED, _ALIKE = 32, 0.97


class _Learner:
    def __init__(self, packed: bytes, found: Lessons) -> None:
        torch.manual_seed(_SEED)
        self.encoder = TorchEncoder(packed, first=_LAYERS)
        self.cut = replace(cutter(packed), most=_MOST)
        self.texts = found.texts
        self.pieces = [self.cut.pieces(shown(text)) for text in found.texts]
        self.moods = torch.tensor(found.moods, dtype=torch.float32)
        self.themes = torch.tensor(found.themes, dtype=torch.float32)
        self.weights = torch.ones(len(found.texts))
        self.weights[: found.labelled] = _OF_LABELS
        width = self.encoder.shape.width
        self.mood, self.theme = (
            torch.nn.Linear(width, answers.shape[1]) for answers in (self.moods, self.themes)
        )
        for head in (self.mood, self.theme):
            torch.nn.init.zeros_(head.weight)
            torch.nn.init.zeros_(head.bias)
        self.heads = [*self.mood.parameters(), *self.theme.parameters()]

    def learn(self) -> None:
        """Some rounds over all texts; prints how far it is."""
        chance, lengths = random.Random(_SEED), list(map(len, self.pieces))
        steps = self._steps(_ROUNDS * len(of_like_length(lengths, random.Random(_SEED))))
        for _ in range(_ROUNDS):
            batches = of_like_length(lengths, chance)
            for places in chance.sample(batches, len(batches)):
                self.encoder.is_rounded = steps.taken >= _ROUNDED_FROM * steps.steps
                steps.take(self._loss(places), said_every=_SAID_EVERY)

    def _steps(self, steps: int) -> Steps:
        matrices = [each for each in self.encoder.learnt.values() if each.ndim > 1]
        others = [each for each in self.encoder.learnt.values() if each.ndim == 1]
        return Steps(
            [
                {"params": matrices, "lr": _STEP_OF_MATRICES, "weight_decay": _DECAY},
                {"params": others, "lr": _STEP},
                {"params": self.heads, "lr": _STEP_OF_ANSWERS},
            ],
            self.encoder.learnt.values(),
            steps=steps,
            rise=_RISE,
        )

    def _loss(self, places: list[int]) -> torch.Tensor:
        states = self.encoder.lower([self.pieces[place] for place in places])
        vectors = self.encoder.vectors(states, forget=_FORGET) * _SCALE
        of_moods = -(self.moods[places] * functional.log_softmax(self.mood(vectors), 1)).sum(1)
        of_themes = functional.binary_cross_entropy_with_logits(
            self.theme(vectors), self.themes[places], reduction="none"
        ).sum(1)
        weights = self.weights[places]
        loss: torch.Tensor = ((of_moods + _OF_THEMES * of_themes) * weights).sum() / weights.sum()
        return loss

    def numbers(self, texts: Sequence[str]) -> dict[str, Any]:
        """What was learnt as it is kept: matrices in 4 bits, all else in half precision."""
        self.encoder.is_rounded = True
        kept = largest(self.encoder, self.cut, texts)
        learnt = {name: values.detach().numpy() for name, values in self.encoder.learnt.items()}
        matrices = {name: pack(values) for name, values in learnt.items() if values.ndim > 1}
        others = kept | {name: values for name, values in learnt.items() if values.ndim == 1}
        return matrices | {name: values.astype(np.float16) for name, values in others.items()}

    def check(self, numbers: dict[str, Any]) -> None:
        """Stops if what will be kept says something else than what was learnt."""
        packed = package_file().read_bytes()
        kept = Encoder(packed, self.cut, numbers).vectors(self.texts[:_CHECKED])
        with torch.no_grad():
            learnt = self.encoder.vectors(self.encoder.lower(self.pieces[:_CHECKED])).numpy()
        if (alike := (kept * learnt).sum(axis=1).min()) < _ALIKE:
            raise RuntimeError(f"What was packed says something else than what was learnt: {alike:.4f}.")

    def answering(self) -> Linear:
        """What tells the feeling from a vector."""
        weights, bias = self.mood.weight.detach().numpy(), self.mood.bias.detach().numpy()
        return Linear(classes=MOODS, weights=weights.T * _SCALE, bias=bias)


def main() -> None:
    """Writes nlp/models/mood_encoder.npz and mood.npz."""
    learner = _Learner(package_file().read_bytes(), found := lessons(SHARED, CACHE))
    learner.learn()
    numbers = learner.numbers(found.texts)
    learner.check(numbers)
    np.savez_compressed(TUNED_TO_MOODS, **numbers)
    learner.answering().save("mood")


if __name__ == "__main__":
    main()
