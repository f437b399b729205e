"""The text of a new company.toml: every key explained where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson


def company_toml(
    *,
    name: str,
    aliases: Sequence[str] = (),
    official_accounts: Sequence[str] = (),
    domains: Sequence[str] = (),
    time_zone: str = "Europe/Paris",
    headcount: int | None = None,
    headcount_date: str | None = None,
    headcount_source: str | None = None,
    competitors: Sequence[str] = (),
    governance: Mapping[str, str] | None = None,
) -> str:
    """A complete company.toml for `name`; what is not known stays as a commented line."""
    filled = governance or {}
    hashtag = "#" + "".join(part for part in name if part.isalnum())
    lines = [
        "# The company girafe listens for. `girafe doctor` checks this file.",
        "",
        "[company]",
        f"name = {toml_text(name)}",
        f"aliases = {_texts(aliases)}            # other names people use",
        "negative_aliases = []   # phrases that hold the name but mean something else",
        "# common_word = true    # the name is also a common word and needs context; unsaid, a dictionary decides",
        '# sector = "telecom"    # its trade: energy, post, tech, retail, finance, travel, food,',
        "#                       # media, health, education, industry, services",
        f"official_accounts = {_texts(official_accounts)}  # what the company itself runs, platform:handle",
        f"domains = {_texts(domains)}",
        f"time_zone = {toml_text(time_zone)}   # ISO weeks begin here",
        'languages = ["fr", "en"]',
        *_headcount(headcount, headcount_date, headcount_source),
        "",
        *(line for rival in competitors for line in ("[[competitors]]", f"name = {toml_text(rival)}", "")),
        "# Two sources that need no account. Others: docs/sources.md and `girafe doctor`.",
        "[[sources]]",
        'name = "hackernews"',
        f"queries = {_texts([name])}",
        "",
        "[[sources]]",
        'name = "mastodon"',
        f"queries = {_texts([hashtag])}",
        'options = { instances = ["https://mastodon.social", "https://piaille.fr"] }',
        "",
        "[retention]",
        "raw_days = 30           # payloads as received are kept this long; text ends there",
        "",
        "[privacy]",
        "small_group = 5         # of fewer persons nothing is told but how many conversations and posts",
        "small_group_cross = 10  # the same in cross-tables; never less than the first",
        "",
        "# Nothing is collected live until all six are filled in (docs/governance.md).",
        "[governance]",
        f"legal_basis = {toml_text(filled.get('legal_basis', ''))}",
        f"purpose = {toml_text(filled.get('purpose', ''))}",
        f"dpia_reference = {toml_text(filled.get('dpia_reference', ''))}",
        _informed(filled.get("works_council_informed_on", "")),
        f"notice_url = {toml_text(filled.get('notice_url', ''))}",
        f"dpo_contact = {toml_text(filled.get('dpo_contact', ''))}",
    ]
    return "\n".join(lines) + "\n"


def _headcount(count: int | None, day: str | None, source: str | None) -> list[str]:
    if count is None:
        return ["# headcount = 1200      # with its date and source, to set colleagues who speak against"]
    return [
        f"headcount = {count}",
        *([f"headcount_date = {day}"] if day else []),
        *([f"headcount_source = {toml_text(source)}"] if source else []),
    ]


def _informed(day: str) -> str:
    return f"works_council_informed_on = {day}" if day else "# works_council_informed_on = 2026-01-31"


def toml_text(value: str) -> str:
    """A TOML string. One of JSON is one: both escape quotes, backslashes and controls alike."""
    # Bytes of a command line that are no text come as half characters, which settings leave out, too.
    return orjson.dumps(value.encode("utf-8", "ignore").decode()).decode().replace("\x7f", "\\u007f")


def _texts(values: Sequence[str]) -> str:
    return "[" + ", ".join(toml_text(value) for value in values) + "]"
