"""Review: uncertain accounts go out to one reader and come back as corrections."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from girafe.cli.app import app
from girafe.cli.terminal import CompanyFile, DataFolder, console, open_context, plain
from girafe.errors import UserMustAct
from girafe.lock import hold
from girafe.run import Context

review = typer.Typer(
    no_args_is_help=True,
    help="Uncertain accounts out to one reviewer, corrections back in (docs/how-to/review-speakers.md).",
)
app.add_typer(review, name="review", rich_help_panel="3. Keep and erase")


@review.command()
def export(
    out: Annotated[Path, typer.Option("--out", "-o", help="A CSV outside the data folder.")],
    company: CompanyFile = Path("company.toml"),
    data: DataFolder = Path("data"),
    limit: Annotated[int, typer.Option(help="At most so many accounts.", min=1)] = 200,
    language: Annotated[str | None, typer.Option(help="fr or en; default: the company's first.")] = None,
) -> None:
    """Writes the accounts whose voice is unsure, suggested official accounts first.

    The file holds names and bios: only you can read it (mode 600). Write a voice under corrected_voice where you
    can tell, hand it to `girafe review take`, then delete it.
    """
    from collectors.registry import PARSERS
    from nlp.links import official_accounts
    from nlp.review import rows_of, write_review
    from nlp.review_queue import doubtful
    from reports.words import LANGUAGES
    from warehouse.forgotten import Forgotten

    if language not in (None, *LANGUAGES):
        raise typer.BadParameter(f"{language!r} is none of {', '.join(LANGUAGES)}", param_hint="--language")
    context = open_context(company, data)
    _refuse_inside(out, context)
    with context.adding("girafe review export"):  # or it could name somebody who is being forgotten
        pseudonymiser = context.pseudonymiser
        doubts = doubtful(
            context.data,
            context.settings.company.company_id,
            parsers=PARSERS,
            pseudonymiser=pseudonymiser,
            is_forgotten=Forgotten(context.data, pseudonymiser),
            official=official_accounts(context.settings),
            limit=limit,
        )
    context.audit("review_export", accounts=len(doubts))
    out.unlink(missing_ok=True)
    # Opened by its mode, so that nobody can read it even for a moment.
    opened = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8-sig", errors="replace", newline="") as file:
        count = write_review(file, rows_of(doubts, language or context.settings.company.languages[0]))
    console.print(
        f"{count:,} accounts to review in {plain(out)}. It names people: delete it when you are done."
    )
    console.print(f"Fill in corrected_voice, then: girafe review take {plain(out)}")


@review.command()
def take(
    source: Annotated[Path, typer.Argument(help="The reviewed CSV.", exists=True, dir_okay=False)],
    company: CompanyFile = Path("company.toml"),
    data: DataFolder = Path("data"),
) -> None:
    """Takes corrections back: they win over the model, whatever its version. Taking a file twice changes nothing."""
    from nlp.company import company_names
    from nlp.review import decoded, read_corrections
    from nlp.review_queue import keep_corrections, unheard
    from warehouse.forgotten import Forgotten

    context = open_context(company, data)
    # Two that take at once would each lose the other's; a key replaced or a person forgotten meanwhile would count.
    with hold(context.data, "files", "girafe review take", now=context.now):
        pseudonymiser = context.pseudonymiser
        corrections = read_corrections(
            decoded(source.read_bytes()),
            names=company_names(context.settings.company),
            pseudonymiser=pseudonymiser,
            is_forgotten=Forgotten(context.data, pseudonymiser),
            at=context.now,
        )
        context.audit("review_take", corrections=len(corrections))
        lost = unheard(context.data, corrections)
        kept = keep_corrections(context.data, corrections)
    console.print(
        f"{len(corrections):,} corrections taken, {kept:,} kept in all. They count from the next load:"
    )
    if lost:
        console.print(
            f"[yellow]![/] {lost:,} of them are of no account that was ever heard: a spreadsheet may have changed its "
            "account_id or handle. Compare with a new girafe review export."
        )
    console.print("girafe load && girafe measure && girafe validate && girafe publish")


def _refuse_inside(out: Path, context: Context) -> None:
    if out.resolve().is_relative_to(context.data.root.resolve()):
        raise UserMustAct(
            f"{out} is inside the data folder, where nothing may name people. Choose a place only you can read."
        )
