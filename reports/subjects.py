"""Subjects: themes read for what to do: who talks about them with whom, what is asked, what rose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.figures import by, total
from reports.tables import Row

FEW = 5
"""Below so many threads a theme is not called led by anyone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One theme over some weeks: its threads by kind; withheld cells are left out and counted."""

    theme: str
    threads: int
    """Of any kind; told even where the kinds are withheld."""
    human: int
    brand: int
    hidden: int
    """Cells by kind that are withheld."""

    @property
    def known(self) -> int:
        """Conversations between people or with the brand."""
        return self.human + self.brand

    @property
    def brand_share(self) -> float | None:
        """Part of its conversations in which the brand took part."""
        return self.brand / self.known if self.known else None


def subjects(rows: Sequence[Row]) -> tuple[Subject, ...]:
    """The themes of rpt_themes_weekly rows, the most discussed between people first."""
    found = []
    for theme, group in by(rows, "theme").items():
        kinds = by(group, "thread_kind")
        found.append(
            Subject(
                theme=theme,
                human=total(kinds.get("human_to_human", ()), "count_threads"),
                brand=total(kinds.get("brand_to_human", ()), "count_threads"),
                threads=total(kinds.get("all", ()), "count_threads"),
                hidden=sum(
                    1
                    for kind in ("human_to_human", "brand_to_human")
                    for row in kinds.get(kind, ())
                    if row.get("is_suppressed")
                ),
            )
        )
    return tuple(sorted(found, key=lambda s: (-s.human, -s.known, -s.threads, s.theme)))


def between_people(found: Sequence[Subject], *, most: int = 3) -> tuple[str, ...]:
    """Themes people discuss most without the brand."""
    return tuple(s.theme for s in found if s.human >= FEW)[:most]


def spoken_of(found: Sequence[Subject], *, most: int = 3) -> tuple[str, ...]:
    """Themes of most threads, whoever takes part."""
    ordered = sorted(found, key=lambda s: (-s.threads, s.theme))
    return tuple(s.theme for s in ordered if s.threads >= FEW)[:most]


def told_by_side(found: Sequence[Subject]) -> bool:
    """True if enough is published to tell people's themes from the brand's."""
    return sum(1 for s in found if s.known >= FEW) >= 3


def talked_of(found: Sequence[Subject]) -> tuple[str, ...]:
    """What people talk about among themselves, or at all where too little of that may be told."""
    return (between_people(found, most=6) if told_by_side(found) else ()) or spoken_of(found, most=6)


def with_brand(found: Sequence[Subject]) -> tuple[str, ...]:
    """Themes of most of the brand's conversations."""
    ordered = sorted(found, key=lambda s: (-s.brand, s.theme))
    return tuple(s.theme for s in ordered if s.brand >= FEW)[:3]


def without_need_of_brand(found: Sequence[Subject]) -> tuple[Subject, ...]:
    """Themes that go on between people nine times in ten: a brand that joins would be a stranger there."""
    led = (
        s
        for s in found
        if s.human >= FEW and s.brand_share is not None and s.brand_share <= 0.1 and not s.hidden
    )
    return tuple(led)[:3]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Questions to the brand about one theme."""

    theme: str
    questions: int
    answered: int
    unanswered: int
    waiting: int

    @property
    def open(self) -> int:
        """Without an answer, whether or not its time is up."""
        return self.unanswered + self.waiting


def count_open(rows: Sequence[Row]) -> int:
    """Questions without an answer, whether or not their time is up."""
    return total(rows, "count_questions_unanswered") + total(rows, "count_questions_waiting")


def asked(rows: Sequence[Row]) -> tuple[Asked, ...]:
    """The themes of rpt_brand_questions_weekly rows, most left open first, without withheld ones."""
    found = [
        Asked(
            theme=theme,
            questions=total(group, "count_questions"),
            answered=total(group, "count_questions_answered"),
            unanswered=total(group, "count_questions_unanswered"),
            waiting=total(group, "count_questions_waiting"),
        )
        for theme, group in by(rows, "theme").items()
    ]
    return tuple(sorted((a for a in found if a.questions), key=lambda a: (-a.open, -a.questions, a.theme)))
