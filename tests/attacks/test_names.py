# ruff: noqa: E501 (tables are wide)
"""Attacks by name: what an operator or a stranger calls a company never becomes SQL, a template, a path or a trap."""

from __future__ import annotations

import io
import json
import os
import stat
import time
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console
from typer.testing import CliRunner

from collectors.imports.land import import_file
from girafe import run as path
from girafe.cli.app import app
from girafe.cli.terminal import plain
from girafe.company_file import company_toml
from girafe.data_dir import DataDir
from girafe.errors import SettingsInvalid, UserMustAct
from girafe.records import Account
from girafe.settings import parse_settings
from nlp.company import CompanyNames
from nlp.fold import handles_in, words_in
from nlp.profile import score_profiles
from nlp.relevance import relevance
from nlp.statements import statement
from warehouse.landing import file_name, landing_path

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
MONDAY = datetime(2026, 11, 2, 8, tzinfo=UTC)
NAMES = [
    "'; DROP TABLE raw.posts; --", '"; drop schema raw cascade; --', "{{ env_var('GIRAFE_KEY') }}", "{% raw %}", "${HOME}", "$(id)", "`id`", "../../../etc/passwd",
    "..", "C:\\evil", "a/b/c", "<script>alert(1)</script>", "=cmd|' /C calc'!A1", "\u202eeérO", "Orée\u0000", "(?:a+)+$", "[", "%s%n", "name: {yaml: [", "O'Ré\"e",
]  # fmt: skip


def said(number: int, name: str, handle: str) -> dict[str, object]:
    return {"platform": "forum", "post_id": f"p{number}", "created_at": (MONDAY + timedelta(minutes=number)).isoformat(),
            "text": f"Je travaille chez {name} et chez Ondine", "author": {"handle": handle, "voice": "person"}, "reply_to": "p0" if number else None}  # fmt: skip


@pytest.mark.slow
def test_a_whole_run_for_a_company_with_the_worst_of_names(tmp_path):
    """One company, its aliases and its competitors carry every attack at once; the release is made and is right."""
    quoted = [json.dumps(name.replace("\x00", "")) for name in NAMES]
    settings = parse_settings(
        f"[company]\nname = {quoted[0]}\naliases = [{', '.join(quoted[1:8])}]\n"
        + "".join(f"[[competitors]]\nname = {name}\n" for name in quoted[8:])
    )
    here = path.Context(data=DataDir(tmp_path / "data"), settings=settings, now=NOW)
    file = tmp_path / "posts.jsonl"
    file.write_text("".join(json.dumps(said(number, NAMES[0], f"h{number}")) + "\n" for number in range(12)))
    import_file(file, here.data, now=NOW)
    reports = path.run_stages(here, path.AFTER_COLLECT, lambda _name, call: call())
    assert reports["publish"].dashboard.exists()
    page = reports["publish"].dashboard.read_text()
    assert "<script>alert(1)</script>" not in page
    outside = {each.name for each in tmp_path.iterdir()}
    assert outside == {"data", "posts.jsonl"}
    assert not any(
        ".." in part for each in here.data.root.rglob("*") for part in each.relative_to(here.data.root).parts
    )


@pytest.mark.parametrize(
    "name",
    [
        "\x1b]0;owned\x07\x1b[2J",
        "\u202etxt",
        "\\[" + "/x]",
        "[bold red]x[/]",
        "new\nline",
        "a\rb",
        "\udcff",
        "\x9b31m",
    ],
)
def test_a_name_shown_in_a_terminal_is_text_and_no_command(name):
    """Such names come with a file somebody sent: an escape sequence could rename a window or hide a line."""
    out = io.StringIO()
    shown = plain(name)
    Console(file=out, force_terminal=False, width=200).print(f"[green]✓[/] {shown}", end="")
    assert out.getvalue().startswith("✓ ")
    assert not set("\x1b\x07\x9b\r\u202e") & set(out.getvalue())
    if name.isprintable() and name.isascii():
        assert out.getvalue() == f"✓ {name}"


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_one_safe_part_of_a_path(tmp_path, name):
    made = landing_path(tmp_path, name, NOW, name)
    assert made.resolve().is_relative_to(tmp_path.resolve())
    assert made.parent.parent.parent == tmp_path
    assert "/" not in file_name(name)
    assert file_name(name) not in ("", ".", "..")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_typed_on_the_command_line_stays_a_text_in_company_toml(name):
    words = name.replace("\x00", "")
    made = parse_settings(company_toml(name=words, aliases=[words], competitors=[f"{words} 2"]))
    assert made.company.name == words.replace("\u202e", "").strip()  # a mark nobody sees is no part of a name


SHAPES = {
    "dots": "a.", "dashes": "a-", "ats": "a@", "hashes": "#ondine", "the name": "ondine ", "handles": "@ondine.", "blanks": "ondine" + " " * 50,
    "links": "www.", "digits": "1,", "former": "ex-", "work": "je travaille chez ", "pipes": "| ", "opened": "(", "accents": "e\u0301", "one word": "a",
    "quotes": "« ", "dotted mail": "x@a.", "hyphens": "ondine-",
}  # fmt: skip
ALIASES = ["Ondine", "(a+)+$", "a " * 100]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("alias", ALIASES, ids=range(len(ALIASES)))
def test_no_alias_and_no_text_of_fifty_kilobytes_costs_more_than_a_moment(shape, alias):
    """Doubling the text at most doubles the time or so: nothing is tried in all combinations."""
    names = CompanyNames(
        company_id="c",
        names=(alias, "Ondine"),
        negative=(f"{alias} x",),
        domains=("ondine.example",),
        official=(alias,),
    )
    words = (SHAPES[shape] * (50_000 // len(SHAPES[shape])))[:50_000]
    started = time.process_time()
    names.mentions(words)
    relevance(words, names)
    statement(words, names)
    handles_in(words, "mastodon")
    words_in(words)
    assert time.process_time() - started < 1


PROFILES = SHAPES | {
    "own views": "my views ",
    "digits in pairs": "07 12 ",
    "mails": "a@b",
    "years": "2019-",
    "brackets": "(chez ondine)",
}


@pytest.mark.parametrize("shape", PROFILES)
def test_no_profile_of_a_megabyte_costs_more_than_a_second(shape):
    """Whatever stands in it: no platform shows so long a profile, and no more of it is read than one shows."""
    alias = "a " * 100
    names = CompanyNames(
        company_id="c", names=("Ondine", alias), domains=("ondine.example",), official=(alias,)
    )
    words = PROFILES[shape] * (1_000_000 // len(PROFILES[shape]))
    score_profiles([Account(platform="x", handle="ada")], [names])  # loads the model
    started = time.process_time()
    score_profiles(
        [Account(platform="x", account_id="1", handle=words, display_name=words, bio=words)], [names]
    )
    assert time.process_time() - started < 1


def test_a_name_is_read_as_a_reader_sees_it():
    """ESC in a name ended the drawing of pictures, and with it the whole process; a break hid half a mail's subject."""
    made = parse_settings(
        '[company]\nname = "Or\\u001Bé\\u202Ee"\naliases = ["Groupe\\r\\nOrée", "\\uFEFFOrée \\u2029 Bus\\u0000"]\n'
        'headcount = 5\nheadcount_date = 2026-06-30\nheadcount_source = "Bilan\\u0007 2025"\n'
        '[governance]\npurpose = "Une ligne\\u009B\\nune autre"\n'
    )
    assert made.company.names == ("Or ée", "Groupe Orée", "Orée Bus")
    assert made.company.headcount_source == "Bilan 2025"
    assert made.governance.purpose == "Une ligne \nune autre"


@pytest.mark.parametrize("name", ["\\u001B\\u0007", "\\u202E", " \\n "])
def test_a_name_nobody_can_see_is_none(name):
    with pytest.raises(SettingsInvalid, match=r"company\.name"):
        parse_settings(f'[company]\nname = "{name}"\n')


@pytest.mark.parametrize("command", ["speakers", "texts"])
def test_answers_do_not_overwrite_the_questions(tmp_path, command):
    asked = tmp_path / "in.jsonl"
    asked.write_text('{"id": "1", "account_id": "1", "text": "Bonjour", "bio": "Bonjour"}\n')
    (tmp_path / "link.jsonl").symlink_to(asked)
    before = asked.read_bytes()
    with pytest.raises(UserMustAct, match="--out"):
        CliRunner().invoke(
            app, [command, str(asked), "-o", str(tmp_path / "link.jsonl"), "--fast"], catch_exceptions=False
        )
    assert asked.read_bytes() == before


@pytest.mark.parametrize("command", ["speakers", "texts"])
def test_only_their_owner_can_read_answers_about_named_accounts(tmp_path, command):
    asked, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    asked.write_text('{"id": "1", "account_id": "1", "text": "Bonjour", "bio": "Bonjour"}\n')
    before = os.umask(0o022)
    try:
        CliRunner().invoke(app, [command, str(asked), "-o", str(out), "--fast"], catch_exceptions=False)
    finally:
        os.umask(before)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert len(out.read_text().splitlines()) == 1


@pytest.mark.parametrize("name", ["a#b", "what?", "back\\slash"])
def test_a_folder_in_which_dbt_would_find_no_warehouse_is_refused_at_the_start(tmp_path, name):
    with pytest.raises(SettingsInvalid, match="rename"):
        DataDir(tmp_path / name / "data")
    (tmp_path / "data").symlink_to(tmp_path / name)
    with pytest.raises(SettingsInvalid, match="rename"):
        DataDir(tmp_path / "data")
    DataDir(tmp_path / "l'été {{1}} [1]* %20;--")  # odd, and no trouble to anything
