"""Any table through a mapping: each row becomes a girafe JSONL line, so one parser reads them all.

The other columns of the export are left behind: what is not needed is not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from hashlib import blake2b
from typing import Any

from collectors.contract import utc_from_epoch
from collectors.imports import girafe_jsonl
from collectors.imports.contract import Bad, File, Head, Row
from collectors.imports.mapping import ImportMapping, header_matches, plain
from collectors.imports.table import read_table
from collectors.imports.times import from_activity_id
from girafe.errors import InputInvalid
from girafe.records import Envelope, Payload, Record

PARSER = girafe_jsonl.NAME
_HEADER_WITHIN = 40
_SEPARATORS = re.compile(r"[,;|\s]+")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?\Z")
_MILLISECONDS_FROM = 100_000_000_000
_COUNTS = ("followers", "likes", "replies", "reposts")
_TEXTS = ("reply_to", "conversation_id", "quote_of", "repost_of", "lang", "url")
_OF_AUTHOR = ("account_id", "handle", "display_name", "bio")


@dataclass(frozen=True, slots=True)
class Mapped:
    """A file format made of a mapping; fits the Format protocol."""

    mapping: ImportMapping

    @property
    def NAME(self) -> str:
        """The mapping's name."""
        return self.mapping.name

    @property
    def VERSION(self) -> str:
        """Changes with the mapping, so that a corrected one reads its files again."""
        digest = blake2b(self.mapping.model_dump_json().encode(), digest_size=4).hexdigest()
        return f"{self.mapping.name}-{digest}"

    @property
    def PARSER(self) -> str:
        """Rows become girafe JSONL lines."""
        return PARSER

    def recognises(self, head: Head) -> bool:
        """A header with the mapping's columns, below any preamble."""
        return any(header_matches(self.mapping, cells) for cells in head.rows)

    def parse(self, envelope: Envelope) -> Iterator[Record]:
        """As girafe JSONL."""
        return girafe_jsonl.parse(envelope)

    def rows(self, file: File) -> Iterator[Row | Bad]:
        """Every row below the header."""
        names: list[str] | None = None
        for found in read_table(file):
            if isinstance(found, Bad):
                yield found
                continue
            number, cells = found
            if names is None:
                if self._is_header(cells, number):
                    names = [plain(cell) for cell in cells]
                elif number > _HEADER_WITHIN:
                    break
                continue
            row = {
                name: cell
                for name, cell in zip(names, cells, strict=False)
                if name and cell not in (None, "")
            }
            if row and not self._is_skipped(row):
                line = line_of(self.mapping, row, names)
                platform = str(line["platform"])
                yield Row(platform=platform, payload=line, position=f"{file.label}:{number}", raw=str(row))
        if names is None:
            raise InputInvalid(
                f"{file.label}: no header with {', '.join(self.mapping.recognise) or 'the mapped columns'}."
            )

    def _is_header(self, cells: Sequence[Any], number: int) -> bool:
        if self.mapping.recognise:
            return header_matches(self.mapping, cells)
        wanted = {plain(name) for names in self.mapping.columns.values() for name in names}
        return len(wanted & {plain(cell) for cell in cells}) >= 2

    def _is_skipped(self, row: Mapping[str, Any]) -> bool:
        return any(
            str(row.get(plain(column), "")).strip().casefold() in {value.casefold() for value in values}
            for column, values in self.mapping.skip.items()
        )


def line_of(mapping: ImportMapping, row: Mapping[str, Any], header: Sequence[str]) -> Payload:
    """One row as a girafe JSONL line; what is wrong in it is found when the line is checked."""

    def cell(field: str) -> Any:
        names = mapping.columns.get(field, ())  # type: ignore[call-overload]
        return next((row[plain(name)] for name in names if plain(name) in row), None)

    def words(field: str) -> str | None:
        value = cell(field)
        return None if value is None else _text(value)

    author: Payload = {name: words(name) for name in _OF_AUTHOR}
    if author["handle"]:
        author["handle"] = author["handle"].removeprefix("@")
    author |= {
        "url": words("author_url"),
        "followers": _count(cell("followers")),
        "is_organisation": True if _is_true(words("is_organisation"), mapping) else None,
        "is_bot": True if _is_true(words("is_bot"), mapping) else None,
        "links": _list(words("links")) or [],
    }
    said = [part for part in (words("title"), words("text")) if part]
    post_id = words("post_id")
    line: Payload = {name: words(name) for name in _TEXTS}
    line |= {name: _count(cell(name)) for name in _COUNTS if name != "followers"}
    return line | {
        "platform": _platform(mapping, row),
        "post_id": post_id,
        "created_at": _created_at(mapping, post_id, cell("created_at"), cell("clock_time")),
        "observed_at": _time(mapping, cell("observed_at"), None),
        "text": "\n\n".join(dict.fromkeys(said)),
        "author": {name: value for name, value in author.items() if value not in (None, "")},
        "mentions": _mentions(mapping, words("mentions"), header),
    }


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # spreadsheets hold 17 as 17.0
    return str(value).strip()


def _is_true(value: str | None, mapping: ImportMapping) -> bool:
    return value is not None and value.casefold() in mapping.organisation_values


def _list(value: str | None) -> list[str] | None:
    if value is None:
        return None
    return [part for part in _SEPARATORS.split(value.strip("[]").replace("'", "").replace('"', "")) if part]


def _mentions(mapping: ImportMapping, value: str | None, header: Sequence[str]) -> list[str] | None:
    """An empty cell means that nobody is mentioned; without such a column, the text tells."""
    if not any(plain(name) in header for name in mapping.columns.get("mentions", ())):
        return None
    return [name.removeprefix("@") for name in _list(value) or []]


def _count(value: Any) -> Any:
    if isinstance(value, str):
        digits = re.sub(r"[\s\u00a0\u202f,']", "", value)
        return int(float(digits)) if _NUMBER.match(digits) else None
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _platform(mapping: ImportMapping, row: Mapping[str, Any]) -> str:
    if named := row.get(plain(mapping.platform_from)):
        return _text(named).casefold()
    for column in mapping.platform_columns:
        said = str(row.get(plain(column), "")).strip().casefold().removeprefix("www.")
        host = re.sub(r"^https?://(?:www\.)?", "", said).partition("/")[0]
        for value, platform in mapping.platforms.items():
            if said == value or host == value or host.endswith(f".{value}") or value in said.split(","):
                return platform
    return mapping.platform


def _created_at(mapping: ImportMapping, post_id: str | None, day: Any, clock: Any) -> str | None:
    if mapping.time_from_id == "linkedin" and post_id:
        exact = from_activity_id(re.sub(r"\D", "", post_id)[-19:], datetime(2100, 1, 1, tzinfo=UTC))
        if exact is not None:
            return exact.isoformat()
    return _time(mapping, day, clock)


def _time(mapping: ImportMapping, value: Any, clock: Any) -> str | None:
    """ISO 8601 in UTC; what cannot be read is passed on as it is, to be refused with its reason."""
    if value is None:
        return None
    if isinstance(value, date) and not isinstance(value, datetime) and isinstance(clock, time):
        value = datetime.combine(value, clock)
    elif isinstance(value, datetime) and isinstance(clock, time):
        value = datetime.combine(value.date(), clock)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, datetime):
        return _utc(mapping, value)
    words = _text(value) + (f" {_text(clock)}" if clock is not None else "")
    if _NUMBER.match(words) and len(words) >= 9:
        number = float(words)
        seconds = number / 1000 if abs(number) >= _MILLISECONDS_FROM else number
        try:
            return utc_from_epoch(seconds).isoformat()
        except (OverflowError, ValueError, OSError):
            return words
    for read in (datetime.fromisoformat, *(_format(pattern) for pattern in mapping.time_formats)):
        try:
            found = read(words.removesuffix(" UTC").replace(" +", "+"))
        except ValueError:
            continue
        return words if len(words) <= 10 and found.time() == time() else _utc(mapping, found)
    return words


def _format(pattern: str) -> Any:
    compact = pattern.replace(" %z", "%z")
    return lambda words: datetime.strptime(words, compact)  # noqa: DTZ007


def _utc(mapping: ImportMapping, moment: datetime) -> str:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=mapping.zone)
    return aware.astimezone(UTC).isoformat()
