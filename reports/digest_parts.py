"""Digest parts: one function per heading; each says what a reader could do on Monday, about groups only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from reports import figures, subjects
from reports.figures import Change, Period
from reports.sections import fresh, hero
from reports.sections.change import state_of
from reports.tables import Row
from reports.view import ALL, Scene
from reports.words import Words

MIX, DIALOGUE, READING = (
    "rpt_conversation_mix_weekly",
    "rpt_brand_dialogue_weekly",
    "rpt_conversations_weekly",
)
THEMES, QUESTIONS = "rpt_themes_weekly", "rpt_brand_questions_weekly"
RISING, TERMS, HEARING = "rpt_rising_themes_weekly", "rpt_rising_terms_weekly", "rpt_source_hearing_weekly"
MOST = 4
"""Lines under a heading: two minutes are soon over."""
_CONTEXT = 4
"""Weeks behind a sentence that one week is too short for."""
_LINK = re.compile(r"https?://[A-Za-z0-9.-]+/[A-Za-z0-9._~:/?@!$&()*+,;=%-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One sentence, and the threads of organisations that may be opened from it."""

    text: str
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One heading of the digest with its lines."""

    name: str
    title: str
    lines: tuple[Line, ...]


def parts(scene: Scene, period: Period) -> tuple[Part, ...]:
    """Every heading in reading order; what to do comes first and sums up what follows."""
    talked = (_moved, _worth_reading, _questions, _not_needed, _help)
    found = tuple(part(scene, period) for part in talked)
    return (_to_do(scene, period), *found)


def _home(scene: Scene, table: str, weeks: Sequence[Any], **more: str) -> tuple[Row, ...]:
    return figures.in_weeks(scene.tables.where(table, company_id=scene.home, **more), weeks)


def _lately(period: Period) -> tuple[Any, ...]:
    """The week and the three before it."""
    return tuple(period.first - timedelta(weeks=back) for back in range(_CONTEXT))


def _part(scene: Scene, name: str, lines: Sequence[Line | str], *, without: str = "none") -> Part:
    """A heading with its lines; with none, the sentence that says why: nothing to tell, or not to be told."""
    t = scene.words
    told = [line if isinstance(line, Line) else Line(text=line) for line in lines]
    return Part(
        name=name, title=t(f"digest.{name}"), lines=tuple(told) or (Line(text=t(f"digest.{name}_{without}")),)
    )


def _why_nothing(rows: Sequence[Row], otherwise: str = "none") -> str:
    """Why nothing is told of a week: it still runs, people in it are withheld, or there is nothing."""
    hidden = any(row.get("is_suppressed") for row in rows)
    return "running" if figures.is_running(rows) else otherwise if hidden else "none"


def _open_questions(scene: Scene, weeks: Sequence[Any]) -> int:
    return subjects.count_open(_home(scene, DIALOGUE, weeks, platform=ALL))


def _to_do(scene: Scene, period: Period) -> Part:
    """Answer, read, leave alone: at most one line of each."""
    t, lines = scene.words, []
    still = _open_questions(scene, period.weeks)
    if still:
        lines.append(t("digest.do_answer", count=still))
    reading = _by_size(scene, period)
    if reading:
        first = reading[0]
        theme = t.phrase("themes", "the", first["theme"]) if first.get("theme") else ""
        place = _place(t, first["platform"])
        lines.append(t(f"digest.{'do_read' if theme else 'do_read_any'}", None, theme=theme, place=place))
    places = _people_only(scene, period)
    if places:
        names = t.phrases("platforms", "on", [row["platform"] for row in places])
        lines.append(t("digest.do_leave", None, places=names))
    week = _home(scene, MIX, period.weeks, platform=ALL, language=ALL)
    return _part(scene, "to_do", lines, without=_why_nothing(week, "hidden"))


def _moved(scene: Scene, period: Period) -> Part:
    """Only what moved beyond noise: the shares, the response rate, the themes, the words."""
    t, lines = scene.words, []
    mix = scene.tables.where(MIX, company_id=scene.home, platform=ALL, language=ALL)
    for name in (hero.SHARE, f"exchange_{hero.SHARE}"):
        change = figures.change_of(mix, period, name)
        if change.moved:
            now = figures.pool(figures.in_weeks(mix, period.weeks), name).value
            before = None if now is None or change.value is None else now - change.value
            lines.append(_moved_by(t, f"digest.{name}", change, now, before))
    now_share, before_share = (
        figures.pool(_home(scene, DIALOGUE, weeks, platform=ALL), "response_share")
        for weeks in (period.weeks, period.before)
    )
    change = figures.compare(now_share, before_share)
    if change.moved:
        lines.append(_moved_by(t, "digest.response", change, now_share.value, before_share.value))
    for row in _home(scene, RISING, period.weeks):
        for state in ("risen", "fallen"):
            if row.get(f"is_{state}"):
                lines.append(
                    _against_before(t, f"digest.{state}", t.phrase("themes", "of", row["theme"]), row)
                )
    terms = sorted(
        (row for row in _home(scene, TERMS, period.weeks) if row.get("is_risen")),
        key=lambda row: row["q_value"],
    )
    lines += [_against_before(t, "digest.term", fresh.term_name(t, row), row) for row in terms[:3]]
    known = all(
        figures.pool(figures.in_weeks(mix, weeks), hero.SHARE).value is not None
        for weeks in (period.weeks, period.before)
    )
    return _part(scene, "moved", lines, without="none" if known else "unknown")


def _moved_by(t: Words, name: str, change: Change, now: float | None, before: float | None) -> str:
    """A share that moved, with the interval of the difference: beyond chance is not the same as known exactly."""
    return t(
        f"{name}_{state_of(change)}",
        now=t.percent(now),
        before=t.percent(before),
        low=t.points(change.low),
        high=t.points(change.high),
    )


def _against_before(t: Words, sentence: str, name: str, row: Row) -> str:
    now, before = t.percent(row["person_share"]), t.percent(row["person_share_before"])
    return t(sentence, None, theme=name, now=now, before=before)


def _by_size(scene: Scene, period: Period) -> list[Row]:
    return sorted(_home(scene, READING, period.weeks), key=lambda row: row["position"])


def _worth_reading(scene: Scene, period: Period) -> Part:
    """Conversations on the same theme are one line: a reader opens a subject, not a list."""
    t = scene.words
    groups: dict[str | None, list[Row]] = {}
    for row in _by_size(scene, period):
        groups.setdefault(row.get("theme"), []).append(row)
    lines = [_subject(t, theme, rows) for theme, rows in groups.items()][:MOST]
    week = _home(scene, MIX, period.weeks, platform=ALL, language=ALL)
    return _part(scene, "reading", lines, without=_why_nothing(week))


def _subject(t: Words, theme: str | None, rows: Sequence[Row]) -> Line:
    kinds = {row["conversation_kind"] for row in rows}
    kind = kinds.pop() if len(kinds) == 1 else "mixed"
    values = {
        "theme": t.name("themes", theme) if theme else t("digest.no_theme"),
        "kind": t(f"digest.{'kind' if len(rows) > 1 else 'kind_of_one'}.{kind}"),
        "places": _places(t, rows),
        "people": t.number(min(row["count_persons"] for row in rows)),
        "posts": t("digest.posts", count=sum(row["count_posts"] for row in rows)),
    }
    text = t("digest.subject_line", count=len(rows), **values)
    waiting = sum(1 for row in rows if row.get("has_open_question"))
    if waiting:
        text += " " + t("digest.open_question", count=waiting)
    links = [row["link"] for row in rows if row.get("link")]
    # Checked where it was kept (nlp/links.py) and before the marts were sealed; a last look costs nothing.
    return Line(text=text, links=tuple(link for link in links if _LINK.fullmatch(link)))


def _place(t: Words, platform: str | None) -> str:
    """Where a conversation is; the mart withholds it where it would tell how few spoke on another platform."""
    return t.phrase("platforms", "on", platform) if platform else t("digest.place_withheld")


def _places(t: Words, rows: Sequence[Row]) -> str:
    """Where they are, each place once, with the languages spoken there."""
    found = []
    for platform, there in figures.by(rows, "platform").items():
        place = _place(t, platform)
        languages = dict.fromkeys(row["language"] for row in there if row["language"] != "und")
        told = t.series("languages", languages)
        found.append(t("digest.place", None, place=place, languages=told) if told else place)
    return t.listed(found)


def _questions(scene: Scene, period: Period) -> Part:
    """What waits: of this week and, so that it can be weighed, of the last four; themes where they may be told."""
    t, lines = scene.words, []
    still, lately = _open_questions(scene, period.weeks), _open_questions(scene, _lately(period))
    if still:
        lines.append(t("digest.questions_all", count=still))
    asked = figures.total(_home(scene, DIALOGUE, _lately(period), platform=ALL), "count_questions")
    if lately > still:
        lines.append(t("digest.questions_lately", count=lately, asked=t.number(asked)))
    by_theme = subjects.asked(_home(scene, QUESTIONS, (*period.before, *period.weeks)))
    lines += [
        t("digest.question", count=a.open, theme=t.name("themes", a.theme), asked=t.number(a.questions))
        for a in by_theme
        if a.open
    ]
    week = _home(scene, DIALOGUE, period.weeks, platform=ALL)
    # How many wait is told of the smallest groups too: a question is an event.
    hidden = any(figures.is_withheld(row, "count_questions") for row in week)
    without = "running" if figures.is_running(week) else "hidden" if hidden else "none"
    return _part(scene, "questions", lines[:MOST], without=without)


def _people_only(scene: Scene, period: Period) -> list[Row]:
    """Platforms where people talk among themselves at least nine times in ten, in five conversations or more."""
    rows = [
        row
        for row in _home(scene, MIX, period.weeks, language=ALL)
        if row["platform"] != ALL
        and row["conversations_human_to_human"] is not None
        and row["conversations_human_to_human"] >= subjects.FEW
        and row["conversations_brand_to_human"] <= row["conversations_human_to_human"] / 9
    ]
    return sorted(rows, key=lambda row: (-row["conversations_human_to_human"], row["platform"]))


def _not_needed(scene: Scene, period: Period) -> Part:
    t = scene.words
    found = subjects.subjects(_home(scene, THEMES, period.weeks))
    lines = [
        t("digest.led_by_people", count=s.human, theme=t.name("themes", s.theme), brand=t.number(s.brand))
        for s in subjects.without_need_of_brand(found)
    ]
    for row in _people_only(scene, period):
        brand = row["conversations_brand_to_human"]
        lines.append(
            t(
                "digest.place_of_people" if brand else "digest.place_of_people_only",
                count=row["conversations_human_to_human"],
                platform=t.name("platforms", row["platform"]),
                brand=t.number(brand),
            )
        )
    return _part(scene, "not_needed", lines[: MOST - 1])


def _help(scene: Scene, period: Period) -> Part:
    """Offers to colleagues who wish to speak; never a request to anyone."""
    t = scene.words
    found = subjects.subjects(_home(scene, THEMES, period.weeks))
    talked = subjects.talked_of(found)
    waiting = [a.theme for a in subjects.asked(_home(scene, QUESTIONS, period.weeks)) if a.open]
    both = [theme for theme in waiting if theme in talked][:2]
    rising = [row["theme"] for row in _home(scene, RISING, period.weeks) if row.get("is_risen")][:2]
    lines = [t("digest.help_facts", theme=t.phrase("themes", "the", theme)) for theme in both]
    lines += [t("digest.help_rising", theme=t.phrase("themes", "of", theme)) for theme in rising]
    if not lines and talked:
        lines.append(t("digest.help_talked", themes=t.phrases("themes", "of", talked[:2])))
    return _part(scene, "help", lines)


def health(scene: Scene, period: Period) -> str:
    """One line: who was heard, who was silent for good, who could not be heard, as the silence detector judged."""
    t, names = scene.words, figures.platform_of(scene.tables)
    judged = figures.in_weeks(scene.tables.get(HEARING), period.weeks)
    if not judged:
        return _health_of_runs(scene, period)
    states: dict[str, list[str]] = {"silent": [], "blind": [], "partly": []}
    for row in judged:
        state = figures.hearing(row)
        if state in states:
            states[state].append(t.name("platforms", names.get(row["source"]) or row["source"]))
    heard = len(judged) - len(states["blind"])
    told = [t("digest.heard", count=heard, all=t.number(len(judged)))]
    told += [
        t(f"digest.heard_{state}", None, platforms=t.listed(sorted(found)))
        for state, found in states.items()
        if found
    ]
    return " ".join(told)


def _health_of_runs(scene: Scene, period: Period) -> str:
    """The same from the runs, where the detector has not judged the week."""
    t = scene.words
    if (until := figures.read_until(scene.tables)) < period.last:
        return t("digest.health_until", day=t.day(until))
    blind = figures.blind_platforms(scene.tables, period.first, period.last)
    followed = {source.name for source in scene.settings.sources}
    # A file that was handed in is no place that answers.
    known = {
        row["platform"] for row in scene.tables.get("rpt_source_health_daily") if row["source"] in followed
    }
    if not known:
        return t("digest.no_health")
    if not blind:
        return t("digest.health_good", count=len(known))
    names = t.listed([t.name("platforms", name) for name in blind])
    return t("digest.health_blind", count=len(known) - len(blind), platforms=names)
