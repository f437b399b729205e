"""The terminal: where the clock is asked, progress is shown and options are named once."""

from __future__ import annotations

import getpass
import os
import secrets
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Annotated, Any, cast
from unicodedata import category

import orjson
import structlog
import typer
from rich.console import Console
from rich.markup import escape

from girafe import logs, moments
from girafe import run as path
from girafe.data_dir import DataDir
from girafe.errors import UserMustAct
from girafe.settings import load_settings

AS_JSON = logs.is_json(os.environ)
console = (
    Console(file=cast(IO[str], logs.Lines()), width=100_000, no_color=True, highlight=False)
    if AS_JSON
    else Console(stderr=True, highlight=False)
)
"""What a command says while it works, and why it ends: standard error."""
answers = Console(highlight=False, width=None if sys.stdout.isatty() else 100_000)
"""What a command was asked for: standard output, in whole lines where something else reads it."""
log = structlog.get_logger("girafe")
RUN_ID = logs.run_id(os.environ, datetime.now(UTC), secrets.token_hex(3))
"""Of this command: in every JSON line, and in the audit log."""

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
    """Text that rich shows as it stands, whatever brackets it holds, and that cannot command the terminal.

    A file may be called `ESC ]0;...`, which renames a window, or hold a mark that turns a line around.
    """
    return escape("".join("\ufffd" if _commands(char) else char for char in str(text)))


def _commands(char: str) -> bool:
    return char not in "\n\t" and (category(char) == "Cc" or char in _TURNS)


_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def now() -> datetime:
    """The clock; GIRAFE_NOW (ISO 8601) sets it, so that a past day can be run again as it was."""
    return moments.now(os.environ)


def open_data(data: Path) -> DataDir:
    """The data directory, shared through a store where GIRAFE_STORE names one."""
    if data.exists() and not data.is_dir():
        raise UserMustAct(f"{data} is a file: name the folder that holds all state with --data.")
    return DataDir.of(data, os.environ)


def open_to_write(data: Path) -> DataDir:
    """As `open_data`, for a command that adds to it or takes from it; from here on files are private."""
    home = open_data(data)
    home.protect()
    return home


def open_context(company: Path, data: Path | DataDir) -> path.Context:
    """What every stage needs, from the options of a command; from here on files are private."""
    home = data if isinstance(data, DataDir) else open_data(data)
    home.protect()
    path.sign_in(home)
    return path.Context(
        data=home,
        settings=load_settings(company),
        now=now(),
        say=lambda line: console.print(f"  [dim]{plain(line)}[/]"),
        who=whoami(),
        run_id=RUN_ID,
    )


def whoami() -> str:
    """Who works with girafe, for the audit log: the account on this machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a user that has no name
        return f"uid {os.getuid()}"


def timed(name: str, call: Callable[[], Any]) -> Any:
    """Shows that a stage is at work, then how long it took; JSON lines in between carry its name."""
    started = time.monotonic()
    if AS_JSON:
        with structlog.contextvars.bound_contextvars(stage=name):
            log.info("started")
            result = call()
            log.info("ended", seconds=round(time.monotonic() - started, 3))
            return result
    with console.status(f"{plain(name)} …"):
        result = call()
    console.print(f"[green]✓[/] {plain(name)} [dim]{time.monotonic() - started:.1f} s[/]")
    return result


def complain(message: str, *, code: int, kind: str) -> None:
    """Says why the command ends, and what to do; `code` is its exit code, `kind` the type of the error."""
    if AS_JSON:
        log.error(message, exit_code=code, kind=kind)
    else:
        console.print(f"[bold red]girafe:[/] {plain(message)}")


def print_json(value: Any) -> None:
    """One JSON value on standard output, for scripts."""
    typer.echo(orjson.dumps(value, default=str, option=orjson.OPT_INDENT_2).decode())
