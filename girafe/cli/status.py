"""Status: an installation at a glance, for a person on a terminal or, with --json, for a script."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from girafe.cli.app import app
from girafe.cli.terminal import AsJson, CompanyFile, DataFolder, answers, now, open_data, print_json
from girafe.overview import Overview, SourceLine, overview, usual
from girafe.settings import load_settings

PANEL = "3. Keep and erase"
_LOOKS = {"good": ("●", "green"), "look": ("◐", "yellow"), "act": ("○", "bold red")}
_HEALTH = {"heard": "green", "silent": "yellow", "blind": "bold red"}
_BARS = "▁▂▃▄▅▆▇█"


@app.command(rich_help_panel=PANEL)
def status(
    company: CompanyFile = Path("company.toml"),
    data: DataFolder = Path("data"),
    as_json: AsJson = False,
    check: Annotated[
        bool, typer.Option("--check", help="End with code 3 if a person must act: for monitoring.")
    ] = False,
) -> None:
    """Shows at a glance: the release, validation, every source with its last weeks, and what to do next."""
    from collectors.registry import SOURCES

    home = open_data(data)
    found = overview(home, now(), SOURCES, load_settings(company) if company.exists() else None)
    if as_json:
        print_json(found)
    else:
        show(found, home.root, answers)
    if check and found.verdict == "act":
        raise typer.Exit(3)


def show(found: Overview, root: Path, out: Console) -> None:
    """Prints the overview, the verdict first and the advice last."""
    mark, colour = _LOOKS[found.verdict]
    said = {"good": "all is well", "look": "worth a look", "act": "a person must act"}[found.verdict]
    out.print(Text.assemble((f"{mark} {said}", colour), f"   {root}"))
    out.print()
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim")
    facts.add_column()
    for name, text in _facts(found):
        facts.add_row(name, text)
    out.print(facts)
    if found.sources:
        out.print()
        out.print(_sources(found))
    if found.advice:
        out.print()
    for advice in found.advice:
        mark, colour = _LOOKS[advice.verdict]
        out.print(Text.assemble((f"{mark} ", colour), advice.text, ("  " + advice.command, "bold")))


def _facts(found: Overview) -> Sequence[tuple[str, Text]]:
    released = Text("none yet")
    if found.release and found.released_at:
        released = Text.assemble(f"{found.release}  ", (_ago(found.released_at, found.checked_at), "dim"))
        if found.headline:
            released.append(f"\n{found.headline}", style="italic")
    checked = Text("not yet")
    if found.validated_at:
        broken = (f"{found.rules_broken} rules broken", "bold red" if found.rules_broken else "green")
        checked = Text.assemble(
            broken, f", {found.warnings} warnings  ", (_ago(found.validated_at, found.checked_at), "dim")
        )
    posts = found.rows.get("posts")
    newest = f", newest of {found.newest_landing}" if found.newest_landing else ""
    held = f"{posts:,} versions of posts, " if posts else ""
    return (
        ("release", released),
        ("validation", checked),
        ("warehouse", Text(f"{held}{found.warehouse_mb} MB; {found.disk_free_gb} GB free on this disk")),
        (
            "landing",
            Text(
                f"{found.landing_files} files{newest}; "
                f"{found.unclassified_files} to classify, {found.in_quarantine:,} payloads in quarantine"
            ),
        ),
    )


def _sources(found: Overview) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("source", "last asked", "", "7 days", "usual", "8 weeks", "fault"):
        table.add_column(name, justify="right" if name in ("7 days", "usual") else "left")
    for line in found.sources:
        table.add_row(
            line.source,
            _ago(line.last_run, found.checked_at),
            Text(line.health, style=_HEALTH.get(line.health, "")),
            f"{line.posts_by_week[-1]:,}",
            f"{usual(line):,.0f}",
            _spark(line),
            Text(line.fault, style="yellow"),
        )
    return table


def _spark(line: SourceLine) -> str:
    """The weeks as bars; a week without posts is a dot, so that it does not look like a small one."""
    top = max(line.posts_by_week) or 1
    return "".join(
        "·" if not count else _BARS[min(len(_BARS) - 1, count * len(_BARS) // (top + 1))]
        for count in line.posts_by_week
    )


def _ago(moment: datetime, now: datetime) -> str:
    seconds = max(0.0, (now - moment).total_seconds())
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"
