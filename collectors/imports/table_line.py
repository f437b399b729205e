"""One row of a table as a girafe JSONL line, as its mapping says; wrong values are refused when it is checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from collectors.html import plain_text, unescaped
from collectors.imports.file_dates import DatesOfFile
from collectors.imports.mapping import ImportMapping, plain
from collectors.imports.table_ids import (
    account_name,
    bluesky_root,
    cell_words,
    is_rounded,
    native_id,
    neighbour,
    post_id_of,
    reddit_ids,
    refused,
    within,
)
from collectors.imports.table_times import moment_of_cells
from collectors.imports.times import age, from_activity_id
from girafe.errors import PayloadRejected
from girafe.platforms import one_name
from girafe.records import Payload, TimePrecision

REDACTED = ("REDACTED", "[redacted]", "[anonymised]", "[anonymized]")
_NOTHING = frozenset({"nan", "NaN", "None", "NULL", "null", "<NA>", "NaT", "#N/A", "N/A", "n/a", "#REF!", "#NAME?",
                      "#VALUE!", "undefined"})  # fmt: skip
"""What programs write into a cell that holds nothing."""
_SEPARATORS = re.compile(r"[,;|\s]+")
_BETWEEN_NAMES = re.compile(r"[;|]|(?<=['\"])\s*,\s*(?=['\"])")
_SCHEME = re.compile(r"^https?://(?:www\.)?")
_BLANKS = re.compile(r"[\s\u00a0\u202f']")
_GROUPED = re.compile(r"-?[1-9]\d{0,2}(?:,\d{2,3})*(?:,\d{3})(?:\.\d+)?\Z")
_GROUPED_BY_POINTS = re.compile(r"-?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?\Z")
"""`1,234.5` and, as in German or Spanish, `1.234,5`: no count has just three decimals."""
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?\Z")
_LINKEDIN_NAME = re.compile(r"(?:https?://[^/]*linkedin\.com/)?(in|company|school|showcase)/([^/?#]+)")
_COUNTS = ("likes", "replies", "reposts")
_OTHER_POSTS = ("reply_to", "conversation_id", "quote_of", "repost_of")
_WORDS = ("text", "title")
_REPEATED = 30
_BEFORE_WORDS = " \"“„«'‘"
_PLACE = itemgetter(0)


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of one row, by field."""

    mapping: ImportMapping
    row: Mapping[str, Any]
    held: Mapping[str, Sequence[Any]]
    """What stands in the columns of a field, in the order of the mapping; fields without anything are left out."""

    @classmethod
    def of(cls, mapping: ImportMapping, row: Mapping[str, Any]) -> _Cells:
        places = mapping.places
        found = [
            (place, field, cell)
            for name, cell in row.items()
            for place, field in places.get(name, ())
            if field in _WORDS or str(cell).strip() not in _NOTHING
        ]
        held: dict[str, list[Any]] = {}
        for _, field, cell in sorted(found, key=_PLACE):
            held.setdefault(field, []).append(cell)
        return cls(mapping, row, held)

    def every(self, field: str) -> Sequence[Any]:
        return self.held.get(field, ())

    def first(self, field: str) -> Any:
        return self.held.get(field, (None,))[0]

    def words(self, field: str) -> str | None:
        value = self.first(field)
        return None if value is None else cell_words(value) or None

    def id(self, field: str) -> str | None:
        """The first id that no spreadsheet has rounded; PayloadRejected where all are."""
        found = self.every(field)
        exact = [cell_words(value) for value in found if not is_rounded(value)]
        if found and not exact:
            raise refused()
        return next((value for value in exact if value), None)


def line_of(
    mapping: ImportMapping,
    row: Mapping[str, Any],
    header: Sequence[str],
    dates: DatesOfFile,
    by_address: Callable[[str], str],
) -> Payload:
    """One row as a girafe JSONL line; what is wrong in it is found when the line is checked.

    `by_address`: the id of the post that has this address in the same file.
    """
    cells = _Cells.of(mapping, row)
    platform = _platform(mapping, row)
    observed_at = moment_of_cells(dates, header, cells.first("observed_at"), None)
    line = {"platform": platform or None, **_ids(cells, platform, by_address)}
    created_at, precision = _created_at(cells, dates, header, line["post_id"], observed_at)
    line |= {name: _largest(cells, name) for name in _COUNTS}
    return line | {
        "created_at": created_at,
        "time_precision": precision or cells.words("time_precision"),
        "observed_at": observed_at,
        "text": _said(cells, platform, str(line["post_id"])),
        "author": _author(cells, platform),
        "mentions": _mentions(mapping, cells.words("mentions"), header),
        "lang": cells.words("lang"),
        "url": cells.words("url"),
        "about": _names(cells.words("about")),
    }


def named_by_address(
    mapping: ImportMapping, row: Mapping[str, Any]
) -> tuple[str | None, str | None, list[str]]:
    """The id of a row, its own address, and the addresses by which it names other posts."""
    cells, platform = _Cells.of(mapping, row), _platform(mapping, row)
    own, others = _named(cells, platform)
    return own, cells.words("url"), [other for other in others.values() if other and _is_address(other)]


def _is_address(name: str) -> bool:
    return name.startswith(("http://", "https://"))


def _named(cells: _Cells, platform: str) -> tuple[str | None, dict[str, str | None]]:
    """The post and the posts it speaks of, as the export names them."""
    named = {name: cells.id(name) for name in _OTHER_POSTS}
    others = {name: None if said == "0" else post_id_of(platform, said) for name, said in named.items()}
    own = next((native_id(platform, cell_words(cells.row[plain(name)]))
                for name in cells.mapping.native_id_from if plain(name) in cells.row), None)  # fmt: skip
    own = own or within(cells.words("place"), post_id_of(platform, cells.id("post_id")))
    if platform == "reddit":
        own, others["conversation_id"] = reddit_ids(own, others["conversation_id"])
    return own, others


def _ids(cells: _Cells, platform: str, by_address: Callable[[str], str]) -> Payload:
    """The post and the posts it speaks of, by the names its platform gives them."""
    own, found = _named(cells, platform)
    if platform == "bluesky":
        found |= {name: bluesky_root(said, found["conversation_id"]) for name, said in found.items()}
    if platform == "telegram" or cells.every("place"):
        found["reply_to"] = neighbour(own, found["reply_to"])
    found |= {name: by_address(said) for name, said in found.items() if said and _is_address(said)}
    if found["reply_to"] == own:
        found["reply_to"] = None  # some tools name a page as its own parent
    return {"post_id": own, **found}


def _said(cells: _Cells, platform: str, post_id: str) -> str:
    title, said = cells.words("title") or "", cells.words("text") or ""
    if (said and _is_a_name(title, cells)) or (platform == "reddit" and post_id.startswith("t1_")):
        title = ""  # who wrote it, or what somebody else called the thread, is not what was said
    if said.startswith(title.rstrip(".… ")) or _is_repeated(said, title):
        title = ""  # many tools repeat the first words of a post as its title, some behind its author's name
    words = "\n\n".join(part for part in (title, said) if part)
    # X sends &amp; for &, YouTube &#39; and <br>, and exports keep what they were sent.
    return plain_text(words) if platform == "youtube" else unescaped(words)


def _is_repeated(said: str, title: str) -> bool:
    """Whether a title has the first words of the text; a few words stand in many a title, `Ada: Bravo` says so."""
    place = title.find(said[:_REPEATED]) if said else -1
    return place >= 0 and (len(said) >= _REPEATED or title[:place].rstrip(_BEFORE_WORDS).endswith(":"))


def _is_a_name(title: str, cells: _Cells) -> bool:
    """Whether a title holds only what the author is called: `ada`, `Ada M. (@ada)`."""
    names = f"{cells.words('handle') or ''} {cells.words('display_name') or ''}"
    return set(plain(title).split()) <= set(plain(names).split())


def _author(cells: _Cells, platform: str) -> Payload:
    mapping, name, url = cells.mapping, cells.words("display_name"), cells.words("author_url")
    handle, account_id = cells.words("handle"), cells.first("account_id")
    if is_rounded(account_id):
        if not handle:
            raise refused()
        account_id = None  # the handle still tells who it is
    if handle in REDACTED and (account_id is None or cell_words(account_id) in REDACTED):
        raise PayloadRejected(
            "The author is blanked out; who speaks is needed. Export again with pseudonyms instead.",
            reason="author_redacted",
        )
    publisher = None
    if not handle and account_id is None:
        # A network is not the one who speaks on it; a site that nobody else is named for is.
        is_site = platform == mapping.platform or not mapping.platforms
        publisher = cells.words("publisher") if is_site else None
        handle = publisher or name
    handle = account_name(handle) if handle else None
    is_page = False
    if platform == "linkedin" and (found := _LINKEDIN_NAME.match(handle or "")):
        handle = found[2]
        is_page = found[1] != "in"
    is_organisation = publisher or is_page or _is_true(cells.words("is_organisation"), mapping)
    author = {
        "account_id": None if account_id is None else account_name(cell_words(account_id)),
        "handle": handle,
        "display_name": name,
        "bio": unescaped(cells.words("bio") or "") or None,
        "url": url,
        "followers": _largest(cells, "followers"),
        "is_organisation": True if is_organisation else None,
        "is_bot": True if _is_true(cells.words("is_bot"), mapping) else None,
        "links": _list(cells.words("links")) or [],
        "voice": cells.words("voice"),
    }
    return {field: value for field, value in author.items() if value not in (None, "")}


def _is_true(value: str | None, mapping: ImportMapping) -> bool:
    return value is not None and value.casefold() in mapping.organisation_values


def _list(value: str | None) -> list[str] | None:
    if value is None:
        return None
    return [part for part in _SEPARATORS.split(value.strip("[]").replace("'", "").replace('"', "")) if part]


def _names(value: str | None) -> list[str] | None:
    """Names that may be of several words: `Ondine; Groupe Ondine`, or a list as programs write it; `[]` is none."""
    if value is None:
        return None
    names = (part.strip(" '\"") for part in _BETWEEN_NAMES.split(value.strip("[]")))
    return [name for name in names if name]


def _mentions(mapping: ImportMapping, value: str | None, header: Sequence[str]) -> list[str] | None:
    """An empty cell means that nobody is mentioned; without such a column, the text tells."""
    if not any(name in header for name in mapping.plain_columns.get("mentions", ())):
        return None
    return [name.removeprefix("@") for name in _list(value) or []]


def _largest(cells: _Cells, field: str) -> Any:
    """Tools have one column for each network and write 0 where a row is of another.

    A number below zero counts nothing: so tools write likes that are hidden, and Reddit what was voted down.
    """
    found = [_count(cell) for cell in cells.every(field)]
    numbers = [number for number in found if isinstance(number, int) and not isinstance(number, bool)]
    others = (value for value in found if value not in numbers)
    return max((number for number in numbers if number >= 0), default=next(others, None))


def _count(value: Any) -> Any:
    if isinstance(value, str):
        digits = _BLANKS.sub("", value)
        if _GROUPED.match(digits):
            digits = digits.replace(",", "")
        elif _GROUPED_BY_POINTS.match(digits):
            digits = digits.replace(".", "")
        digits = digits.replace(",", ".")
        return int(float(digits)) if _NUMBER.match(digits) and len(digits) < 20 else None
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _platform(mapping: ImportMapping, row: Mapping[str, Any]) -> str:
    if named := row.get(plain(mapping.platform_from)):
        return one_name(cell_words(named))
    for column in mapping.platform_columns:
        said = str(row.get(plain(column), "")).strip().casefold().removeprefix("www.")
        host = _SCHEME.sub("", said).partition("/")[0]
        parts = host.split(".")[-mapping.longest_domain :]
        domains = (".".join(parts[at:]) for at in range(len(parts)))
        meant = {said, host, *said.split(","), *domains}
        if not meant.isdisjoint(mapping.platforms):
            return next(platform for value, platform in mapping.platforms.items() if value in meant)
    return mapping.platform


def _created_at(
    cells: _Cells, dates: DatesOfFile, header: Sequence[str], post_id: str | None, observed_at: str | None
) -> tuple[str | None, TimePrecision | None]:
    """The time in the id where it is the more exact one, the date column, or an age counted back."""
    if cells.mapping.time_from_id == "linkedin" and post_id:
        exact = from_activity_id(re.sub(r"\D", "", post_id)[-19:], dates.now)
        if exact is not None:
            return exact.isoformat(), None
    shown = cells.words("age")
    told = age(shown) if shown is not None else None
    if told is not None and observed_at is not None:
        try:
            return (datetime.fromisoformat(observed_at) - told[0]).isoformat(), told[1]
        except (ValueError, OverflowError):
            pass
    return moment_of_cells(dates, header, cells.first("created_at"), cells.first("clock_time")), None
