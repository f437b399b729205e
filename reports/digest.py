"""Digest: one week for comms, in two minutes; groups and subjects only, never a person, a quote or a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import jinja2

from girafe.settings import Settings, time_zone
from reports import dashboard, figures
from reports.digest_parts import (
    DIALOGUE,
    HEARING,
    MIX,
    QUESTIONS,
    READING,
    RISING,
    TERMS,
    THEMES,
    Part,
    health,
    parts,
)
from reports.figures import Carrier, Period
from reports.sections import hero
from reports.tables import Tables
from reports.view import ALL, Scene
from reports.words import Words, words

READS = (MIX, THEMES, RISING, TERMS, READING, QUESTIONS, DIALOGUE, HEARING, "rpt_source_health_daily")


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One week in one language, before it takes the form of a mail, a text or a Markdown file."""

    words: Words
    company: str
    company_id: str
    week: date | None
    state: str
    subject: str
    headline: str
    lede: str
    health: str
    stance: str
    share: float | None = None
    left: str = ""
    right: str = ""
    parts: tuple[Part, ...] = ()

    def html(self) -> str:
        """A mail of 600 px that needs no image, no script and no network."""
        return _environment(True).get_template("digest.html.jinja").render(d=self, t=self.words)

    def markdown(self) -> str:
        """The archive; text of the data cannot become a link, a heading or HTML."""
        return _environment(False).get_template("digest.md.jinja").render(d=self, t=self.words)

    def text(self) -> str:
        """The same for mail programs that show no HTML."""
        return _environment(False).get_template("digest.txt.jinja").render(d=self, t=self.words)


def week_before(now: datetime, settings: Settings) -> date:
    """The Monday of the last whole week before `now`, in the company's time zone."""
    today = now.astimezone(time_zone(settings)).date()
    return today - timedelta(days=today.weekday() + 7)


def digest(tables: Tables, settings: Settings, language: str, *, week: date | None = None) -> Digest:
    """The digest of `week` (a Monday), or of the last whole week the marts know.

    A week the marts do not know is empty or blind, and the digest says which.
    """
    scene = dashboard.scene(tables, settings, words(language))
    week = week or (scene.weeks[-1] if scene.weeks else None)
    t, company = scene.words, settings.company.name
    values: dict[str, Any] = {"company": company, "week": t.day(week)}
    if week is None:
        heard = figures.listening(tables)
        return _bare(scene, week, heard.silence(), hero.why_nothing(t, heard, company=company), values)
    period = Period(code="1", weeks=(week,), before=(week - timedelta(weeks=1),))
    mix = tables.where(MIX, company_id=scene.home, platform=ALL, language=ALL)
    rows = figures.in_weeks(mix, period.weeks)
    share = figures.pool(rows, hero.SHARE)
    silence = figures.listening(tables, period.first, period.last).silence()
    state = figures.carrier(rows, share, silence=silence)
    if state in (Carrier.EMPTY, Carrier.UNHEARD) and (until := figures.read_until(tables)) < period.last:
        # What was not read to its end is not known to be calm.
        return _bare(scene, week, Carrier.UNHEARD, t("digest.why_until", day=t.day(until)), values)
    if state in (Carrier.EMPTY, Carrier.BLIND, Carrier.UNHEARD):
        return _bare(scene, week, state, t(f"hero.why_{state}", company=company), values)
    top = hero.hero(scene, mix, period, silence, company=company)
    return Digest(
        words=t,
        company=company,
        company_id=scene.home,
        week=week,
        state=state,
        subject=t("digest.subject", **values),
        headline=top.answer,
        # The dashboard's advice to choose other filters is of no use in a mail.
        lede=t("digest.why_hidden") if state is Carrier.HIDDEN else top.lede,
        share=top.share,
        left=top.left,
        right=top.right,
        parts=parts(scene, period),
        health=health(scene, period),
        stance=dashboard.stance(scene),
    )


def _bare(scene: Scene, week: date | None, state: Carrier, why: str, values: dict[str, Any]) -> Digest:
    t = scene.words
    period = Period(code="1", weeks=(week,), before=()) if week else None
    return Digest(
        words=t,
        company=scene.settings.company.name,
        company_id=scene.home,
        week=week,
        state=state,
        subject=t(f"digest.subject_{state}" if week else "digest.subject_nothing", **values),
        headline=t(f"hero.{state}", company=values["company"]),
        lede=why,
        health=health(scene, period) if period and state is not Carrier.UNHEARD else t("digest.no_health"),
        stance=dashboard.stance(scene),
    )


_MARKDOWN = str.maketrans(
    {char: f"\\{char}" for char in "\\`*_{}[]#|!~"} | {"<": "&lt;", ">": "&gt;", "\n": " ", "\r": " "}
)


def mark_link(url: str, label: str) -> str:
    """A Markdown link; in angle brackets, an address may hold round ones."""
    return f"[{markdown_safe(label)}](<{url}>)"


def markdown_safe(text: str) -> str:
    """Text in which Markdown sees only text."""
    return text.translate(_MARKDOWN)


@cache
def _environment(escape: bool) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("reports", "templates"),
        autoescape=escape,  # noqa: S701 - off for plain text and Markdown, which escapes for itself
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["md"] = markdown_safe
    environment.filters["mdlink"] = mark_link
    return environment
