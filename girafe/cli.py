"""girafe: the command line. It asks the clock, shows progress and turns errors into exit codes."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console

from girafe import __version__
from girafe import run as path
from girafe.company_file import company_toml
from girafe.data_dir import DataDir
from girafe.errors import GirafeError, GovernanceMissing, QualityFailed, RetryLater, UserMustAct
from girafe.settings import load_settings, parse_settings

app = typer.Typer(
    name="girafe",
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

_EXIT_CODES: tuple[tuple[type[GirafeError], int], ...] = (
    (UserMustAct, 3),
    (RetryLater, 4),
    (QualityFailed, 5),
)


def main() -> None:
    """Runs the command line; an expected error becomes one plain message and its exit code."""
    path.be_quiet()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    try:
        app()
    except GirafeError as error:
        console.print(f"[bold red]girafe:[/] {_plain(error)}")
        sys.exit(next((code for kind, code in _EXIT_CODES if isinstance(error, kind)), 1))


def _plain(text: object) -> str:
    """Text that rich shows as it stands, whatever brackets it holds."""
    return str(text).replace("[", r"\[")


def _now() -> datetime:
    """The clock; GIRAFE_NOW (ISO 8601) sets it, so that a past day can be run again as it was."""
    given = os.environ.get("GIRAFE_NOW")
    return datetime.fromisoformat(given).astimezone(UTC) if given else datetime.now(UTC)


def _context(company: Path, data: Path) -> path.Context:
    return path.Context(
        data=DataDir(data),
        settings=load_settings(company),
        now=_now(),
        say=lambda line: console.print(f"  [dim]{_plain(line)}[/]"),
    )


def _timed(name: str, call: Callable[[], Any]) -> Any:
    """Shows that a stage is at work, then how long it took."""
    started = time.monotonic()
    with console.status(f"{name} …"):
        result = call()
    console.print(f"[green]✓[/] {name} [dim]{time.monotonic() - started:.1f} s[/]")
    return result


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        typer.echo(f"girafe {__version__}")
        raise typer.Exit


@app.command()
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
    missing = settings.governance.missing()
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


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="Files to land.", exists=True, dir_okay=False)],
    data: DataFolder = Path("data"),
    format: Annotated[str, typer.Option(help="auto recognises the format from the content.")] = "auto",
    as_json: AsJson = False,
) -> None:
    """Lands exports and archives; lines that cannot be read go to quarantine with their reason.

    docs/formats.md describes girafe JSONL, the neutral format, and every other one that is recognised.
    """
    from collectors.imports.land import import_file

    reports = []
    for file in files:
        report = _timed(
            f"import {file.name}",
            lambda file=file: import_file(file, DataDir(data), format=format, now=_now()),  # type: ignore[misc]
        )
        console.print(f"  [dim]{_plain(report.summary)}[/]")
        reports.append(report)
    if as_json:
        _print_json(reports)


@app.command()
def collect(
    company: CompanyFile = Path("company.toml"),
    data: DataFolder = Path("data"),
    since: Annotated[str | None, typer.Option(help="From this moment on (ISO 8601).")] = None,
    until: Annotated[str | None, typer.Option(help="Up to, not including (ISO 8601).")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only these sources (repeat).")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be asked, ask nothing.")] = False,
) -> None:
    """COLLECT: asks every enabled source for what is new and lands it as received."""
    _collect(_context(company, data), since, until, source, dry_run)


def _collect(
    context: path.Context, since: str | None, until: str | None, source: list[str] | None, dry_run: bool
) -> None:
    """Asks each query on its own: one source that cannot be heard is named and holds up no other."""
    pairs = path.queries(context, tuple(source or ()))
    if not pairs:
        console.print("  [dim]no source is switched on in company.toml: nothing to collect[/]")
        return
    start, end = _moment(since), _moment(until)
    window = (start, end or context.now) if start else None
    if dry_run:
        span = (
            f"from {window[0]:%Y-%m-%d %H:%M} to {window[1]:%Y-%m-%d %H:%M}"
            if window
            else "from its cursor on"
        )
        for name, query in pairs:
            console.print(f"  would ask {_plain(name)} for {_plain(query)}, {span}")
        return
    context.settings.governance.check()
    http = path.live_http(_now, context.say)
    heard, refusals = 0, []
    for name, query in pairs:
        try:
            report = _timed(
                f"collect {name} {query}",
                lambda name=name, query=query: path.collect(context, name, query, http=http, window=window),  # type: ignore[misc]
            )
        except (RetryLater, UserMustAct) as error:
            console.print(f"[red]✗[/] {_plain(name)} {_plain(query)}: {_plain(error)}")
            refusals.append(error)
            continue
        heard += 1
        context.say(report.summary)
    if refusals and not heard and not path.has_landed(context.data):
        raise refusals[0]


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UserMustAct(f"{text!r} is not a date: write 2026-11-02 or 2026-11-02T07:00:00Z.") from error
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


@app.command()
def classify(company: CompanyFile = Path("company.toml"), data: DataFolder = Path("data")) -> None:
    """CLASSIFY: who is speaking, about what; text, names and handles end here."""
    _stages(_context(company, data), "classify")


@app.command()
def load(
    company: CompanyFile = Path("company.toml"),
    data: DataFolder = Path("data"),
    rebuild: Annotated[bool, typer.Option("--rebuild", help="From the classified files, anew.")] = False,
) -> None:
    """LOAD: merges what was classified into DuckDB."""
    context = _context(company, data)
    report = _timed("load", lambda: path.load(context, rebuild=rebuild))
    console.print(f"  [dim]{report.posts:,} posts by {report.accounts:,} accounts[/]")


@app.command()
def validate(company: CompanyFile = Path("company.toml"), data: DataFolder = Path("data")) -> None:
    """VALIDATE: what entered, and the marts; a failed expectation stops the flow."""
    _stages(_context(company, data), "validate", "validate marts")


@app.command()
def measure(company: CompanyFile = Path("company.toml"), data: DataFolder = Path("data")) -> None:
    """MEASURE: dbt builds every model."""
    _stages(_context(company, data), "measure")


@app.command()
def publish(company: CompanyFile = Path("company.toml"), data: DataFolder = Path("data")) -> None:
    """PUBLISH: dashboard, digest and files, as one release under DATA/exports."""
    _finish(_stages(_context(company, data), "publish"))


@app.command()
def run(
    company: CompanyFile = Path("company.toml"),
    data: DataFolder = Path("data"),
    collect_first: Annotated[
        bool, typer.Option("--collect/--no-collect", help="Ask the sources first, or use what has landed.")
    ] = True,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done.")] = False,
) -> None:
    """Runs the whole path: collect, classify, load, validate, measure, publish."""
    context = _context(company, data)
    if dry_run:
        _collect(context, None, None, None, dry_run=True)
        console.print(f"  then {', '.join(name for name, _, _ in path.AFTER_COLLECT)}")
        return
    if collect_first:
        try:
            _collect(context, None, None, None, dry_run=False)
        except GovernanceMissing as error:
            # No request has left. What was imported by hand can still be measured.
            if not path.has_landed(context.data):
                raise
            console.print(f"[yellow]![/] {_plain(error)} Going on with what has landed.")
    _finish(_stages(context, *(name for name, _, _ in path.AFTER_COLLECT)))


def _stages(context: path.Context, *names: str) -> dict[str, Any]:
    chosen = [stage for stage in path.AFTER_COLLECT if stage[0] in names]
    return path.run_stages(context, chosen, _timed)


def _finish(reports: dict[str, Any]) -> None:
    release = reports["publish"]
    console.print(f"\nDashboard  {release.dashboard}")
    console.print(f"Digest     {release.digest}")
    typer.echo(f"\n{release.headline}")


@app.command()
def demo(
    data: Annotated[Path, typer.Option("--data", "-d", help="Where the demo keeps its state.")] = Path(
        "data/demo"
    ),
) -> None:
    """Runs the main job on the bundled sample: an invented company, eight weeks, no network."""
    seed = import_module("sample.seed")
    folder = DataDir(data)
    settings_file = seed.COMPANY
    _timed("sample", lambda: seed.seed_data(folder))
    context = _context(settings_file, data)
    for file in seed.IMPORTS:
        from collectors.imports.land import import_file

        report = import_file(file, folder, format="auto", now=context.now)
        console.print(f"  [dim]{_plain(report.summary)}[/]")
    _finish(_stages(context, *(name for name, _, _ in path.AFTER_COLLECT)))


@app.command(hidden=True)
def stage(
    name: Annotated[str, typer.Argument(help="One stage after collect.")],
    company: CompanyFile = Path("company.toml"),
    data: DataFolder = Path("data"),
) -> None:
    """Runs exactly one stage: what `girafe bench` and the workers call."""
    _stages(_context(company, data), name)


@app.command()
def bench(
    posts: Annotated[int, typer.Option(help="Posts of the smaller run.", min=100)] = 10_000,
    times: Annotated[int, typer.Option(help="How many times more in the larger run.", min=2)] = 4,
) -> None:
    """Times every stage on invented posts, as ratios against a plain baseline of the same run."""
    from girafe.bench import measure, table

    small = measure(posts, say=lambda line: console.print(f"  [dim]{line}[/]"))
    large = measure(posts * times, say=lambda line: console.print(f"  [dim]{line}[/]"))
    for line in table(small, large, posts=posts, times=times):
        typer.echo(line)


@app.command()
def speakers(
    source: Annotated[Path, typer.Argument(help="Accounts, one JSON object a line.", exists=True)],
    company: CompanyFile = Path("company.toml"),
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Default: standard output.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say the evidence in words.")] = False,
) -> None:
    """Says who is speaking, for accounts in a file, without the rest of the path."""
    from nlp.speakers import speakers_lines

    settings = load_settings(company) if company.exists() else None
    _lines(source, out, lambda lines: speakers_lines(lines, settings, explain=explain))


@app.command()
def texts(
    source: Annotated[Path, typer.Argument(help="Texts, one JSON object a line.", exists=True)],
    company: CompanyFile = Path("company.toml"),
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Default: standard output.")] = None,
) -> None:
    """Says language, company, themes and sentiment, for texts in a file."""
    from nlp.texts import texts_lines

    settings = load_settings(company) if company.exists() else None
    _lines(source, out, lambda lines: texts_lines(lines, settings))


def _lines(source: Path, out: Path | None, work: Callable[[Any], Any]) -> None:
    with source.open(encoding="utf-8", errors="replace") as lines:
        target = out.open("w", encoding="utf-8") if out else sys.stdout
        try:
            for line in work(lines):
                target.write(line + "\n")
        finally:
            if out:
                target.close()


@app.command()
def doctor(
    company: CompanyFile = Path("company.toml"),
    data: DataFolder = Path("data"),
    online: Annotated[bool, typer.Option("--online", help="Make one cheap call to each source.")] = False,
) -> None:
    """Says for each source whether it is ready, what is missing and what its terms ask."""
    from collectors.doctor import examine

    settings = load_settings(company)
    missing = settings.governance.missing()
    mark = "[green]✓[/]" if not missing else "[red]✗[/]"
    console.print(f"{mark} governance: {'complete' if not missing else 'missing ' + ', '.join(missing)}")
    # Not even a cheap call leaves before the gate is passed.
    http = path.live_http(_now, lambda line: None) if online and not missing else None
    for finding in examine(settings, environment=os.environ, http=http):
        mark = "[green]✓[/]" if finding.ready else "[yellow]–[/]"
        console.print(f"{mark} {finding.source}: {_plain(finding.detail)}")


@app.command()
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
    context = _context(company, data)
    receipt, written = _timed("forget", lambda: path.forget(context, platform.lower(), account))
    _stages(context, *(name for name, _, _ in path.AFTER_COLLECT))
    path.drop_old_releases(context)
    console.print(
        f"{receipt.payloads_removed:,} payloads removed, {receipt.payloads_redacted:,} redacted, "
        f"{receipt.quarantine_lines_removed:,} quarantine lines removed"
    )
    console.print(f"Receipt  {written}")


@app.command()
def housekeeping(
    company: CompanyFile = Path("company.toml"),
    data: DataFolder = Path("data"),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would leave, remove nothing.")] = False,
) -> None:
    """Removes payloads past their time to live; counts and labels stay."""
    from warehouse.retention import enforce

    report = enforce(DataDir(data), load_settings(company), _now(), dry_run=dry_run)
    console.print(f"{'would remove' if dry_run else 'removed'}: {report.summary}")


@app.command()
def governance(
    company: CompanyFile = Path("company.toml"),
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the papers.")] = Path("governance"),
) -> None:
    """Drafts the Article 30 record, the notice to publish, a DPIA and the register of platform terms."""
    from collectors.registry import SOURCES
    from girafe.governance import TERMS_READ_ON, Terms, documents

    settings = load_settings(company)
    terms = [
        Terms(platform=name, text=source.TERMS, read_on=TERMS_READ_ON) for name, source in SOURCES.items()
    ]
    out.mkdir(parents=True, exist_ok=True)
    for name, text in documents(settings, terms, today=_now().date()).items():
        (out / name).write_text(text, encoding="utf-8")
        console.print(f"[green]✓[/] {out / name}")
    missing = settings.governance.missing()
    if missing:
        console.print(f"[yellow]![/] still empty in company.toml: {', '.join(missing)}")


@app.command()
def status(data: DataFolder = Path("data"), as_json: AsJson = False) -> None:
    """Shows at a glance what has landed, what is in quarantine, and how fresh the release is."""
    found = path.status(DataDir(data))
    if as_json:
        _print_json(found)
        return
    for name, value in found.items():
        console.print(f"{name:<22} {value}")


def _print_json(value: Any) -> None:
    typer.echo(orjson.dumps(value, default=str, option=orjson.OPT_INDENT_2).decode())
