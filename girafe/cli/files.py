"""Files: exports and archives a person hands in, what can be read, and a mapping for what cannot yet."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from girafe.cli.app import PATH_PANEL as PANEL
from girafe.cli.app import app
from girafe.cli.terminal import (
    AsJson,
    DataFolder,
    answers,
    console,
    now,
    open_data,
    open_to_write,
    plain,
    print_json,
    timed,
)
from girafe.data_dir import DataDir
from girafe.errors import UserMustAct
from girafe.lock import hold

if TYPE_CHECKING:
    from collectors.imports.report import ImportReport


@app.command("import", rich_help_panel=PANEL)
def import_(
    files: Annotated[list[Path], typer.Argument(help="Files to land.", exists=True, dir_okay=False)],
    data: DataFolder = Path("data"),
    format: Annotated[
        str,
        typer.Option(
            help="auto recognises the format from the content, whatever the file is called. Else a name that "
            "`girafe formats` lists, or a mapping file of your own (mine.toml)."
        ),
    ] = "auto",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would land (rows, platforms, period), write nothing.")
    ] = False,
    suggest_mapping: Annotated[
        bool,
        typer.Option(
            "--suggest-mapping",
            help="Write a first mapping for a table girafe does not know: FILE.mapping.toml beside it.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Lands exports and archives; lines that cannot be read go to quarantine with their reason.

    Every row of a file is landed, set aside or said to be left out, and the counts add up. Importing the same
    content twice changes nothing. A table girafe does not know: `--suggest-mapping`, correct the file it writes,
    then `--format FILE.mapping.toml`.
    """
    if suggest_mapping:
        for file in files:
            _suggest(file)
        return
    home = open_data(data) if dry_run else open_to_write(data)
    reports = []
    for file in files:
        report = timed(
            f"{'try' if dry_run else 'import'} {file.name}",
            lambda file=file: _import(file, home, format, dry_run),  # type: ignore[misc]
        )
        _say(report.summary)
        for detail in report.details:
            _say(f"  {detail}")
        reports.append(report)
    if as_json:
        print_json(reports)


@app.command(rich_help_panel=PANEL)
def formats(as_json: AsJson = False) -> None:
    """Lists the file formats `girafe import` reads, and how to teach it another table."""
    from collectors.registry import FORMATS

    known = {name: reader.ABOUT for name, reader in FORMATS.items()}
    if as_json:
        print_json(known)
        return
    shown = Table(box=None, pad_edge=False, header_style="bold")
    shown.add_column("format", style="green", no_wrap=True)
    shown.add_column("what it is")
    for name, about in known.items():
        shown.add_row(name, plain(about))
    answers.print(shown)
    answers.print(
        "\nRecognised from the content; [bold]--format NAME[/] only where that fails. Another table: "
        "[bold]girafe import FILE --suggest-mapping[/] writes a first mapping. Each format: docs/formats.md."
    )


def _import(file: Path, data: DataDir, format: str, dry_run: bool) -> ImportReport:
    from collectors.imports.land import import_file

    # A dry run writes nothing, so it need not keep out what rewrites files.
    held = nullcontext() if dry_run else hold(data, "files", "girafe import", now=now(), shared=True)
    with held:
        return import_file(file, data, format=format, now=now(), dry_run=dry_run, say=_say)


def _suggest(file: Path) -> None:
    from collectors.imports.contract import File
    from collectors.imports.suggest import suggest_mapping

    target = file.with_name(f"{file.name}.mapping.toml")
    if target.exists():
        raise UserMustAct(f"{target} is there already; correct that, or move it away first.")
    words = suggest_mapping(File(path=file, label=file.name))
    target.write_text(words, encoding="utf-8")
    console.print(f"[green]✓[/] {plain(target)}: read it, correct it, then")
    console.print(f"    girafe import {plain(file)} --format {plain(target)} --dry-run")


def _say(line: str) -> None:
    console.print(f"  [dim]{plain(line)}[/]")
