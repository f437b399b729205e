"""Ask: speakers and texts without the rest of the path, the digest before it is sent, the cost of a stage."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from girafe.cli.app import app
from girafe.cli.terminal import CompanyFile, DataFolder, console
from girafe.data_dir import DataDir
from girafe.errors import UserMustAct
from girafe.settings import Settings, load_settings

PANEL = "4. Ask"
Fast = Annotated[bool, typer.Option("--fast", help="Without the encoder that settles unsure cases.")]


@app.command(rich_help_panel=PANEL)
def speakers(
    source: Annotated[
        Path, typer.Argument(help="Accounts, one JSON object a line.", exists=True, dir_okay=False)
    ],
    company: CompanyFile = Path("company.toml"),
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Default: standard output.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say the evidence in words.")] = False,
    fast: Fast = False,
) -> None:
    """Says who is speaking, for accounts in a file, without the rest of the path."""
    from nlp.speakers import speakers_lines

    settings = _settings(company)
    _lines(source, out, lambda lines: speakers_lines(lines, settings, explain=explain, fast=fast))


@app.command(rich_help_panel=PANEL)
def texts(
    source: Annotated[
        Path, typer.Argument(help="Texts, one JSON object a line.", exists=True, dir_okay=False)
    ],
    company: CompanyFile = Path("company.toml"),
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Default: standard output.")] = None,
    fast: Fast = False,
) -> None:
    """Says language, company, themes and sentiment, for texts in a file."""
    from nlp.texts import texts_lines

    settings = _settings(company)
    _lines(source, out, lambda lines: texts_lines(lines, settings, fast=fast))


def _settings(company: Path) -> Settings | None:
    """company.toml where there is one: each line may name its company instead. One that was named must be there."""
    return load_settings(company) if company.exists() or company != Path("company.toml") else None


def _lines(source: Path, out: Path | None, work: Callable[[Any], Any]) -> None:
    if out is not None and out.exists() and out.samefile(source):
        raise UserMustAct("--out is the file that is read: it would be empty before it is. Name another.")
    with (
        source.open(encoding="utf-8", errors="replace") as lines,
        _opened(out) as target,
        console.status("reading ...") as status,
    ):
        for number, line in enumerate(work(lines), 1):
            target.write(line + "\n")
            if number % 100 == 0:
                status.update(f"{number:,} lines answered")


def _opened(out: Path | None) -> AbstractContextManager[TextIO]:
    """Where answers go; what is said of a named account is for whoever asked."""
    if out is None:
        return nullcontext(sys.stdout)
    return os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8")


@app.command(rich_help_panel=PANEL)
def bench(
    posts: Annotated[int, typer.Option(help="Posts of the smaller run.", min=100)] = 10_000,
    times: Annotated[int, typer.Option(help="How many times more in the larger run.", min=2)] = 4,
    bars: Annotated[
        bool, typer.Option("--bars", help="Fail if memory, growth or the run with 1 % new posts is too dear.")
    ] = False,
) -> None:
    """Measures every stage on invented posts: its cost, its growth, its memory, and a run with 1 % new posts.

    The bars are meant for `girafe bench --posts 100000 --times 10 --bars`: smaller worlds are mostly start-up.
    """
    from girafe.bench import measure, missed, table

    small = measure(posts, say=lambda line: console.print(f"  [dim]{line}[/]"))
    large = measure(posts * times, say=lambda line: console.print(f"  [dim]{line}[/]"))
    for line in table(small, large):
        typer.echo(line)
    found = missed(small, large) if bars else []
    for line in found:
        console.print(f"[red]✗[/] {line}")
    if found:
        raise typer.Exit(1)


@app.command(rich_help_panel=PANEL)
def digest(
    company: CompanyFile = Path("company.toml"),
    data: DataFolder = Path("data"),
    language: Annotated[str | None, typer.Option(help="fr or en; default: the company's first.")] = None,
    _preview: Annotated[
        bool, typer.Option("--preview", help="What this command always does; the DAG girafe_digest sends.")
    ] = True,
) -> None:
    """Shows the digest of the last whole week as it would be sent; sends nothing."""
    from reports.digest import digest as digest_of
    from reports.tables import read_release
    from reports.words import LANGUAGES

    if language not in (None, *LANGUAGES):
        raise typer.BadParameter(f"{language!r} is none of {', '.join(LANGUAGES)}", param_hint="--language")
    settings = load_settings(company)
    made = digest_of(read_release(DataDir(data).exports), settings, language or settings.company.languages[0])
    typer.echo(made.text())
