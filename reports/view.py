"""View: what a page is made of. A section answers one question, a view answers it for one choice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from girafe.settings import Settings
from reports.figures import Period
from reports.tables import Tables
from reports.words import Words

FILTERS = ("company", "period", "platform", "language")
ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value of a filter."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything a section may look at."""

    tables: Tables
    settings: Settings
    words: Words
    weeks: tuple[Any, ...]
    periods: tuple[Period, ...]
    companies: Mapping[str, str]
    """Name by id, the company listened for first."""
    platforms: tuple[str, ...]
    languages: tuple[str, ...]

    @property
    def home(self) -> str:
        """The id of the company listened for."""
        return self.settings.company.company_id

    def choices(self, *dims: str) -> Iterator[dict[str, Any]]:
        """Every choice of these filters: codes by name, and under `span` the period itself, None without a week."""
        values: dict[str, Sequence[str]] = {
            "company": tuple(self.companies),
            "period": tuple(period.code for period in self.periods) or ("",),
            "platform": self.platforms,
            "language": self.languages,
        }
        spans = {period.code: period for period in self.periods}
        for found in product(*(values[dim] for dim in dims)):
            chosen = dict(zip(dims, found, strict=True))
            yield {**chosen, "key": key(*found), "span": spans.get(chosen.get("period", ""))}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The words of a section for one choice."""

    answer: str
    brief: str
    notes: tuple[str, ...] = ()
    act: str = ""
    """What a reader could do on Monday; empty where nothing follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """The table and the chart of a section for one choice."""

    rows: tuple[tuple[str, ...], ...] = ()
    chart: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One question: its views by choice of `dims`, its tables and charts by choice of `show_dims`."""

    id: str
    dims: tuple[str, ...]
    views: Mapping[str, View]
    show_dims: tuple[str, ...]
    shows: Mapping[str, Show]
    columns: tuple[str, ...]
    terms: tuple[str, ...]
    spec: Mapping[str, Any] | None = None
    """Its chart, in Vega-Lite."""
    on_first_screen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hero:
    """The first thing read: who carries the conversation."""

    answer: str
    left: str = ""
    right: str = ""
    lede: str
    fine: str = ""
    share: float | None = None
    low: float | None = None
    high: float | None = None


def key(*values: str) -> str:
    """The name of a view: its choices in the order of its dims."""
    return "|".join(values)
