"""The terminal: where the clock is asked, progress is shown and options are named once."""

from __future__ import annotations

import getpass
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console

from girafe import run as path
from girafe.data_dir import DataDir
from girafe.settings import load_settings

console = Console(stderr=True, highlight=False)

CompanyFile = Annotated[
    Path,
    typer.Option("--company", "-c", envvar="GIRAFE_COMPANY", help="The company.toml to work for."),
]
DataFolder = Annotated[
    Path,
    typer.Option("--data", "-d", envvar="GIRAFE_DATA", help="The folder that holds all state."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, for scripts.")]


def plain(text: object) -> str:
    """Text that rich shows as it stands, whatever brackets it holds."""
    return str(text).replace("[", r"\[")


def now() -> datetime:
    """The clock; GIRAFE_NOW (ISO 8601) sets it, so that a past day can be run again as it was."""
    given = os.environ.get("GIRAFE_NOW")
    return datetime.fromisoformat(given).astimezone(UTC) if given else datetime.now(UTC)


def open_data(data: Path) -> DataDir:
    """The data directory, shared through a store where GIRAFE_STORE names one."""
    return DataDir.of(data, os.environ)


def open_context(company: Path, data: Path | DataDir) -> path.Context:
    """What every stage needs, from the options of a command; from here on files are private."""
    home = data if isinstance(data, DataDir) else open_data(data)
    home.protect()
    return path.Context(
        data=home,
        settings=load_settings(company),
        now=now(),
        say=lambda line: console.print(f"  [dim]{plain(line)}[/]"),
        who=whoami(),
    )


def whoami() -> str:
    """Who works with girafe, for the audit log: the account on this machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a user that has no name
        return f"uid {os.getuid()}"


def timed(name: str, call: Callable[[], Any]) -> Any:
    """Shows that a stage is at work, then how long it took."""
    started = time.monotonic()
    with console.status(f"{name} …"):
        result = call()
    console.print(f"[green]✓[/] {name} [dim]{time.monotonic() - started:.1f} s[/]")
    return result


def print_json(value: Any) -> None:
    """One JSON value on standard output, for scripts."""
    typer.echo(orjson.dumps(value, default=str, option=orjson.OPT_INDENT_2).decode())
