"""Scenarios: what people talk about, who starts it, who joins in, and how often on which platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sample.cast import BOTS, HUMAN_CROWD

STAFF = ("employee", "apprentice", "executive", "quiet_employee")
CROWD = tuple(kind for kind in HUMAN_CROWD if kind not in ("parody",))


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One kind of conversation."""

    weight: float
    starts: tuple[str, ...]
    """Kinds of account that open it; `official:<role>` is an official account."""
    joins: tuple[str, ...] = CROWD
    staff: float = 0.0
    """Chance that a reply comes from an employee; likewise below."""
    former: float = 0.0
    brand: float = 0.0
    """Chance that the company answers in the conversation at all."""
    answers_as: str = "support"
    rival: float = 0.0
    recruiter: float = 0.0
    size: float = 3.6
    """Mean number of replies."""
    like: str = ""
    """The scenario whose answers fit this one, where it has none of its own."""


SCENARIOS: Mapping[str, Scenario] = {
    "delay": Scenario(
        weight=13, starts=("customer", "plain", "student"), staff=0.13, former=0.05, brand=0.24
    ),
    "ticket": Scenario(weight=8, starts=("customer", "plain", "student"), staff=0.1, former=0.03, brand=0.3),
    "comfort": Scenario(weight=7, starts=("fan", "customer"), staff=0.15, former=0.05, brand=0.1),
    "hiring": Scenario(
        weight=10,
        starts=("candidate", "student", "plain"),
        staff=0.26,
        former=0.12,
        brand=0.14,
        answers_as="careers",
        recruiter=0.05,
        size=4.2,
    ),
    "work": Scenario(weight=9, starts=STAFF, staff=0.34, former=0.13, size=4.0),
    "pride": Scenario(weight=8, starts=STAFF, staff=0.3, former=0.06, brand=0.06, answers_as="careers"),
    "security": Scenario(weight=4, starts=("employee", "journalist", "plain"), staff=0.25, former=0.1),
    "union": Scenario(weight=3, starts=("union_org",), staff=0.22),
    "strike": Scenario(weight=2, starts=("customer", "plain"), staff=0.15, like="union"),
    "news": Scenario(
        weight=7,
        starts=("media", "media", "journalist"),
        staff=0.1,
        former=0.05,
        brand=0.06,
        answers_as="main",
    ),
    "campaign": Scenario(
        weight=2.0,
        starts=("official:main", "official:careers"),
        staff=0.08,
        former=0.04,
        brand=0.7,
        answers_as="careers",
        size=4.5,
    ),
    "info": Scenario(weight=4, starts=("official:support", "official:main"), staff=0.03, brand=0.5, size=2.4),
    "rival": Scenario(weight=6, starts=("customer", "plain"), rival=0.3, former=0.05),
    "rival_work": Scenario(weight=1.5, starts=("rival_employee",), rival=0.3, like="rival"),
    "rival_info": Scenario(weight=0, starts=("official:rival",), like="rival", size=1.5),
    "left_story": Scenario(weight=3, starts=("former",), staff=0.2, former=0.3, like="work"),
    "joined": Scenario(
        weight=0, starts=(), staff=0.4, brand=0.2, answers_as="careers", like="pride", size=4.5
    ),
    "left": Scenario(weight=0, starts=(), staff=0.4, former=0.1, like="pride", size=4.5),
    "homonym": Scenario(weight=9, starts=("homonym", "homonym", "plain", "student"), size=2.8),
    "smalltalk": Scenario(weight=5, starts=("plain", "customer", "employee"), staff=0.1, size=2.6),
    "partner": Scenario(
        weight=3, starts=("agency", "partner"), staff=0.15, brand=0.2, answers_as="main", size=1.4
    ),
    "tech": Scenario(
        weight=0,
        starts=("plain", "employee", "quiet_employee"),
        joins=("plain",),
        staff=0.12,
        former=0.05,
        size=6.5,
    ),
}

ONLY: Mapping[str, Mapping[str, float]] = {
    "hackernews": {"tech": 1.0},
    "linkedin": {
        "pride": 5,
        "hiring": 3,
        "partner": 3,
        "campaign": 2,
        "news": 0.5,
        "work": 1,
        "rival_work": 1,
        "left_story": 1,
    },
    "forum": {
        "delay": 14,
        "ticket": 12,
        "comfort": 8,
        "info": 6,
        "hiring": 3,
        "work": 2,
        "security": 2,
        "rival": 2,
        "homonym": 1,
        "smalltalk": 4,
    },
    "rss": {"news": 1.0},
}
"""Platforms where only some scenarios happen, with their weights there."""

VOLUME: Mapping[str, int] = {
    "bluesky": 1330,
    "mastodon": 1010,
    "forum": 570,
    "hackernews": 310,
    "linkedin": 150,
    "rss": 118,
}
"""How many posts each platform should reach."""

AUTOMATIC = {"job_bot": "jobs", "news_bot": "news", "traffic_bot": "traffic"}
assert set(AUTOMATIC) == set(BOTS)  # noqa: S101
