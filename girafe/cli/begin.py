"""Begin: write a company.toml, see the demo, check that everything is ready."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from girafe import run as path
from girafe.cli.app import app
from girafe.cli.stages import finish, run_stages
from girafe.cli.terminal import (
    AsJson,
    CompanyFile,
    DataFolder,
    answers,
    console,
    now,
    open_context,
    open_data,
    plain,
    print_json,
    timed,
)
from girafe.company_file import company_toml
from girafe.data_dir import DataDir
from girafe.errors import GirafeError, UserMustAct
from girafe.settings import load_settings, parse_settings

if TYPE_CHECKING:
    from collectors.doctor import Finding

PANEL = "1. Begin"


@app.command(rich_help_panel=PANEL)
def init(
    name: Annotated[str, typer.Argument(help="The company as people write it.")] = "",
    out: Annotated[Path, typer.Option("--out", "-o", help="Where to write.")] = Path("company.toml"),
    alias: Annotated[list[str] | None, typer.Option(help="Another name people use (repeat).")] = None,
    official: Annotated[
        list[str] | None, typer.Option(help='An official account, "platform:handle" (repeat).')
    ] = None,
    domain: Annotated[list[str] | None, typer.Option(help="A domain of the company (repeat).")] = None,
    time_zone: Annotated[str, typer.Option(help="IANA name.")] = "Europe/Paris",
    headcount: Annotated[int | None, typer.Option(help="Number of employees.")] = None,
    headcount_date: Annotated[str | None, typer.Option(help="As of which day, YYYY-MM-DD.")] = None,
    headcount_source: Annotated[str | None, typer.Option(help="Who says so.")] = None,
    competitor: Annotated[list[str] | None, typer.Option(help="A competitor's name (repeat).")] = None,
    ask: Annotated[
        bool | None, typer.Option("--ask/--no-ask", help="Ask for what is missing (default: on a terminal).")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
) -> None:
    """Writes a company.toml, by asking or from flags.

    Example: `girafe init "Ondine" --alias "Groupe Ondine" --official mastodon:ondine@social.example`
    """
    asking = sys.stdin.isatty() if ask is None else ask
    if out.exists() and not force:
        raise UserMustAct(f"{out} exists already. Edit it, or replace it with --force.")
    if not name:
        if not asking:
            raise UserMustAct('Say which company: girafe init "Your company"')
        name = typer.prompt("Company")
    governance: dict[str, str] = {}
    if asking:
        alias = alias or _prompt_list("Other names people use (comma separated)")
        official = official or _prompt_list("Official accounts as platform:handle (comma separated)")
        domain = domain or _prompt_list("Domains (comma separated)")
        competitor = competitor or _prompt_list("Competitors (comma separated)")
        console.print("Live listening starts only when these six are filled in (docs/governance.md).")
        for key in ("legal_basis", "purpose", "dpia_reference", "works_council_informed_on",
                    "notice_url", "dpo_contact"):  # fmt: skip
            governance[key] = typer.prompt(f"  {key}", default="", show_default=False)
    text = company_toml(
        name=name, aliases=alias or [], official_accounts=official or [], domains=domain or [],
        time_zone=time_zone, headcount=headcount, headcount_date=headcount_date,
        headcount_source=headcount_source, competitors=competitor or [], governance=governance,
    )  # fmt: skip
    settings = parse_settings(text, origin=str(out))
    out.write_text(text, encoding="utf-8")
    console.print(f"[green]✓[/] wrote {out}")
    missing = settings.governance.missing(now().date())
    if missing:
        console.print(
            f"Before live listening, fill in {', '.join(missing)} under \\[governance].\n"
            "Files can be imported at once: girafe import FILE, then girafe run --no-collect."
        )
    else:
        console.print("Next: girafe run")


def _prompt_list(question: str) -> list[str]:
    answer: str = typer.prompt(question, default="", show_default=False)
    return [part.strip() for part in answer.split(",") if part.strip()]


@app.command(rich_help_panel=PANEL)
def demo(
    data: Annotated[Path, typer.Option("--data", "-d", help="Where the demo keeps its state.")] = Path(
        "data/demo"
    ),
) -> None:
    """Runs the main job on the bundled sample: an invented company, eight weeks, no network."""
    seed = import_module("sample.seed")
    # Never in the store of a real installation, whatever the environment says.
    context = replace(open_context(seed.COMPANY, DataDir(data)), now=seed.NOW)
    console.print(f"Sillon, an invented company, as seen on Monday {seed.NOW:%d %B %Y} at 07:00 in Paris")
    timed("sample", lambda: path.seed_sample(context))
    finish(run_stages(context))


@app.command(rich_help_panel=PANEL)
def doctor(
    company: CompanyFile = Path("company.toml"),
    data: DataFolder = Path("data"),
    online: Annotated[bool, typer.Option("--online", help="Make one cheap call to each source.")] = False,
    as_json: AsJson = False,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="End with code 3 if a source that is on cannot be asked: for monitoring."
        ),
    ] = False,
) -> None:
    """Says for each source whether it is ready, what is missing and what its terms ask, and how the store forgets."""
    from collectors.doctor import examine

    settings = load_settings(company)
    missing = settings.governance.missing(now().date())
    # Not even a cheap call leaves before the gate is passed.
    http = path.live_http(now, lambda line: None) if online and not missing else None
    findings = list(examine(settings, environment=os.environ, http=http))
    kept = versions_in_store(data)
    if as_json:
        print_json({"governance_missing": missing, "sources": findings, "store": kept})
    else:
        _say_found(missing, findings, kept)
    switched_on = {source.name for source in settings.sources if source.enabled}
    if (
        check
        and switched_on
        and (missing or switched_on - {found.source for found in findings if found.ready})
    ):
        raise typer.Exit(3)


def _say_found(missing: Sequence[str], findings: Sequence[Finding], kept: str | None) -> None:
    mark = "[green]✓[/]" if not missing else "[red]✗[/]"
    answers.print(f"{mark} governance: {'complete' if not missing else 'missing ' + ', '.join(missing)}")
    for finding in findings:
        mark = "[green]✓[/]" if finding.ready else "[yellow]–[/]"
        answers.print(f"{mark} {finding.source}: {plain(finding.detail)}")
    if kept:
        answers.print(f"[yellow]![/] store: {plain(kept)}")


def versions_in_store(data: Path) -> str | None:
    """What to know about erasing from the store; None where there is none, or it keeps nothing."""
    from girafe.versions import keeps_versions

    try:
        kept = keeps_versions(open_data(data))
    except GirafeError as error:
        return str(error)
    if kept is None:
        return "whether it keeps what is removed cannot be told; if it does, an erasure is not done until it forgets."
    if not kept:
        return None
    return (
        "its bucket keeps earlier versions. girafe removes them after each erasure and each housekeeping, which "
        "its key must be allowed (s3:ListBucketVersions, s3:DeleteObjectVersion); a bucket without is safer."
    )


@app.command(rich_help_panel=PANEL)
def governance(
    company: CompanyFile = Path("company.toml"),
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the papers.")] = Path("governance"),
    force: Annotated[bool, typer.Option("--force", help="Replace papers that are there.")] = False,
) -> None:
    """Drafts the Article 30 record, the notice to publish, a DPIA and the register of platform terms."""
    from collectors.registry import SOURCES
    from girafe.governance import TERMS_READ_ON, Terms, documents

    settings = load_settings(company)
    terms = [
        Terms(platform=name, text=source.TERMS, read_on=TERMS_READ_ON) for name, source in SOURCES.items()
    ]
    papers = documents(settings, terms, today=now().date())
    out.mkdir(parents=True, exist_ok=True)
    others = [
        name
        for name, text in papers.items()
        if (out / name).exists() and (out / name).read_bytes() != text.encode()
    ]
    if others and not force:
        raise UserMustAct(
            f"{out} holds another {', '.join(others)} already, which a person may have completed. Draft anew in "
            "another folder with --out, or replace what is there with --force."
        )
    for name, text in papers.items():
        (out / name).write_text(text, encoding="utf-8")
        console.print(f"[green]✓[/] {out / name}")
    missing = settings.governance.missing(now().date())
    if missing:
        console.print(f"[yellow]![/] still empty in company.toml: {', '.join(missing)}")
