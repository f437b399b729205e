"""Release: everything people may see, built as a whole, checked by its manifest, swapped in at once."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from girafe import __version__
from girafe.errors import InputInvalid
from girafe.settings import Settings
from reports import dashboard, digest, figures, pdf, spreadsheet, swap
from reports.tables import Tables, read_tables
from reports.words import words

KEEP = 4
"""Releases kept, the current one included, so that a reader in the middle of one can finish."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What was published and where."""

    id: str
    folder: Path
    dashboard: Path
    digest: Path
    headline: str
    files: int
    pdf: str
    """How the PDF was made, or why there is none."""

    @property
    def summary(self) -> str:
        """One line for a log."""
        return f"release {self.id}, {self.files} files; PDF: {self.pdf}"


def publish(
    *,
    marts: Path,
    exports: Path,
    settings: Settings,
    languages: Sequence[str] = (),
    extras: Mapping[str, Path] | None = None,
    with_pdf: bool = True,
    kept: Path | None = None,
    before_swap: Callable[[str], None] = lambda release: None,
) -> Release:
    """Builds a release from the rpt_ marts and makes it what `exports` shows.

    Same marts and settings: same files, same id, whatever the clock says. `extras` are files to add, by name. What
    is the same in every release may be `kept` in that folder. `before_swap` hears the id of the release when it is
    whole and about to be seen.
    """
    if not marts.is_dir():
        raise InputInvalid(f"{marts}: no marts to publish. Run: girafe measure")
    tables = read_tables(marts)
    ordered = _first_language_first(settings, languages)
    with swap.building(exports) as folder:
        made_pdf = _build(
            folder, tables, settings, ordered, extras=extras or {}, with_pdf=with_pdf, kept=kept
        )
        manifest = _manifest(folder, tables, settings, ordered)
        text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True)
        (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
        release_id = (
            f"{manifest['period']['through'] or 'empty'}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
        )
        files = sum(1 for _ in folder.iterdir())
        before_swap(release_id)
        target = swap.put_in_place(folder, exports, release_id=release_id, keep=KEEP)
    return Release(
        id=release_id,
        folder=target,
        dashboard=exports / "dashboard.html",
        digest=exports / "digest.html",
        headline=manifest["headline"][ordered[0]],
        files=files,
        pdf=made_pdf,
    )


def _first_language_first(settings: Settings, languages: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((settings.company.languages[0], *(languages or ("fr", "en")))))


def _build(
    folder: Path,
    tables: Tables,
    settings: Settings,
    languages: Sequence[str],
    *,
    extras: Mapping[str, Path],
    with_pdf: bool,
    kept: Path | None,
) -> str:
    for name, path in extras.items():
        shutil.copyfile(path, folder / Path(name).name)
    for name, path in tables.files.items():
        shutil.copyfile(path, folder / path.name)
        text = spreadsheet.csv_text(tables.columns[name], tables.rows[name])
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    pages = dashboard.pages(tables, settings, languages)
    (folder / "dashboard.html").write_text(dashboard.show(pages, kept=kept), encoding="utf-8")
    for language in languages:
        one = digest.digest(tables, settings, language)
        names = (f"digest.{language}", *(("digest",) if language == languages[0] else ()))
        for name in names:
            (folder / f"{name}.html").write_text(one.html(), encoding="utf-8")
            (folder / f"{name}.md").write_text(one.markdown(), encoding="utf-8")
    scene = dashboard.scene(tables, settings, words(languages[0]))
    spreadsheet.write_workbook(
        folder / "workbook.xlsx", tables=tables, words=scene.words, facts=dashboard.facts(scene)
    )
    if not with_pdf:
        return "not asked for"
    return pdf.write_pdf(dashboard.show(pages[:1], with_scripts=False), folder / "dashboard.pdf")


def _manifest(folder: Path, tables: Tables, settings: Settings, languages: Sequence[str]) -> dict[str, Any]:
    weeks = figures.complete_weeks(tables.get(dashboard.MIX))
    files = {
        path.name: {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "bytes": path.stat().st_size}
        for path in sorted(folder.iterdir())
    }
    return {
        "girafe": __version__,
        "company": settings.company.name,
        "company_id": settings.company.company_id,
        "time_zone": settings.company.time_zone,
        "languages": list(languages),
        "period": {
            "from": weeks[0].isoformat() if weeks else None,
            "through": figures.Period(code="", weeks=weeks, before=()).last.isoformat() if weeks else None,
            "whole_weeks": len(weeks),
        },
        "thresholds": settings.privacy.model_dump(),
        "headline": {code: dashboard.headline(tables, settings, code) for code in languages},
        "tables": {
            name: {
                "rows": len(rows),
                "withheld": sum(1 for row in rows if row.get("is_suppressed")),
                "columns": list(tables.columns[name]),
            }
            for name, rows in tables.rows.items()
        },
        "definitions": {code: dict(words(code).definitions()) for code in languages},
        "files": files,
    }
