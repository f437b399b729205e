"""The 95 % interval holds the true share: simulated worlds whose labels are wrong at a known rate."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
VOICES = ("brand", "employee", "former_employee", "person", "organisation", "bot")
HUMAN = ("employee", "former_employee", "person")
Label = tuple[str, dict[str, float]]


def calibrated(chance: random.Random, is_brand: bool) -> Label:
    """A classifier whose probabilities are right: of the labels given with 0.8, four in five are true.

    It scores an account and knows how often brands and humans get each score.
    """
    scores = (0.70, 0.22, 0.08) if is_brand else (0.01, 0.05, 0.94)
    score = chance.choices((0, 1, 2), scores)[0]
    brand, human = 0.1 * (0.70, 0.22, 0.08)[score], 0.9 * (0.01, 0.05, 0.94)[score]
    sure = brand / (brand + human)
    return ("brand" if sure > 0.5 else "person"), {"brand": sure, "person": 1 - sure}


def noised(chance: random.Random, is_brand: bool, rate: float) -> Label:
    """A classifier that is wrong at `rate`, whatever the truth, and says so."""
    truth = "brand" if is_brand else "person"
    label = chance.choice([v for v in VOICES if v != truth]) if chance.random() < rate else truth
    return label, {voice: 1 - rate if voice == label else rate / 5 for voice in VOICES}


def simulate(
    raw: Any, run: str, chance: random.Random, classify: Callable[..., Label], conversations: int
) -> Counter[str]:
    """One world: conversations, three in ten with one of ten brand accounts. Returns the truth."""
    humans = [f"{run}h{number}" for number in range(90)]
    brands = [f"{run}b{number}" for number in range(10)]
    for account in (*humans, *brands):
        voice, probabilities = classify(chance, account in brands)
        raw.label(account, voice, MONDAY, certain=False, probabilities=probabilities)
    truth: Counter[str] = Counter()
    for number in range(conversations):
        people = chance.sample(humans, chance.choice([2, 2, 3, 4]))
        speakers = people + ([chance.choice(brands)] if chance.random() < 0.3 else [])
        has_brand = len(speakers) > len(people)
        truth["brand_to_human" if has_brand else "human_to_human"] += 1
        truth["exchanges_human_to_human"] += len(people) - 1
        truth["exchanges_with_brand"] += has_brand
        for place, account in enumerate(speakers):
            root = f"{run}-{number}-0"
            raw.post(
                f"{run}-{number}-{place}",
                account,
                MONDAY + timedelta(minutes=number * 9 + place),
                reply_to=root if place else None,
                platform=run,
            )
    return truth


CLASSIFIERS: dict[str, Callable[[random.Random, bool], Label]] = {
    "certain": lambda chance, is_brand: noised(chance, is_brand, 0.0),
    "calibrated": calibrated,
    "noised-5": lambda chance, is_brand: noised(chance, is_brand, 0.05),
    "noised-10": lambda chance, is_brand: noised(chance, is_brand, 0.10),
    "noised-20": lambda chance, is_brand: noised(chance, is_brand, 0.20),
    "small-certain": lambda chance, is_brand: noised(chance, is_brand, 0.0),
    "small-noised-10": lambda chance, is_brand: noised(chance, is_brand, 0.10),
}
RUNS = 100


def size(classifier: str) -> int:
    """Conversations of a world: a week of a small company has no more than a dozen."""
    return 12 if classifier.startswith("small") else 60


@pytest.fixture(scope="module")
def coverage(measure: Callable[..., Any], raw_rows: Callable[..., Any]) -> dict[str, tuple[int, int, float]]:
    """Per classifier: how many intervals hold the true share, by conversations and by exchanges; width.

    Each run is a platform of its own, so that one build measures them all.
    """
    chance = random.Random(1)
    truths, raws = {}, []
    for number, (name, classify) in enumerate(CLASSIFIERS.items()):
        raw, truth = raw_rows(name, home=number == 0), Counter[str]()
        for run in range(RUNS):
            truth += simulate(raw, f"{name}-run{run}", chance, classify, size(name))
        truths[name] = truth
        raws.append(raw)
    measured = measure(*raws)
    found = {}
    for name, truth in truths.items():
        rows = measured.rows(
            "rpt_conversation_mix_weekly",
            f"company_id = '{name}' and platform <> 'all' and language = 'all'",
        )
        assert len(rows) == RUNS
        found[name] = (
            _held(rows, "human_to_human_share", truth["human_to_human"], truth["brand_to_human"]),
            _held(
                rows,
                "exchange_human_to_human_share",
                truth["exchanges_human_to_human"],
                truth["exchanges_with_brand"],
            ),
            sum(r["human_to_human_share_high"] - r["human_to_human_share_low"] for r in rows) / RUNS,
        )
    return found


def _held(rows: list[dict[str, Any]], share: str, human: int, brand: int) -> int:
    truth = human / (human + brand)
    return sum(row[f"{share}_low"] <= truth <= row[f"{share}_high"] for row in rows)


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_the_interval_holds_the_true_share_in_at_least_93_of_100_worlds(
    coverage: dict[str, tuple[int, int, float]], classifier: str
) -> None:
    conversations, exchanges, width = coverage[classifier]
    assert conversations >= 93
    assert exchanges >= 93
    assert width < (
        0.75 if size(classifier) < 60 else 0.55
    )  # an interval that says nothing would hold everything


def test_doubt_about_labels_widens_the_interval(coverage: dict[str, tuple[int, int, float]]) -> None:
    widths = [coverage[name][2] for name in ("certain", "noised-5", "noised-10", "noised-20")]
    assert widths == sorted(widths)
    assert widths[2] > 1.3 * widths[0]
