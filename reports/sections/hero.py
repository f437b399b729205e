"""Hero: who carries the conversation, in one sentence and one bar."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from reports.figures import (
    Carrier,
    Listening,
    Period,
    Share,
    carrier,
    in_weeks,
    is_running,
    listening,
    pool,
    total,
)
from reports.tables import Row
from reports.view import ALL, Hero, Scene, key
from reports.words import Words

READS = ("rpt_conversation_mix_weekly", "rpt_source_health_daily")
SHARE = "human_to_human_share"


def build(scene: Scene) -> dict[str, Hero]:
    """One hero per choice of all filters."""
    slices = sliced(scene.tables.get(READS[0]))
    heard = {period.code: listening(scene.tables, period.first, period.last) for period in scene.periods}
    heroes = {}
    for company, platform, language in product(scene.companies, scene.platforms, scene.languages):
        rows = slices.get((company, platform, language), ())
        whole = [row for name in scene.companies for row in slices.get((name, platform, ALL), ())]
        for period in scene.periods:
            name = key(company, period.code, platform, language)
            silence = heard[period.code].silence(platform)
            if silence is Carrier.UNHEARD and total(in_weeks(whole, period.weeks), "count_posts"):
                silence = Carrier.EMPTY  # a file brought that platform, and nothing of these in it
            heroes[name] = hero(scene, rows, period, silence, company=scene.companies[company])
    return heroes


def sliced(rows: Sequence[Row]) -> dict[tuple[str, str, str], tuple[Row, ...]]:
    """The weeks of the conversation mix by company, platform and language, in order."""
    found: dict[tuple[str, str, str], list[Row]] = {}
    for row in sorted(rows, key=lambda row: row["week_start"]):
        found.setdefault((row["company_id"], row["platform"], row["language"]), []).append(row)
    return {name: tuple(group) for name, group in found.items()}


def hero(scene: Scene, rows: Sequence[Row], period: Period, silence: Carrier, *, company: str) -> Hero:
    """The headline for these weeks of one company; `silence` is what it means if there are no rows."""
    t, chosen = scene.words, in_weeks(rows, period.weeks)
    share = pool(chosen, SHARE)
    state = carrier(chosen, share, silence=silence)
    return Hero(
        answer=t(f"hero.{state}", company=company),
        left=t("hero.left", share=t.percent(share.value)) if share.value is not None else "",
        right=t("hero.right", share=t.rest(share.value)) if share.value is not None else "",
        lede=lede(t, share, state, company=company),
        fine=fine(t, chosen, share, period),
        share=share.value,
        low=share.low,
        high=share.high,
    )


def nothing(scene: Scene, heard: Listening, *, company: str) -> Hero:
    """The headline where no figure is known at all: said why, never taken for calm."""
    t, state = scene.words, heard.silence()
    return Hero(answer=t(f"hero.{state}", company=company), lede=why_nothing(t, heard, company=company))


def why_nothing(t: Words, heard: Listening, *, company: str) -> str:
    """Why no week is known: nobody spoke, all spoke of others, or nobody could listen."""
    state = heard.silence()
    if state is Carrier.EMPTY and heard.posts:
        return t("hero.why_elsewhere", count=heard.posts, company=company)
    return t(f"hero.why_{state}", company=company)


def lede(t: Words, share: Share, state: Carrier, *, company: str) -> str:
    """The figure behind the headline, as a sentence."""
    if share.value is None:
        return t(f"hero.why_{state}", company=company)
    return t(
        "hero.lede",
        count=share.denominator,
        company=company,
        share=t.percent(share.value),
        interval=t.between(share.low, share.high),
        numerator=t.number(share.numerator),
    )


def fine(t: Words, rows: Sequence[Row], share: Share, period: Period) -> str:
    """Period, exchanges, what could not be judged, what is withheld."""
    parts = [span(t, period)]
    exchanges = pool(rows, "exchange_human_to_human_share")
    if exchanges.value is not None:
        parts.append(
            t(
                "hero.exchanges",
                count=exchanges.denominator,
                share=t.percent(exchanges.value),
                interval=t.between(exchanges.low, exchanges.high),
            )
        )
    conversations = total(rows, "conversations")
    if conversations:
        unresolved = total(rows, "conversations_unresolved") / conversations
        parts.append(t("hero.unresolved", share=t.percent(unresolved)))
    if is_running(rows):
        parts.append(t("hero.running"))
    elif share.hidden_weeks and share.value is not None:
        parts.append(t("hero.withheld", count=share.hidden_weeks))
    return " ".join(parts)


def span(t: Words, period: Period) -> str:
    """The dates of a period: "Du 2 au 29 mars 2026."."""
    first, last = period.first, period.last
    pattern = "day" if first.year != last.year else "day_short" if first.month != last.month else "day_alone"
    return t("format.span", first=t.day(first, pattern), last=t.day(last))
