"""Backup and restore, as commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from girafe import backup as archives
from girafe.cli.app import app
from girafe.cli.stages import run_stages
from girafe.cli.terminal import (
    AsJson,
    CompanyFile,
    DataFolder,
    console,
    now,
    open_context,
    open_to_write,
    plain,
    print_json,
    timed,
)
from girafe.data_dir import DataDir
from girafe.run import has_landed

PANEL = "3. Keep and erase"


@app.command(rich_help_panel=PANEL)
def backup(
    archive: Annotated[Path, typer.Argument(help="The file to write, for example girafe-2026-11-26.tgz.")],
    company: CompanyFile = Path("company.toml"),
    data: DataFolder = Path("data"),
    as_json: AsJson = False,
) -> None:
    """Writes everything that cannot be computed again into one file, readable by you only.

    It holds payloads and the key: keep it as protected as the data, and no longer than company.toml allows.
    """
    context = open_context(company, data)
    report = timed("backup", lambda: archives.backup(context, company, archive))
    console.print(
        f"  [dim]{plain(report.summary)}[/]\nBring it back with: girafe restore {plain(archive)} --data NEW"
    )
    if as_json:
        print_json(report)


@app.command(rich_help_panel=PANEL)
def restore(
    archive: Annotated[
        Path, typer.Argument(help="A file that girafe backup wrote.", exists=True, dir_okay=False)
    ],
    company: CompanyFile = Path("company.toml"),
    data: DataFolder = Path("data"),
    forgotten: Annotated[
        Path | None,
        typer.Option(
            "--forgotten", help="The data folder in use until now: who was forgotten since.", exists=True
        ),
    ] = None,
    build: Annotated[bool, typer.Option("--build/--no-build", help="Build the release again.")] = True,
    as_json: AsJson = False,
) -> None:
    """Brings a backup back into an empty data folder and builds the same tables and release from it.

    Whoever asked to be forgotten leaves again before anything is built. company.toml is taken from the backup
    where there is none.
    """
    from warehouse.archive import read_archive

    home = open_to_write(data)
    with archives.restoring(home, now()):
        report = timed("restore", lambda: read_archive(archive, home, company))
        console.print(f"  [dim]{plain(report.summary)}[/]")
        context = open_context(company, data)
        gone = archives.forget_again(context, newer=DataDir(forgotten) if forgotten else None)
        if gone:
            console.print(f"  [dim]{gone:,} payloads of forgotten accounts left again[/]")
        if build and has_landed(home):
            run_stages(context)
    if as_json:
        print_json(report)
