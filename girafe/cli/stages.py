"""Stages: each step of the path as a command, and the whole path."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from girafe import moments
from girafe import run as path
from girafe.cli.app import PATH_PANEL as PANEL
from girafe.cli.app import app
from girafe.cli.terminal import (
    AsJson,
    CompanyFile,
    DataFolder,
    answers,
    console,
    now,
    open_context,
    plain,
    print_json,
    timed,
)
from girafe.errors import GirafeError, GovernanceMissing, RetryLater, UserMustAct

if TYPE_CHECKING:
    from collectors.collect import CollectReport
    from girafe.plan import Ask


Since = Annotated[str | None, typer.Option(help="Read again from this moment on (ISO 8601); cursors stay.")]
Until = Annotated[str | None, typer.Option(help="Up to, not including (ISO 8601).")]
Only = Annotated[list[str] | None, typer.Option("--source", help="Only these sources (repeat).")]


@app.command(rich_help_panel=PANEL)
def collect(
    company: CompanyFile = Path("company.toml"),
    data: DataFolder = Path("data"),
    since: Since = None,
    until: Until = None,
    source: Only = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be asked and what it costs; ask nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """COLLECT: asks every enabled source for what is new and lands it as received.

    One that cannot be heard holds up no other; when all have been asked, the exit code is that of the first of them.

    Example: `girafe collect --source mastodon --since 2026-11-02 --until 2026-11-09 --dry-run`
    """
    refusals = _collect(open_context(company, data), since, until, source, dry_run, as_json)
    if refusals:
        raise refusals[0]


def _collect(
    context: path.Context,
    since: str | None,
    until: str | None,
    source: list[str] | None,
    dry_run: bool,
    as_json: bool = False,
) -> list[GirafeError]:
    """Asks each query on its own: one source that cannot be heard is named, returned, and holds up no other."""
    pairs = path.queries(context, tuple(source or ()))
    if not pairs:
        asked = f"none of these sources ({plain(', '.join(source))})" if source else "no source"
        console.print(f"  [dim]{asked} is switched on in company.toml: nothing to collect[/]")
        if as_json:
            print_json({"asks": [], "calls": 0} if dry_run else [])
        return []
    window = _window(since, until, context.now)
    if dry_run:
        _say_plan(path.planned(context, tuple(source or ()), window), as_json)
        missing = context.settings.governance.missing(context.now.date())
        if missing and not as_json:
            answers.print(f"  [yellow]![/] not before {', '.join(missing)} is filled in under \\[governance]")
        return []
    context.settings.governance.check(context.now.date())
    http = path.live_http(now, context.say)
    reports: list[CollectReport] = []
    refusals: list[GirafeError] = []
    for name, terms in path.terms_accepted({name for name, _ in pairs}):
        console.print(
            f"  [dim]{plain(name)} is switched on, and with it you have accepted: {plain(terms)}[/]"
        )
    for name, query in pairs:
        try:
            report = timed(
                f"collect {name} {query}",
                lambda name=name, query=query: path.collect(context, name, query, http=http, window=window),  # type: ignore[misc]
            )
        except (RetryLater, UserMustAct) as error:
            console.print(f"[red]✗[/] {plain(name)} {plain(query)}: {plain(error)}")
            refusals.append(error)
            continue
        reports.append(report)
        context.say(report.summary)
    if as_json:
        print_json(reports)
    if refusals and not reports and not path.has_landed(context.data):
        raise refusals[0]
    return refusals


def _say_plan(asks: list[Ask], as_json: bool) -> None:
    """Says what would be asked, of whom, and what it costs."""
    from girafe.plan import in_calls

    if as_json:
        print_json({"asks": asks, "calls": sum(ask.calls for ask in asks)})
        return
    for ask in asks:
        asked = f"{plain(ask.source)} for {plain(ask.query)}"
        if not ask.places:
            answers.print(f"  [yellow]–[/] cannot ask {asked}: girafe doctor says why")
            continue
        span = f"{ask.since:%Y-%m-%d %H:%M} to {ask.until:%Y-%m-%d %H:%M}" if ask.since else "its cursor on"
        places = f"{ask.places} place{'s' if ask.places != 1 else ''}"
        answers.print(f"  would ask {asked}, from {span}: {places}, {ask.cost}")
    answers.print(f"  in all about {in_calls(sum(ask.calls for ask in asks))}; nothing was asked")


def _window(since: str | None, until: str | None, now: datetime) -> tuple[datetime, datetime] | None:
    """The span to read again; what is still to come cannot be read."""
    start, end = (moments.moment(text) if text else None for text in (since, until))
    return moments.span(start, end and min(end, now), now, names=("--since", "--until"))


@app.command(rich_help_panel=PANEL)
def classify(company: CompanyFile = Path("company.toml"), data: DataFolder = Path("data")) -> None:
    """CLASSIFY: who is speaking, about what; text, names and handles end here."""
    run_stages(open_context(company, data), "classify")


@app.command(rich_help_panel=PANEL)
def load(
    company: CompanyFile = Path("company.toml"),
    data: DataFolder = Path("data"),
    rebuild: Annotated[bool, typer.Option("--rebuild", help="From the classified files, anew.")] = False,
) -> None:
    """LOAD: merges what was classified into DuckDB."""
    context = open_context(company, data)
    report = timed("load", lambda: path.load(context, rebuild=rebuild))
    console.print(f"  [dim]{report.posts:,} posts by {report.accounts:,} accounts[/]")


@app.command(rich_help_panel=PANEL)
def validate(company: CompanyFile = Path("company.toml"), data: DataFolder = Path("data")) -> None:
    """VALIDATE: what entered, and the marts; a failed expectation stops the flow."""
    context = open_context(company, data)
    run_stages(context, "validate")
    if path.is_measured(context.data):
        run_stages(context, "validate marts")
    else:
        console.print("  [dim]Nothing was measured yet, so there are no marts to validate.[/]")


@app.command(rich_help_panel=PANEL)
def measure(company: CompanyFile = Path("company.toml"), data: DataFolder = Path("data")) -> None:
    """MEASURE: dbt builds every model."""
    run_stages(open_context(company, data), "measure")


@app.command(rich_help_panel=PANEL)
def publish(company: CompanyFile = Path("company.toml"), data: DataFolder = Path("data")) -> None:
    """PUBLISH: dashboard, digest and files, as one release under DATA/exports."""
    finish(run_stages(open_context(company, data), "publish"))


@app.command(rich_help_panel=PANEL)
def run(
    company: CompanyFile = Path("company.toml"),
    data: DataFolder = Path("data"),
    collect_first: Annotated[
        bool, typer.Option("--collect/--no-collect", help="Ask the sources first, or use what has landed.")
    ] = True,
    since: Since = None,
    until: Until = None,
    source: Only = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done and how many calls it costs.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Runs the whole path: collect, classify, load, validate, measure, publish.

    A backfill is the same with a span, in any order: `girafe run --since 2026-11-02 --until 2026-11-09`
    """
    if not collect_first and (since or until or source):
        raise UserMustAct(
            "--no-collect asks nobody: leave it out, or leave out --since, --until and --source."
        )
    context = open_context(company, data)
    if dry_run:
        if collect_first:
            _collect(context, since, until, source, dry_run=True, as_json=as_json)
        elif as_json:
            print_json({"asks": [], "calls": 0})
        else:
            answers.print("  would ask nobody")
        if not as_json:
            answers.print(f"  then {', '.join(name for name, _, _ in path.AFTER_COLLECT)}")
        return
    if collect_first:
        try:
            _collect(context, since, until, source, dry_run=False)
        except GovernanceMissing as error:
            # No request has left. What was imported by hand can still be measured.
            if not path.has_landed(context.data):
                raise
            console.print(f"[yellow]![/] {plain(error)} Going on with what has landed.")
    finish(run_stages(context), as_json=as_json)


@app.command(hidden=True)
def stage(
    name: Annotated[str, typer.Argument(help="One stage after collect.")],
    company: CompanyFile = Path("company.toml"),
    data: DataFolder = Path("data"),
) -> None:
    """Runs exactly one stage: what `girafe bench` and the workers call."""
    run_stages(open_context(company, data), name)


def run_stages(context: path.Context, *names: str) -> dict[str, Any]:
    """Runs the stages named (all, if none is), in the order of the path, and returns their reports."""
    chosen = [stage for stage in path.AFTER_COLLECT if not names or stage[0] in names]
    return path.run_stages(context, chosen, timed)


def finish(reports: dict[str, Any], *, as_json: bool = False) -> None:
    """Names what was written and says the headline, the one line on standard output; for a script the release."""
    release = reports["publish"]
    if as_json:
        print_json(release)
        return
    console.print(f"\nDashboard  {release.dashboard}")
    console.print(f"Digest     {release.digest}")
    typer.echo(f"\n{release.headline}")
