"""Keep: what lies where, what was refused, what must leave."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from girafe import run as path
from girafe.cli.app import app
from girafe.cli.stages import run_stages
from girafe.cli.terminal import (
    AsJson,
    CompanyFile,
    DataFolder,
    console,
    now,
    open_context,
    plain,
    print_json,
    timed,
)
from girafe.data_dir import DataDir
from girafe.settings import load_settings

PANEL = "3. Keep and erase"

quarantine = typer.Typer(no_args_is_help=True, help="What could not be read, and reading it again.")
app.add_typer(quarantine, name="quarantine", rich_help_panel=PANEL)


@quarantine.command("list")
def list_(data: DataFolder = Path("data"), as_json: AsJson = False) -> None:
    """Shows what lies in quarantine, by source and reason."""
    from warehouse.quarantine import heaps

    found = heaps(DataDir(data))
    if as_json:
        print_json(found)
        return
    if not found:
        console.print("nothing in quarantine")
    for heap in found:
        console.print(
            f"{heap.count:>7,}  {plain(heap.platform)} {plain(heap.source)} [bold]{plain(heap.reason)}[/] "
            f"[dim]{heap.first_day} to {heap.last_day}. {plain(heap.example)}[/]"
        )


@quarantine.command()
def replay(
    data: DataFolder = Path("data"),
    source: Annotated[str | None, typer.Option(help="Only of this source.")] = None,
    reason: Annotated[str | None, typer.Option(help="Only for this reason.")] = None,
) -> None:
    """Has it read again after a parser was corrected; what is still bad comes back with its reason."""
    from warehouse.quarantine import replay as read_again

    console.print(plain(read_again(DataDir(data), source=source, reason=reason).summary))


@app.command(rich_help_panel=PANEL)
def status(data: DataFolder = Path("data"), as_json: AsJson = False) -> None:
    """Shows at a glance what has landed, what is in quarantine, and how fresh the release is."""
    found = path.status(DataDir(data))
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        console.print(f"{name:<22} {value}")


@app.command(rich_help_panel=PANEL)
def housekeeping(
    company: CompanyFile = Path("company.toml"),
    data: DataFolder = Path("data"),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would leave, remove nothing.")] = False,
) -> None:
    """Removes payloads past their time to live; counts and labels stay."""
    from warehouse.retention import enforce

    report = enforce(DataDir(data), load_settings(company), now(), dry_run=dry_run)
    console.print(f"{'would remove' if dry_run else 'removed'}: {report.summary}")


@app.command(rich_help_panel=PANEL)
def forget(
    platform: Annotated[str, typer.Argument(help="Where the account is, for example mastodon.")],
    account: Annotated[str, typer.Argument(help="Its id or its handle.")],
    company: CompanyFile = Path("company.toml"),
    data: DataFolder = Path("data"),
) -> None:
    """Erases an account everywhere, never collects it again, and writes a signed receipt.

    Landing, quarantine and classified files are cleaned; the warehouse, the marts and the release are built
    again, so that every number is as if the account had never been seen. Older releases are deleted.
    """
    context = open_context(company, data)
    receipt, written = timed("forget", lambda: path.forget(context, platform.lower(), account))
    run_stages(context, *(name for name, _, _ in path.AFTER_COLLECT))
    path.drop_old_releases(context)
    console.print(
        f"{receipt.payloads_removed:,} payloads removed, {receipt.payloads_redacted:,} redacted, "
        f"{receipt.quarantine_lines_removed:,} quarantine lines removed"
    )
    console.print(f"Receipt  {written}")


@app.command(rich_help_panel=PANEL)
def audit(data: DataFolder = Path("data"), as_json: AsJson = False) -> None:
    """Shows who exported, erased or re-keyed what and when, and checks that no line was changed."""
    from girafe.audit import read

    entries = read(DataDir(data))
    if as_json:
        print_json(entries)
        return
    for entry in entries:
        details = " ".join(f"{name}={value}" for name, value in entry.details.items())
        console.print(
            f"{entry.at:%Y-%m-%d %H:%M}  {plain(entry.who)}  [bold]{entry.what}[/]  {plain(details)}"
        )
    console.print(f"[green]✓[/] {len(entries):,} entries, none changed")
