"""The dates of one file: what a single 03/04/2026 leaves open, the whole column decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from collectors.imports.below import rows_below
from collectors.imports.contract import File
from collectors.imports.dates import Ambiguous, Found, Order, decide_order, read_date
from collectors.imports.mapping import LOCALISED, ImportMapping
from girafe.errors import PayloadRejected

_MONTHS = 12


class DatesOfFile:
    """Which of day and month comes first in the dates of a file: asked for once, when a date leaves it open."""

    def __init__(self, mapping: ImportMapping, file: File) -> None:
        self.mapping, self.now = mapping, file.now
        self._file, self._order, self._is_known = file, Order.UNDECIDED, False
        self._early, self._late, self._texts = 0, 0, 0

    def hold(self, day: date) -> None:
        """A cell that holds a date, not words: of a column in words, those a spreadsheet could take for one."""
        self._early += day.day <= _MONTHS
        self._late += day.day > _MONTHS

    def note_swapped(self) -> None:
        """Once all is read: 03/04 became a date, in the order of the spreadsheet, and 13/04 stayed what it was."""
        if self._texts and self._early and not self._late:
            self._file.notes.append(
                f"a spreadsheet took {self._early:,} dates for its own and left {self._texts:,} as words, none of the "
                "first beyond the 12th: day and month may be swapped in them; export again, with dates as 2026-11-20"
            )

    def read(self, words: str, header: Sequence[str]) -> Found | None:
        """`words` as a date; raises PayloadRejected where the file contradicts itself."""
        zone = self.mapping.zone
        self._texts += decide_order((words,))[0] is not Order.UNDECIDED
        try:
            return read_date(words, zone, self._order)
        except Ambiguous:
            if not self._is_known:
                self._decide(header)
                return self.read(words, header)
        raise PayloadRejected(
            "The file writes some dates day first and others month first; this one could be either.",
            reason="ambiguous_date",
        )

    def _decide(self, header: Sequence[str]) -> None:
        self._is_known = True
        found, contradicts = decide_order(self._dates())
        if found is Order.UNDECIDED and not contradicts:
            first = self.mapping.day_first
            is_first = bool(LOCALISED & set(header)) if first is None else first
            found = Order.DAY_FIRST if is_first else Order.MONTH_FIRST
            self._file.notes.append(
                f"dates such as 03/04/2026 are read {found.value}; no date of the file decides it "
                "(day_first in a mapping file does)"
            )
        elif found is not Order.UNDECIDED:
            self._file.notes.append(f"dates are read {found.value}, as the whole file shows")
        self._order = found

    def _dates(self) -> Iterator[str]:
        """The cells of the date column, of the whole file."""
        wanted = self.mapping.plain_columns.get("created_at", ())
        for row in rows_below(self.mapping, self._file):
            yield from (row[name] for name in wanted if isinstance(row.get(name), str))
