"""Steps: how the encoder's numbers are moved against a loss, batch by batch."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

import torch

_LONGEST = 1.0
"""The numbers of the encoder move no farther than this in one step, before their pace."""


class Steps:
    """Steps of AdamW whose pace rises for `rise` steps and falls to nothing at the last; prints how far it is."""

    def __init__(
        self, groups: Sequence[dict[str, Any]], encoder: Iterable[torch.Tensor], *, steps: int, rise: int
    ) -> None:
        self.steps, self.taken = steps, 0
        self._encoder, self._started = list(encoder), time.monotonic()
        self._optimiser = torch.optim.AdamW(groups, weight_decay=0.0)
        self._pace = torch.optim.lr_scheduler.LambdaLR(
            self._optimiser, lambda step: min((step + 1) / rise, max(0.0, 1 - step / steps))
        )

    def take(self, loss: torch.Tensor, *, said_every: int, about: str = "") -> None:
        """One step; every so many say of what (`about`) the loss is, and how large."""
        self._optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._encoder, _LONGEST)
        self._optimiser.step()
        self._pace.step()
        self.taken += 1
        if self.taken % said_every == 0:
            passed = time.monotonic() - self._started
            print(f"step {self.taken} of {self.steps}, {about}{loss.item():.3f}, {passed:.0f} s", flush=True)
