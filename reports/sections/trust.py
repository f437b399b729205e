"""Trust: was each source heard, and how sure are the labels; silence and blindness are told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import date, timedelta
from statistics import mean
from typing import Any

import altair as alt

from reports import charts
from reports.figures import Period, by, hearing, in_weeks, platform_of, total
from reports.tables import Row
from reports.view import Scene, Section, Show, View
from reports.words import Words

READS = ("rpt_source_hearing_weekly", "rpt_source_health_daily", "rpt_label_quality_weekly")
STATES = {"heard": charts.HUMAN, "partly": charts.HUMAN_WASH, "silent": charts.VEIL, "blind": charts.BRAND}
WEEKS = 8


def build(scene: Scene) -> Section:
    """Words by company and period; the calendar of a period holds its weeks, eight at least."""
    t, dims = scene.words, ("company", "period")
    heard, runs = scene.tables.get(READS[0]), scene.tables.get(READS[1])
    followed = {source.name for source in scene.settings.sources}
    weeks = hearings(heard, runs, platform_of(scene.tables), followed)
    platforms = sorted({week["platform"] for week in weeks})
    imported = sorted({row["platform"] for row in runs} - set(platforms))
    return Section(
        id="trust",
        dims=dims,
        views={
            c["key"]: view(
                t,
                weeks,
                scene.tables.where(READS[2], company_id=c["company"]),
                period=c["span"],
                imported=imported,
            )
            for c in scene.choices(*dims)
        },
        show_dims=("period",),
        shows={c["key"]: show(t, latest(weeks, c["span"]), runs) for c in scene.choices("period")},
        columns=tuple(t.find("trust.columns")),
        terms=("blind", "unresolved", "voice"),
        spec=chart(t, platforms),
    )


def hearings(
    heard: Sequence[Row], runs: Sequence[Row], platforms: Mapping[str, str], followed: Set[str]
) -> tuple[Row, ...]:
    """One row per platform and week: state, reason. Where the detector has judged nothing yet, the runs tell.

    Of the runs only those of the sources `followed`: a file that was handed in is no place that answers.
    """
    found: dict[tuple[str, date], dict[str, Any]] = {}
    judged = {row["source"] for row in heard}
    for row in heard:
        entry = {"state": hearing(row), "reason": row.get("reason")}
        _worst(found, platforms.get(row["source"], row["source"]), row["week_start"], entry)
    for row in runs:
        if not judged and row["source"] in followed:
            _worst(found, row["platform"], _monday(row), {"state": row["health"], "reason": None})
    return tuple(
        {"platform": platform, "week": week, **entry} for (platform, week), entry in sorted(found.items())
    )


def latest(weeks: Sequence[Row], period: Period | None) -> tuple[Row, ...]:
    """The last weeks of the record: as many as the period has, and eight at least."""
    count = max(WEEKS, len(period.weeks) if period else 0)
    last = max((row["week"] for row in weeks), default=date.min)
    return tuple(row for row in weeks if (last - row["week"]).days < 7 * count)


def _monday(run: Row) -> date:
    day: date = run["day"]
    return day - timedelta(days=day.weekday())


def _worst(
    found: dict[tuple[str, date], dict[str, Any]], name: str, week: date, entry: dict[str, Any]
) -> None:
    known = found.get((name, week))
    order = ("silent", "heard", "partly", "blind")
    if known is None or order.index(entry["state"]) > order.index(known["state"]):
        found[name, week] = entry


def view(
    t: Words,
    weeks: Sequence[Row],
    quality: Sequence[Row],
    *,
    period: Period | None,
    imported: Sequence[str] = (),
) -> View:
    """Which sources could not be heard, when and why; what share of labels may be wrong.

    Of the weeks of the `period`, or the latest if there is none. What was missed in those it is compared with, and
    after it, is one note each. `imported` are the platforms that files were handed in for, which no collector can be
    deaf to.
    """
    shown = [row for row in weeks if row["week"] in period.weeks] if period else list(latest(weeks, None))
    told = _missed(t, shown)
    count = len({row["platform"] for row in weeks})
    if not weeks:
        answer = t("trust.nothing")
    elif told:
        answer = t("trust.partly", count=count, blind=" ".join(told))
    else:
        answer = t("trust.good", count=count)
    notes = _reasons(t, shown)
    silent = sum(1 for row in shown if row["state"] == "silent")
    if silent:
        notes.append(t("trust.silences", count=silent))
    missed_before = _missed(t, [row for row in weeks if period and row["week"] in period.before])
    if missed_before:
        notes.append(t("trust.before", missed=" ".join(missed_before)))
    after = [
        row["week"] for row in weeks if period and row["week"] > period.weeks[-1] and row["state"] == "blind"
    ]
    if after:
        notes.append(t("trust.since", day=t.day(min(after))))
    if imported:
        notes.append(
            t("trust.imported", platforms=t.listed([t.name("platforms", name) for name in imported]))
        )
    act = t.act("trust") if told or after else ""
    labels = in_weeks(quality, period.weeks if period else ())
    return View(answer=answer, brief=answer, notes=(*notes, *_quality(t, labels)), act=act)


def _reasons(t: Words, weeks: Sequence[Row]) -> list[str]:
    """Why a source was not or not wholly heard: one note a reason, with the sources it holds for."""
    concerned: dict[str, dict[str, None]] = {}
    for row in weeks:
        if row["reason"]:
            concerned.setdefault(row["reason"], {})[t.name("platforms", row["platform"])] = None
    return [
        t("trust.why", platforms=t.listed(list(names)), reason=t.inside("trust.reasons", reason))
        for reason, names in concerned.items()
    ]


def _missed(t: Words, weeks: Sequence[Row]) -> list[str]:
    """One sentence for the sources that missed the same weeks."""
    alike: dict[tuple[str, tuple[date, ...]], list[str]] = {}
    for name, found in by(weeks, "platform").items():
        for state in ("blind", "partly"):
            missed = tuple(row["week"] for row in found if row["state"] == state)
            if missed:
                alike.setdefault((state, missed), []).append(t.name("platforms", name))
    return [
        t(f"trust.{state}_weeks", count=len(missed), platforms=t.listed(names), last=t.day(missed[-1]))
        for (state, missed), names in alike.items()
    ]


def _quality(t: Words, weeks: Sequence[Row]) -> list[str]:
    notes = []
    for phrase, column, told in (
        ("unknown", "unknown_share", _of_accounts),
        ("errors", "expected_error_share", _about),
        ("certain", "certain_share", _of_accounts),
    ):
        shares = [row[column] for row in weeks if row.get(column) is not None]
        if shares:
            # A week tells in steps of five points, and not of how many accounts: no weights are known.
            notes.append(t(f"trust.{phrase}", share=told(t, mean(shares))))
    return notes


def _of_accounts(t: Words, share: float) -> str:
    # The mart tells accounts in steps of a small group, and fewer as none.
    return t("trust.about", share=t.percent(share)) if share else t("trust.too_few")


def _about(t: Words, share: float) -> str:
    # The mart rounds to five points, so its zero means "less than half of that".
    return t.percent(share) if share else t("trust.next_to_none")


def show(t: Words, weeks: Sequence[Row], runs: Sequence[Row]) -> Show:
    """One line per platform, over `weeks`; one square per platform and week."""
    lines = []
    first = min((row["week"] for row in weeks), default=date.max)
    read = by([run for run in runs if _monday(run) >= first], "platform")
    for platform, found in by(weeks, "platform").items():
        count = {state: sum(1 for row in found if row["state"] == state) for state in STATES}
        reason = next((row["reason"] for row in reversed(found) if row["reason"]), None)
        lines.append(
            (
                t.name("platforms", platform),
                *(t.number(count[state]) for state in STATES),
                t.number(total(read.get(platform, ()), "count_posts")),
                t.number(total(read.get(platform, ()), "count_quarantined")),
                t(f"trust.reasons.{reason}") if reason else "",
            )
        )
    squares = tuple(
        {"week": row["week"].isoformat(), "platform": row["platform"], "state": row["state"]} for row in weeks
    )
    return Show(rows=tuple(lines), chart=squares)


def chart(t: Words, platforms: Sequence[str]) -> dict[str, Any]:
    """A strip per source: a square is a week; a cross marks those in which it could not be heard."""
    axis = alt.Axis(labelExpr=charts.names(t, "platforms", platforms), grid=False)
    base = alt.Chart(charts.rows()).encode(
        x=charts.weeks(t), y=alt.Y("platform:N", title=None, axis=axis, sort=list(platforms))
    )
    squares = base.mark_rect(stroke=charts.PAPER, strokeWidth=2).encode(
        color=alt.Color(
            "state:N",
            scale=charts.inks(STATES),
            legend=alt.Legend(labelExpr=charts.names(t, "trust.states", tuple(STATES))),
        ),
        tooltip=[alt.Tooltip("week:O", title=t("trust.week"))],
    )
    # Colour alone must not tell blindness: on paper and to many eyes it would not.
    crosses = base.mark_text(text="×", fontSize=17, color=charts.PAPER).transform_filter(
        "datum.state == 'blind'"
    )
    return charts.finish(squares + crosses, height=26, per="platform")
