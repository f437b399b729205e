"""The 95 % interval holds the true share: simulated worlds whose labels are wrong at a known rate."""

from __future__ import annotations

import random
import sys
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


def lopsided(chance: random.Random, is_brand: bool) -> Label:
    """A classifier that misses one brand in five and takes one person in fifty for a brand.

    Its probabilities are what labels of its kind are worth among one brand for nine people.
    """
    missed, taken = 0.20, 0.02
    label = "brand" if chance.random() < (1 - missed if is_brand else taken) else "person"
    brand, person = (1 - missed, taken) if label == "brand" else (missed, 1 - taken)
    sure = 0.1 * brand / (0.1 * brand + 0.9 * person)
    return label, {"brand": sure, "person": 1 - sure}


def simulate(
    raw: Any,
    run: str,
    chance: random.Random,
    classify: Callable[..., Label],
    conversations: int,
    *,
    with_brand: float = 0.3,
    crowd: tuple[int, ...] = (2, 2, 3, 4),
) -> Counter[str]:
    """One world: conversations of a `crowd`, so many with one of ten brand accounts. Returns the truth."""
    humans = [f"{run}h{number}" for number in range(90)]
    brands = [f"{run}b{number}" for number in range(10)]
    for account in (*humans, *brands):
        voice, probabilities = classify(chance, account in brands)
        raw.label(account, voice, MONDAY, certain=False, probabilities=probabilities)
    truth: Counter[str] = Counter()
    for number in range(conversations):
        people = chance.sample(humans, chance.choice(crowd))
        speakers = people + ([chance.choice(brands)] if chance.random() < with_brand else [])
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


# The grid: every share, size and kind of doubt; slow, and printed (pytest -m slow -s tests/dbt/test_intervals.py).

SHARES = (0.02, 0.2, 0.5, 0.8, 0.98)
SIZES = (5, 20, 60)
DOUBTS: dict[str, Callable[[random.Random, bool], Label]] = {
    "certain": CLASSIFIERS["certain"],
    "noised-5": CLASSIFIERS["noised-5"],
    "noised-10": CLASSIFIERS["noised-10"],
    "calibrated": calibrated,
    "lopsided": lopsided,
}
CROWDS = {"pairs": (2, 2, 3, 4), "clustered": (2, 2, 2, 2, 2, 2, 2, 2, 25, 40)}


@pytest.fixture(scope="module")
def grid(measure: Callable[..., Any], raw_rows: Callable[..., Any]) -> dict[tuple[str, ...], tuple[int, ...]]:
    """Per doubt, crowd, size and share of brand: how many of 100 intervals hold, by conversations and exchanges."""
    found = {}
    for doubt, classify in DOUBTS.items():
        chance, truths, raws = random.Random(33), {}, []
        for crowd in CROWDS:
            for size_of_week in SIZES if crowd == "pairs" else SIZES[1:2]:
                for share in SHARES:
                    name = f"{crowd}-{size_of_week}-{round(share * 100)}"
                    raw, truth = raw_rows(name, home=not raws), Counter[str]()
                    for run in range(RUNS):
                        truth += simulate(
                            raw, f"{name}-run{run}", chance, classify, size_of_week,
                            with_brand=share, crowd=CROWDS[crowd],
                        )  # fmt: skip
                    truths[name] = truth
                    raws.append(raw)
        measured = measure(*raws)
        for name, truth in truths.items():
            where = f"company_id = '{name}' and platform <> 'all' and language = 'all'"
            rows = measured.rows("rpt_conversation_mix_weekly", where)
            held = (
                _held_or_silent(
                    rows, "human_to_human_share", truth["human_to_human"], truth["brand_to_human"]
                ),
                _held_or_silent(
                    rows,
                    "exchange_human_to_human_share",
                    truth["exchanges_human_to_human"],
                    truth["exchanges_with_brand"],
                ),
            )
            found[doubt, name] = held
            sys.stdout.write(f"{doubt:<12} {name:<18} conversations {held[0]:>3}  exchanges {held[1]:>3}\n")
    return found


def _held_or_silent(rows: list[dict[str, Any]], share: str, human: int, brand: int) -> int:
    """A week without any conversation of known sides prints no interval, and so no wrong one."""
    silent = RUNS - len([row for row in rows if row[share] is not None])
    return silent + _held([row for row in rows if row[share] is not None], share, human, brand)


@pytest.mark.slow
def test_the_interval_holds_at_every_share_and_size_with_labels_wrong_at_a_known_rate(
    grid: dict[tuple[str, ...], tuple[int, ...]],
) -> None:
    known = {cell: held for cell, held in grid.items() if cell[0] in ("certain", "noised-5", "noised-10")}
    assert len(known) == 60
    assert not {cell: held for cell, held in known.items() if min(held) < 93}


@pytest.mark.slow
def test_undeclared_brands_are_covered_where_they_are_in_half_the_conversations_at_most(
    grid: dict[tuple[str, ...], tuple[int, ...]],
) -> None:
    """Beyond a half they are not (docs/decisions/0033): the bar is what was measured, below the promised 93."""
    undeclared = {cell: held for cell, held in grid.items() if cell[0] in ("calibrated", "lopsided")}
    assert all(exchanges >= 88 for _, exchanges in undeclared.values())
    some = {cell: held for cell, held in undeclared.items() if int(cell[1].rsplit("-", 1)[1]) <= 50}
    assert not {cell: held for cell, held in some.items() if min(held) < 88}
