"""The PDF is drawn in a process of its own: what goes wrong there is said and costs nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.pdf import write_pdf

PAGE = "<!doctype html><html lang='fr'><title>Écoute</title><p>Qui porte la conversation ?"


def test_the_same_page_is_the_same_bytes(tmp_path: Path) -> None:
    made = [write_pdf(PAGE, tmp_path / name) for name in ("a.pdf", "b.pdf")]
    if made[0] != "WeasyPrint":
        pytest.skip(f"this machine has no text libraries: {made[0]}")
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("program", "said"),
    [
        (
            "raise OSError('cannot load library libpango-1.0')",
            "cannot load its libraries (cannot load library",
        ),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "failed (exit code -11)"),
        ("raise ValueError('of the page')", "failed (ValueError: of the page)"),
        ("import sys; sys.exit(0)", "failed (exit code 0)"),
    ],
)
def test_what_goes_wrong_in_drawing_costs_the_pdf_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, said: str
) -> None:
    (tmp_path / "weasyprint.py").write_text(program)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    made = write_pdf(PAGE, tmp_path / "a.pdf")
    assert made.startswith("none, WeasyPrint ")
    assert said in made
    assert not (tmp_path / "a.pdf").exists()
