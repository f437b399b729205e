"""What people read never ranks or recruits people, and nothing girafe reads is a list of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from collectors.registry import FORMATS
from girafe.cli import main  # registers every command
from girafe.cli.app import app
from girafe.errors import SettingsInvalid
from girafe.settings import parse_settings

assert main
ROOT = Path(__file__).parents[1]
NEVER = re.compile(
    r"ambassad|influenc(?:eu|er)|leaderboard|classement des|top (?:voices|employees|posters|contributors)|"
    r"palmar[eè]s|best employees|meilleurs salari|advocates?\b|évangélist|evangelist",
    re.IGNORECASE,
)
ALLOWED = re.compile(
    r"never says? .ambassador.|nobody is called an ambassador|no[- ]ambassador", re.IGNORECASE
)


def helps(command: Any, name: str = "girafe") -> Iterator[tuple[str, str]]:
    yield name, f"{command.help} {' '.join(str(getattr(p, 'help', '')) for p in command.params)}"
    for child, inner in getattr(command, "commands", {}).items():
        yield from helps(inner, f"{name} {child}")


def texts() -> Iterator[tuple[str, str]]:
    """Everything people see: help, DAG pages, templates, strings of both languages, papers, documents."""
    yield from helps(typer.main.get_command(app))
    for pattern in ("dags/*.py", "reports/templates/*", "reports/strings/*.toml", "girafe/papers/*", "README.md",
                    "docs/*.md", "docs/how-to/*.md", "nlp/patterns/codes.toml", "config/*.toml"):  # fmt: skip
        for file in ROOT.glob(pattern):
            yield str(file.relative_to(ROOT)), file.read_text(encoding="utf-8")


def test_no_text_people_see_holds_a_word_this_tool_does_not_use() -> None:
    read = dict(texts())
    assert len(read) > 60
    for name, text in read.items():
        hit = NEVER.search(ALLOWED.sub("", text))
        assert hit is None, f"{name}: {text[max(0, hit.start() - 40) : hit.end() + 40] if hit else ''}"


@pytest.mark.parametrize(
    "block",
    [
        'employees = ["Ada Lovelace"]',
        'staff = "annuaire.csv"',
        'directory = "ldap://annuaire"',
        '[[people]]\nname = "Ada"',
        '[people]\nfile = "rh.csv"',
        '[[sources]]\nname = "mastodon"\naccounts = ["ada"]',
    ],
)
def test_no_list_of_people_is_accepted(block: str) -> None:
    with pytest.raises(SettingsInvalid, match="not a known key"):
        parse_settings(f'[company]\nname = "Orée"\n{block}\n')


def test_no_command_and_no_format_takes_a_directory_of_people() -> None:
    words = re.compile(
        r"employee|staff|people|person|directory|annuaire|salari|payroll|\bhr\b", re.IGNORECASE
    )
    for name, _ in helps(typer.main.get_command(app)):
        assert not words.search(name), name
    for name in FORMATS:
        assert not words.search(name), name
