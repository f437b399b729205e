"""Keep: what lies where, what was refused, what must leave."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from girafe import erasure, rotation
from girafe import run as path
from girafe.cli.app import app
from girafe.cli.terminal import (
    RUN_ID,
    AsJson,
    CompanyFile,
    DataFolder,
    answers,
    console,
    now,
    open_context,
    open_data,
    open_to_write,
    plain,
    print_json,
    timed,
    whoami,
)
from girafe.errors import RetryLater, UserMustAct
from girafe.lock import hold
from girafe.settings import load_settings

PANEL = "3. Keep and erase"

quarantine = typer.Typer(no_args_is_help=True, help="What could not be read, and reading it again.")
app.add_typer(quarantine, name="quarantine", rich_help_panel=PANEL)


@quarantine.command("list")
def list_(data: DataFolder = Path("data"), as_json: AsJson = False) -> None:
    """Shows what lies in quarantine, by source and reason."""
    from warehouse.quarantine import heaps

    found = heaps(open_data(data))
    if as_json:
        print_json(found)
        return
    if not found:
        answers.print("nothing in quarantine")
        return
    shown = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("lines", "platform", "source", "reason", "days", "what is wrong"):
        shown.add_column(name, justify="right" if name == "lines" else "left", overflow="fold")
    for heap in found:
        days = heap.first_day if heap.first_day == heap.last_day else f"{heap.first_day} to {heap.last_day}"
        shown.add_row(
            f"{heap.count:,}", *map(plain, (heap.platform, heap.source)), f"[bold]{plain(heap.reason)}[/]", days,
            plain(heap.example),
        )  # fmt: skip
    answers.print(shown)
    answers.print(
        "[dim]After a correction: girafe quarantine replay. What stays unreadable: girafe quarantine discard[/]"
    )


@quarantine.command()
def replay(
    data: DataFolder = Path("data"),
    source: Annotated[str | None, typer.Option(help="Only of this source.")] = None,
    reason: Annotated[str | None, typer.Option(help="Only for this reason.")] = None,
) -> None:
    """Has it read again after a parser was corrected; what is still bad comes back with its reason."""
    from warehouse.quarantine import replay as read_again

    found = open_to_write(data)
    with hold(found, "files", "girafe quarantine replay", now=now()):
        report = read_again(found, source=source, reason=reason)
    console.print(plain(report.summary))


@quarantine.command()
def discard(
    source: Annotated[str, typer.Argument(help="As `girafe quarantine list` shows it.")],
    reason: Annotated[str, typer.Argument(help="As `girafe quarantine list` shows it.")],
    data: DataFolder = Path("data"),
) -> None:
    """Throws one heap away for good: what will never be readable, or was corrected in the file itself."""
    from girafe.audit import record
    from warehouse.quarantine import discard as throw_away
    from warehouse.quarantine import heaps

    found = open_to_write(data)
    with hold(found, "files", "girafe quarantine discard", now=now()):
        lines = sum(heap.count for heap in heaps(found) if (heap.source, heap.reason) == (source, reason))
        if not lines:
            raise UserMustAct(f"Nothing of {source} lies there as {reason}; see girafe quarantine list.")
        about = {"source": source, "reason": reason, "lines": lines}
        record(found, "discard", who=whoami(), at=now(), run=RUN_ID, **about)
        gone = throw_away(found, source=source, reason=reason)
    console.print(f"{gone:,} lines thrown away")


@app.command(rich_help_panel=PANEL)
def housekeeping(
    company: CompanyFile = Path("company.toml"),
    data: DataFolder = Path("data"),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would leave, remove nothing.")] = False,
) -> None:
    """Does what must be done daily: requests to be forgotten, deletions at the platforms, times to live.

    Payloads past their time leave; counts and labels stay.
    """
    if dry_run:
        from warehouse.retention import enforce

        report = enforce(open_data(data), load_settings(company), now(), dry_run=True)
        console.print(f"would remove: {report.summary}")
        return
    context = open_context(company, data)
    console.print(plain(erasure.process_requests(context, around=timed).summary))
    console.print(plain(erasure.propagate_deletions(context).summary))
    console.print(f"removed: {erasure.enforce_times_to_live(context).summary}")


@app.command(rich_help_panel=PANEL)
def recheck(
    company: CompanyFile = Path("company.toml"),
    data: DataFolder = Path("data"),
    source: Annotated[list[str] | None, typer.Option(help="Only these sources (repeat).")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be asked, ask nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Asks the platforms whether what was collected is still there; what is gone there goes here too.

    Deleted posts leave every file at once, and every number with the next `girafe run`. In Airflow,
    girafe_housekeeping does this twice a day.
    """
    context = open_context(company, data)
    names = [name for name in path.rechecked_sources(context) if not source or name in source]
    if dry_run or not names:
        asked = plain(", ".join(names)) or "nobody: no source that is switched on can be asked"
        if as_json:
            print_json({"asks": names} if dry_run else [])
        else:
            answers.print(f"  would ask {asked}")
        return
    context.settings.governance.check(context.now.date())
    http = path.live_http(now, context.say)
    reports, refusals = [], []
    for name in names:
        try:
            report = timed(f"recheck {name}", lambda name=name: path.recheck(context, name, http=http))  # type: ignore[misc]
        except (RetryLater, UserMustAct) as error:
            console.print(f"[red]✗[/] {plain(name)}: {plain(error)}")
            refusals.append(error)
            continue
        context.say(report.summary)
        reports.append(report)
    if any(report.gone for report in reports):
        console.print(plain(erasure.propagate_deletions(context).summary))
    if as_json:
        print_json(reports)
    if refusals:
        raise refusals[0]


@app.command(rich_help_panel=PANEL)
def forget(
    platform: Annotated[str, typer.Argument(help="Where the account is, for example mastodon.")],
    account: Annotated[
        str,
        typer.Argument(
            help="Its id, its handle or the address of its page; - asks for it on standard input."
        ),
    ],
    company: CompanyFile = Path("company.toml"),
    data: DataFolder = Path("data"),
    later: Annotated[
        bool, typer.Option("--later", help="Only put it into the request folder; prints its id.")
    ] = False,
) -> None:
    """Erases an account everywhere, never collects it again, and writes a signed receipt.

    Landing, quarantine and classified files are cleaned; the warehouse, the marts and the release are built
    again, so that every number is as if the account had never been seen. Older releases are deleted. If it is
    interrupted, the same command finishes it.
    """
    from warehouse.requests import file_request

    context = open_context(company, data)
    # What is typed as an argument stays in the shell's history, and anybody may see it while this runs.
    wish = erasure.request(context, platform, sys.stdin.readline() if account == "-" else account)
    if later:
        typer.echo(file_request(context.data, wish))
        return
    for done in erasure.forget(context, [wish], around=timed):
        told = done.erasure
        console.print(
            f"{told.payloads_removed:,} payloads removed, {told.payloads_naming_it:,} redacted, "
            f"{told.quarantine_lines_removed:,} quarantine lines removed"
        )
        if done.doubt:
            console.print(f"[yellow]![/] {done.doubt}")
        console.print(f"Receipt  {done.receipt}")


@app.command("verify-receipt", rich_help_panel=PANEL)
def verify_receipt(
    receipt: Annotated[Path, typer.Argument(help="A file of DATA/receipts.", exists=True, dir_okay=False)],
    data: DataFolder = Path("data"),
    public_key: Annotated[
        str | None, typer.Option("--public-key", help="As published; default: of this installation.")
    ] = None,
) -> None:
    """Says whether a receipt is as this installation signed it; with --public-key anybody can tell."""
    from warehouse import receipts

    told = receipts.verify_receipt(receipt, public_key=public_key or receipts.public_key(open_data(data)))
    for name, value in told.items():
        answers.print(f"{name:<28} {plain(value)}")
    answers.print("[green]✓[/] the signature is right")


@app.command("rotate-key", rich_help_panel=PANEL)
def rotate_key(company: CompanyFile = Path("company.toml"), data: DataFolder = Path("data")) -> None:
    """Replaces the pseudonym key and destroys the old one; no number changes.

    Do it when the key may have been seen, when somebody who could read it leaves, or once a year. What has left
    landing can then no longer be linked with what will be collected. Backups made before hold the old key:
    make a new one, then delete them. If it is interrupted, the same command finishes it.
    """
    context = open_context(company, data)
    report = rotation.rotate_key(context, around=timed)
    console.print(report.summary)
    console.print("Backups made before hold the old key: make a new one, then delete them.")


@app.command(rich_help_panel=PANEL)
def share(
    data: DataFolder = Path("data"),
    back: Annotated[bool, typer.Option("--back", help="From the store into the data directory.")] = False,
) -> None:
    """Copies what several machines share from the data directory into the store that GIRAFE_STORE names.

    Stop everything that writes first. Nothing is removed; doing it again changes nothing. With --back the store is
    copied into the data directory, which should be empty: for a backup, or to be one machine again.
    """
    from girafe.audit import record
    from warehouse.share import bring_back
    from warehouse.share import share as to_store

    home = open_to_write(data)
    copy, direction = (bring_back, "back") if back else (to_store, "out")

    def told() -> None:
        record(home, "share", who=whoami(), at=now(), run=RUN_ID, direction=direction)

    with hold(home, "files", "girafe share", now=now()):
        copied = timed("share", lambda: copy(home, told))
    console.print(", ".join(f"{count:,} {name}" for name, count in copied.items()))


@app.command(rich_help_panel=PANEL)
def audit(data: DataFolder = Path("data"), as_json: AsJson = False) -> None:
    """Shows who exported, erased or re-keyed what and when, and checks that no line was changed."""
    from girafe.audit import read

    entries = read(open_data(data))
    if as_json:
        print_json(entries)
        return
    for entry in entries:
        details = " ".join(f"{name}={value}" for name, value in entry.details.items())
        answers.print(
            f"{entry.at:%Y-%m-%d %H:%M}  {plain(entry.who)}  [bold]{entry.what}[/]  {plain(details)}"
        )
    answers.print(f"[green]✓[/] {len(entries):,} entries, none changed")
