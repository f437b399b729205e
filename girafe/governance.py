"""Governance: the papers a data protection officer asks for, drafted from company.toml.

Settings in, texts out: the drafts in girafe/papers/, filled in. A person completes and signs them; they
are not legal advice.
Sources: GDPR art. 13, 14, 30, 35; Code du travail L1121-1, L1222-4, L2312-38; CNIL (19 June 2025).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from girafe.settings import Settings

TERMS_READ_ON = date(2026, 11, 23)
"""When the terms written in the sources' modules were last read; change it when they are read again."""

_MARKDOWN = str.maketrans({"|": "\\|", "[": "\\[", "<": "&lt;", ">": "&gt;"})
"""What would end a cell of a table, or be read as a link or as HTML."""
_EMPTY = {"fr": "À COMPLÉTER", "en": "TO BE COMPLETED"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a platform's terms ask, and when a person last read them."""

    platform: str
    text: str
    read_on: date


def documents(settings: Settings, terms: Sequence[Terms], *, today: date) -> Mapping[str, str]:
    """File name -> text of every paper, French and English."""
    papers = {"registre-plateformes.md": _terms_register(terms, today)}
    for draft in sorted(files("girafe").joinpath("papers").iterdir(), key=lambda draft: draft.name):
        language = draft.name.split(".")[1]
        papers[draft.name] = draft.read_text(encoding="utf-8").format_map(_values(settings, language, today))
    return papers


def _values(settings: Settings, language: str, today: date) -> Mapping[str, str]:
    empty = _EMPTY[language]
    company, governance = settings.company, settings.governance
    informed = governance.works_council_informed_on
    platforms = sorted({source.name for source in settings.sources if source.enabled})
    by_platform = ", ".join(
        f"{platform} {days}" for platform, days in sorted(settings.retention.days_by_platform.items())
    )
    found = {
        "company": company.name,
        # What is written there may end with a full stop; the sentence around it brings its own.
        "purpose": governance.purpose.rstrip(" .") or empty,
        "legal_basis": governance.legal_basis.rstrip(" .") or empty,
        "dpia": governance.dpia_reference or empty,
        "informed": informed.isoformat() if informed else empty,
        "notice_url": governance.notice_url or empty,
        "dpo": governance.dpo_contact or empty,
        "platforms": ", ".join(platforms) or empty,
        "raw_days": str(settings.retention.raw_days),
        "longest": str(max([settings.retention.raw_days, *settings.retention.days_by_platform.values()])),
        "by_platform": by_platform or "-",
        "small_group": str(settings.privacy.small_group),
        "cross": str(settings.privacy.small_group_cross),
        "today": today.isoformat(),
    }
    # On one line: a purpose may be written in company.toml on several, and the record is a table.
    return {name: " ".join(text.split()).translate(_MARKDOWN) for name, text in found.items()}


def _terms_register(terms: Sequence[Terms], today: date) -> str:
    lines = [
        "# Registre des conditions des plateformes / Register of platform terms",
        "",
        f"{today.isoformat()}",
        "",
        "| plateforme / platform | ce que demandent les conditions / what the terms ask | lu le / read on |",
        "|---|---|---|",
    ]
    for entry in sorted(terms, key=lambda entry: entry.platform):
        text = " ".join(entry.text.split()).replace("|", "/")
        lines.append(f"| {entry.platform} | {text} | {entry.read_on.isoformat()} |")
    return "\n".join(lines) + "\n"
