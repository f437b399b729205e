"""The documents: every link leads somewhere, every command is explained, nothing names a machine."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.md"), *ROOT.glob("nlp/*/README.md")]
)
LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_every_make_target_named_in_the_documents_exists() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for page in PAGES:
        named = re.findall(r"`make ([a-z][a-z-]+)[`\s]", page.read_text(encoding="utf-8"))
        assert set(named) <= targets, page


def test_every_command_named_in_the_documents_exists() -> None:
    import typer.main

    from girafe.cli import main  # registers every command
    from girafe.cli.app import app

    assert main
    commands = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    for page in PAGES:
        named = re.findall(r"(?:`|bin/)girafe ([a-z]+(?:-[a-z]+)*)", page.read_text(encoding="utf-8"))
        assert set(named) <= commands, page


def test_no_committed_file_names_a_registry_host_or_a_path_of_a_machine() -> None:
    hosts = [
        b"pypi" + b".org",
        b"python" + b"hosted.org",
        b"registry.npm" + b"js.org",
        b"deb.debian" + b".org",
    ]
    paths = [b"/wo" + b"rk/main", b"/wo" + b"rk/shared", b"/ro" + b"ot/"]
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.split(b"\0")):
        content = (ROOT / name.decode()).read_bytes() if (ROOT / name.decode()).is_file() else b""
        for mark in (*hosts, *paths):
            assert mark not in content, f"{name.decode()} holds {mark.decode()}"
