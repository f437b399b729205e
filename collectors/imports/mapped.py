"""Any table through a mapping: each row becomes a girafe JSONL line, so one parser reads them all.

The other columns of the export are left behind: what is not needed is not kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from typing import Any

from collectors.imports import girafe_jsonl
from collectors.imports.below import row_of
from collectors.imports.contract import Bad, File, Head, Row, Skipped
from collectors.imports.file_dates import DatesOfFile
from collectors.imports.file_posts import PostsOfFile
from collectors.imports.mapping import HEADER_WITHIN, ImportMapping, header_matches, is_header, plain
from collectors.imports.separated import Unended
from collectors.imports.table import Numbered, read_tables
from collectors.imports.table_line import line_of
from girafe.errors import InputInvalid, PayloadRejected
from girafe.records import Envelope, Payload, Record

PARSER = girafe_jsonl.NAME
_READING = "2"
"""Raise it when tables should be read again although their mapping is the same."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """A file format made of a mapping; fits the Format protocol."""

    mapping: ImportMapping

    @property
    def NAME(self) -> str:
        """The mapping's name."""
        return self.mapping.name

    @property
    def ABOUT(self) -> str:
        """As the mapping says."""
        return self.mapping.about

    @property
    def VERSION(self) -> str:
        """Changes with the mapping, so that a corrected one reads its files again."""
        known = f"{_READING}{self.mapping.model_dump_json()}"
        digest = blake2b(known.encode(), digest_size=4).hexdigest()
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

    def rows(self, file: File) -> Iterator[Row | Bad | Skipped]:
        """Every row below a header, of every table of the file that has one."""
        dates, posts, seen = DatesOfFile(self.mapping, file), PostsOfFile(self.mapping, file), False
        read = partial(line_of, self.mapping, dates=dates, by_address=posts.id_of)
        for table in read_tables(file):
            names: list[str] = []
            for found in table.rows:
                if isinstance(found, Bad):
                    yield found
                elif not names:
                    number, cells = found
                    if is_header(self.mapping, cells):
                        names, seen = [plain(cell) for cell in cells], True
                        self._note_missing(file, names)
                    elif number > HEADER_WITHIN:
                        break
                elif any(cell not in (None, "") for cell in found[1]):
                    yield self._row(file, table.name, found, names, read)
            if table.name and not names:
                file.notes.append(f"{table.name} has no header of {self.NAME} and was passed over")
        dates.note_swapped()
        if not seen:
            words = " or ".join(self.mapping.columns_of_words)
            wanted = ", ".join(self.mapping.recognise) or f"two of the mapped columns, {words} among them"
            raise InputInvalid(f"{file.label}: no header with {wanted}.")

    def _note_missing(self, file: File, names: Sequence[str]) -> None:
        """A mapping made for one table means each of its columns; those for an export know columns of many years."""
        held = set(names)
        missing = [field for field, columns in self.mapping.plain_columns.items() if held.isdisjoint(columns)]
        missing += [column for column in self.mapping.skip if plain(column) not in held]
        if missing and not self.mapping.recognise:
            file.notes.append(f"the table has no column for {', '.join(missing)} of the mapping")

    def _row(
        self, file: File, sheet: str, found: Numbered, names: list[str], read: Callable[..., Payload]
    ) -> Row | Bad | Skipped:
        number, cells = found
        position = f"{file.label}:{sheet}:{number}" if sheet else f"{file.label}:{number}"
        if plain(cells[0]) == names[0] and [plain(cell) for cell in cells] == names:
            return Skipped(reason="header_again", position=position)
        if any(cell not in (None, "") for cell in cells[len(names) :]):
            detail = f"The row has {len(cells)} cells under {len(names)} columns; is a quote missing?"
            return Bad(reason="row_misshapen", detail=detail, position=position, raw=str(cells))
        if isinstance(cells, Unended) and any(names[len(cells) :]):
            detail = "The file ends in the middle of this row; export it again."
            return Bad(reason="file_damaged", detail=detail, position=position, raw=str(cells))
        row = row_of(names, cells)
        if reason := self._why_skipped(row):
            return Skipped(reason=reason, position=position)
        try:
            line = read(row, names)
        except PayloadRejected as error:
            return Bad(reason=error.reason, detail=str(error), position=position, raw=str(row))
        if _is_repost(line):
            return Skipped(reason="repost", position=position)
        return Row(
            platform=str(line["platform"] or ""),
            payload=line,
            position=position,
            raw=str(row),
            is_platform_read=bool(row.get(plain(self.mapping.platform_from))),
        )

    def _why_skipped(self, row: Mapping[str, Any]) -> str:
        """The column and value by which the mapping leaves rows out, or nothing."""
        for column, values in self.mapping.plain_skip.items():
            said = str(row.get(column, "")).strip().casefold()
            if said and said in values:
                return f"{column.replace(' ', '_')}_{said}"
        return ""


def _is_repost(line: Payload) -> bool:
    """On X, a bare repost whose original no column names: its words are another person's."""
    is_named = line["repost_of"] or line["quote_of"]
    return line["platform"] == "x" and line["text"].startswith("RT @") and not is_named
