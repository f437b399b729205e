"""The command line itself: its help, its version, and how an error becomes an exit code."""

from __future__ import annotations

import errno
import gc
import logging
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import structlog
import typer
import typer.core

from girafe import __version__, logs
from girafe import run as path
from girafe.cli.terminal import AS_JSON, RUN_ID, complain
from girafe.errors import (
    INTERRUPTED,
    STOPPED,
    GirafeError,
    QualityFailed,
    RetryLater,
    UserMustAct,
    told_of,
)


class InReadingOrder(typer.core.TyperGroup):
    """Commands in the order of their panels, which begin with a number, whichever module came first."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Every command's name, as help and completion show them."""
        panels = {name: getattr(found, "rich_help_panel", "") for name, found in self.commands.items()}
        return sorted(self.commands, key=lambda name: str(panels[name]))


app = typer.Typer(
    name="girafe",
    cls=InReadingOrder,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_show_locals=False,  # they may hold what people wrote
    help="""Listens to the public conversations that mention a company, works out **who is speaking**, and
measures how much of the conversation is **human to human** and how much **brand to human**.

First picture of a company:  `girafe init "Your company"`, then `girafe run`.

With files you already have:  `girafe import posts.jsonl`, then `girafe run --no-collect`.

Exit codes: 0 done, 2 wrong usage, 3 a person must act (the message says how), 4 try again later,
5 data quality stopped the flow (the last good exports stay), 1 a fault of girafe itself.""",
)

PATH_PANEL = "2. The path"
"""The heading in `girafe --help` under which the steps of the path stand."""

_EXIT_CODES: tuple[tuple[type[GirafeError], int], ...] = (
    (UserMustAct, 3),
    (RetryLater, 4),
    (QualityFailed, 5),
)


_DISK = frozenset({errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EFBIG})
"""A disk that is full or may not be written: the same command works when there is room again."""

_SILENT = frozenset({errno.EIO, errno.ESTALE, errno.ETIMEDOUT})
"""A disk, or one across a network, that did not read or write what it was asked to."""

_PLACE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.EACCES})
"""What is said of a place that was typed wrong."""

_ANOTHER_KIND = frozenset({errno.EISDIR, errno.ENOTDIR, errno.EEXIST})
"""A folder where a file should be, or a file where a folder should."""

_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM})
"""A file that is there and belongs to somebody else."""


def main() -> None:
    """Runs the command line; an expected error becomes one plain message and its exit code."""
    path.be_quiet()
    # A log that cannot be written (dbt's, on a full disk) is no reason for a trace per line: the stage says it once.
    logging.raiseExceptions = False
    # Great Expectations, dbt and spaCy make millions of objects that stay. Looking through all of them for garbage as
    # often as Python does by itself is a tenth of what a run costs.
    gc.set_threshold(50_000, 20, 50)
    if AS_JSON:
        logs.write_json(sys.stderr)
        structlog.contextvars.bind_contextvars(run_id=RUN_ID)
    else:
        logging.basicConfig(level=logging.WARNING, format="%(message)s")
    try:
        app()
    except SystemExit as end:
        if end.code == INTERRUPTED:
            complain(STOPPED, code=INTERRUPTED, kind="Interrupted")
        raise
    except GirafeError as error:
        code = next((code for kind, code in _EXIT_CODES if isinstance(error, kind)), 1)
        complain(str(error), code=code, kind=type(error).__name__)
        sys.exit(code)
    except OSError as error:
        if _typed_wrong(error):
            complain(f"{error.filename}: {error.strerror}. Name another place.", code=3, kind="OSError")
            sys.exit(3)
        if error.errno in _ANOTHER_KIND and error.filename:
            complain(
                f"{error.filename2 or error.filename}: {error.strerror}. girafe did not make it so: move it away, "
                "bring back from a backup what was there, if there is one, then run the same command again.",
                code=3,
                kind=type(error).__name__,
            )
            sys.exit(3)
        if error.errno in _FORBIDDEN:
            complain(
                f"{error.filename or 'A file'}: {error.strerror}. The account that runs girafe here must own the data "
                "folder with all that is in it; a run by another one (sudo, root) leaves files it may not touch. Give "
                "them back with chown, then run the same command again.",
                code=3,
                kind=type(error).__name__,
            )
            sys.exit(3)
        where = f" ({error.filename})" if error.filename else ""
        if error.errno in _SILENT:
            complain(
                f"The disk does not answer: {error.strerror}{where}. What it kept back is not taken for missing: "
                "run the same command again. If it says so again, move the data folder to a sound disk; a file that "
                "cannot be read any more comes back from a backup.",
                code=4,
                kind="OSError",
            )
            sys.exit(4)
        if error.errno not in _DISK:
            _fault(error)
        complain(
            f"The disk cannot be written: {error.strerror}{where}. Nothing is lost and nothing is half done: "
            "make room, or make it writable, then run the same command again.",
            code=4,
            kind="OSError",
        )
        sys.exit(4)
    except MemoryError:
        complain(
            "Memory ran out, or more than this account may have (ulimit -v) was needed. Nothing is lost and nothing is "
            "half done: make room, then run the same command again.",
            code=4,
            kind="MemoryError",
        )
        sys.exit(4)
    except Exception as error:
        _fault(error)


def _typed_wrong(error: OSError) -> bool:
    """Whether the place at fault is one the command line named: a folder that is not there, a file for a folder."""
    if error.errno not in _PLACE or not isinstance(error.filename, str):
        return False
    at = Path(error.filename).absolute()
    named = {
        Path(part).absolute() for word in sys.argv[1:] for part in (word, word.partition("=")[2]) if part
    }
    # Below a file nothing can lie, whoever thought of the name.
    below = error.errno == errno.ENOTDIR
    return at in named or (below and not named.isdisjoint(at.parents))


def _fault(error: Exception) -> NoReturn:
    """Ends with a fault of girafe itself. What it says of itself is not shown: it may quote what people wrote."""
    complain(
        f"A fault of girafe: {told_of(error)}. Please report this line.", code=1, kind=type(error).__name__
    )
    sys.exit(1)


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        typer.echo(f"girafe {__version__}")
        raise typer.Exit
