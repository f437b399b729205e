"""Digest: one week for comms, in two minutes; groups and subjects only, never a person, a quote or a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import jinja2

from girafe.settings import Settings, time_zone
from reports import dashboard, figures, subjects
from reports.figures import Carrier, Period
from reports.sections import hero
from reports.sections.change import state_of
from reports.tables import Row, Tables
from reports.view import ALL, Scene
from reports.words import Words, words

READS = (
    "rpt_conversation_mix_weekly",
    "rpt_themes_weekly",
    "rpt_rising_themes_weekly",
    "rpt_conversations_weekly",
    "rpt_brand_questions_weekly",
    "rpt_brand_dialogue_weekly",
    "rpt_source_health_daily",
)
MOST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One heading of the digest with its lines."""

    title: str
    lines: tuple[str, ...]


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
    share: float | None
    left: str
    right: str
    parts: tuple[Part, ...]
    health: str
    stance: str

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
        return _bare(scene, week, Carrier.EMPTY, values)
    period = Period(code="1", weeks=(week,), before=(week - timedelta(weeks=1),))
    mix = tables.where(READS[0], company_id=scene.home, platform=ALL, language=ALL)
    rows = figures.in_weeks(mix, period.weeks)
    share = figures.pool(rows, hero.SHARE)
    blind = figures.blind_platforms(tables, period.first, period.last)
    state = figures.carrier(rows, share, blind=bool(blind))
    if state in (Carrier.EMPTY, Carrier.BLIND):
        return _bare(scene, week, state, values)
    top = hero.hero(scene, mix, period, company=company)
    return Digest(
        words=t,
        company=company,
        company_id=scene.home,
        week=week,
        state=state,
        subject=t("digest.subject", **values),
        headline=top.answer,
        lede=top.lede,
        share=top.share,
        left=top.left,
        right=top.right,
        parts=tuple(part(scene, period) for part in (_moved, _worth_reading, _questions, _not_needed, _help)),
        health=health(scene, period),
        stance=_stance(scene),
    )


def _bare(scene: Scene, week: date | None, state: Carrier, values: dict[str, Any]) -> Digest:
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
        lede=t(f"hero.why_{state}"),
        share=None,
        left="",
        right="",
        parts=(),
        health=health(scene, period) if period else t("digest.no_health"),
        stance=_stance(scene),
    )


def _stance(scene: Scene) -> str:
    privacy = scene.settings.privacy
    return scene.words("page.stance", small=privacy.small_group, cross=privacy.small_group_cross)


def _home(scene: Scene, table: str, weeks: Sequence[date]) -> tuple[Row, ...]:
    return figures.in_weeks(scene.tables.where(table, company_id=scene.home), weeks)


def _part(scene: Scene, name: str, lines: Sequence[str]) -> Part:
    t = scene.words
    return Part(title=t(f"digest.{name}"), lines=tuple(lines) or (t(f"digest.{name}_none"),))


def _moved(scene: Scene, period: Period) -> Part:
    """Only what moved beyond noise: the shares, the response rate, the themes."""
    t, lines = scene.words, []
    mix = scene.tables.where(READS[0], company_id=scene.home, platform=ALL, language=ALL)
    for name in (hero.SHARE, f"exchange_{hero.SHARE}"):
        change = figures.change_of(mix, period, name)
        if change.moved:
            now = figures.pool(figures.in_weeks(mix, period.weeks), name).value
            before = None if now is None or change.value is None else now - change.value
            lines.append(t(f"digest.{name}_{state_of(change)}", now=t.percent(now), before=t.percent(before)))
    talk = scene.tables.where("rpt_brand_dialogue_weekly", company_id=scene.home, platform=ALL)
    now_share, before_share = (
        figures.pool(figures.in_weeks(talk, weeks), "response_share")
        for weeks in (period.weeks, period.before)
    )
    change = figures.compare(now_share, before_share)
    if change.moved:
        values = {"now": t.percent(now_share.value), "before": t.percent(before_share.value)}
        lines.append(t(f"digest.response_{state_of(change)}", None, **values))
    for row in _home(scene, "rpt_rising_themes_weekly", period.weeks):
        for state in ("risen", "fallen"):
            if row.get(f"is_{state}"):
                lines.append(
                    t(
                        f"digest.{state}",
                        theme=t.name("themes", row["theme"]),
                        now=t.percent(row["person_share"]),
                        before=t.percent(row["person_share_before"]),
                    )
                )
    return _part(scene, "moved", lines)


def _worth_reading(scene: Scene, period: Period) -> Part:
    t = scene.words
    rows = sorted(_home(scene, "rpt_conversations_weekly", period.weeks), key=lambda row: row["position"])
    lines = [
        t(
            "digest.conversation",
            count=row["count_persons"],
            theme=t.name("themes", row["theme"]) if row.get("theme") else t("digest.no_theme"),
            kind=t.name("kinds", row["conversation_kind"]),
            posts=t("digest.posts", count=row["count_posts"]),
            platform=t.name("platforms", row["platform"]),
            language=""
            if row["language"] == "und"
            else t("digest.in_language", language=t.inside("languages", row["language"])),
        )
        + (f" {t('digest.open_question')}" if row.get("has_open_question") else "")
        for row in rows[:MOST]
    ]
    return _part(scene, "reading", lines)


def _questions(scene: Scene, period: Period) -> Part:
    """What waits: this week's questions without an answer, and last week's whose time ran out."""
    t = scene.words
    rows = _home(scene, "rpt_brand_questions_weekly", (*period.before, *period.weeks))
    lines = [
        t("digest.question", count=a.open, theme=t.name("themes", a.theme), asked=t.number(a.questions))
        for a in subjects.asked(rows)
        if a.open
    ]
    talk = scene.tables.where("rpt_brand_dialogue_weekly", company_id=scene.home, platform=ALL)
    talk = figures.in_weeks(talk, period.weeks)
    still = figures.total(talk, "count_questions_waiting") + figures.total(talk, "count_questions_unanswered")
    if still:
        lines.insert(0, t("digest.questions_all", count=still))
    return _part(scene, "questions", lines[:MOST])


def _not_needed(scene: Scene, period: Period) -> Part:
    t = scene.words
    found = subjects.subjects(_home(scene, "rpt_themes_weekly", period.weeks))
    lines = [
        t("digest.led_by_people", count=s.human, theme=t.name("themes", s.theme), brand=t.number(s.brand))
        for s in subjects.without_need_of_brand(found)
    ]
    if not lines and not subjects.told_by_side(found) and any(s.hidden for s in found):
        lines.append(t("digest.not_needed_hidden"))
    return _part(scene, "not_needed", lines)


def _help(scene: Scene, period: Period) -> Part:
    """Offers to colleagues who wish to speak; never a request to anyone."""
    t = scene.words
    found = subjects.subjects(_home(scene, "rpt_themes_weekly", period.weeks))
    talked = subjects.between_people(found, most=6) or subjects.spoken_of(found)
    open_ones = [
        a.theme for a in subjects.asked(_home(scene, "rpt_brand_questions_weekly", period.weeks)) if a.open
    ]
    lines = [t("digest.help_facts", theme=t.name("themes", theme)) for theme in open_ones if theme in talked][
        :2
    ]
    rising = [r["theme"] for r in _home(scene, "rpt_rising_themes_weekly", period.weeks) if r.get("is_risen")]
    lines += [t("digest.help_rising", theme=t.name("themes", theme)) for theme in rising][:2]
    if not lines and talked:
        names = t.series("themes", talked[:2])
        lines.append(t("digest.help_talked", themes=names))
    return _part(scene, "help", lines)


def health(scene: Scene, period: Period) -> str:
    """One line: who was heard, who was silent, who could not be heard."""
    t = scene.words
    blind = figures.blind_platforms(scene.tables, period.first, period.last)
    known = {row["platform"] for row in scene.tables.get("rpt_source_health_daily")}
    if not known:
        return t("digest.no_health")
    if not blind:
        return t("digest.health_good", count=len(known))
    names = t.listed([t.name("platforms", name) for name in blind])
    return t("digest.health_blind", count=len(known) - len(blind), platforms=names)


_MARKDOWN = str.maketrans(
    {char: f"\\{char}" for char in "\\`*_{}[]#|!~"} | {"<": "&lt;", ">": "&gt;", "\n": " ", "\r": " "}
)


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
    return environment
