"""Separated values: any separator and encoding; a quote that is never closed costs one row, not the rest."""

from __future__ import annotations

import csv
import io
import re
import zlib
from collections import Counter, deque
from collections.abc import Iterator
from itertools import islice
from typing import Any, TypeAlias

from collectors.imports.contract import Bad, File

Numbered: TypeAlias = tuple[int, list[Any]]

_SAMPLE = 64 * 1024
_LONGEST_ROW = 1024 * 1024
_MOST_LINES_IN_A_ROW = 5000
_FEWEST_LINES_IN_A_ROW = 50
_READ_TWICE = 1_000_000
"""Lines that may be read once more because the row they seemed to belong to had no end; then rows may be no longer
than the fewest: a file in which every line opens a quote would be read thousands of times."""
_SEPARATORS = ",;\t|"
_STATED = re.compile(r"sep=(.)\r?\n?\Z", re.IGNORECASE)
_SAMPLE_ROWS = 60
_KEPT_OF_BAD = 1000
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1f\x7f]")
_UNDECODED = re.compile("[\udc80-\udcff]")


def read_separated(file: File) -> Iterator[Numbered | Bad]:
    """Number of its first line and cells of every row; damage is named and reading goes on behind it."""
    csv.field_size_limit(_LONGEST_ROW)
    with file.open() as raw:
        sample = _some(raw)
    encoding = _encoding(sample)
    words = sample.decode(encoding, "replace").removeprefix("\ufeff")
    separator, skipped = _separator(words)
    with io.TextIOWrapper(file.open(), encoding=encoding, errors="surrogateescape", newline="") as text:
        lines = _Lines(text)
        try:
            for _ in range(skipped):
                next(lines, None)
            yield from _rows(lines, separator, file.label)
        except (OSError, EOFError, zlib.error, UnicodeError) as error:
            detail = f"The file cannot be read from here on ({error}); all rows before it are kept."
            yield Bad(reason="file_damaged", detail=detail, position=f"{file.label}:{lines.number + 1}")


def _some(raw: Any) -> bytes:
    try:
        return bytes(raw.read(_SAMPLE))
    except (EOFError, zlib.error, OSError):
        return b""  # reading says where it is damaged


class _Lines:
    """Physical lines, bounded in length, that can be put back."""

    def __init__(self, text: io.TextIOBase) -> None:
        self._text, self._back = text, deque[str]()
        self.number, self.taken, self.size, self.has_ended = 0, list[str](), 0, False
        self._most, self._read_twice = _MOST_LINES_IN_A_ROW, 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= self._most or self.size > _LONGEST_ROW:
            raise _NoEnd
        line = self._back.popleft() if self._back else self._read()
        if not line:
            self.has_ended = True
            raise StopIteration
        self.number += 1
        self.taken.append(line)
        self.size += len(line)
        if isinstance(line, _Cut):
            raise _NoEnd
        return line.replace("\x00", "")

    def _read(self) -> str:
        line = self._text.readline(_LONGEST_ROW)
        if len(line) < _LONGEST_ROW or line.endswith(("\n", "\r")):
            return line
        while (rest := self._text.readline(_LONGEST_ROW)) and not rest.endswith(("\n", "\r")):
            pass
        return _Cut(line[:_KEPT_OF_BAD])

    def begin_row(self) -> None:
        """What is taken from here on belongs to one row."""
        self.taken, self.size, self.has_ended = [], 0, False

    def put_back_all_but_first(self) -> str:
        """Leaves the first line taken behind, returns it, and gives the others out once more."""
        first, *others = self.taken or [""]
        self._back.extendleft(reversed(others))
        self.number -= len(others)
        self._read_twice += len(others)
        if self._read_twice > _READ_TWICE:
            self._most = _FEWEST_LINES_IN_A_ROW
        self.begin_row()
        return first


class _Cut(str):
    """The beginning of a line that is longer than any row; its rest is gone past."""

    __slots__ = ()


class Unended(list[Any]):
    """The cells of a last line without its end: where some are missing, the file was cut there."""


class _NoEnd(Exception):
    """A row goes on for longer than any row does."""


def _rows(lines: _Lines, separator: str, label: str) -> Iterator[Numbered | Bad]:
    while True:
        lines.begin_row()
        start, reader = lines.number + 1, csv.reader(lines, delimiter=separator)
        try:
            cells = next(reader)
            is_open = lines.has_ended and len(lines.taken) > 0
            problem = "A quote is opened here and never closed." if is_open else ""
        except StopIteration:
            return
        except _NoEnd:
            cells, problem = [], "A quote is opened here and not closed soon."
        except csv.Error as error:
            cells, problem = [], f"Not a row of a table ({error})."
        if problem:
            raw = lines.put_back_all_but_first()[:_KEPT_OF_BAD]
            yield Bad(reason="row_unreadable", detail=problem, position=f"{label}:{start}",
                      raw=raw.encode("utf-8", "replace"))  # fmt: skip
        else:
            row = [_mended(cell) for cell in cells]
            yield start, row if lines.taken[-1].endswith(("\n", "\r")) else Unended(row)


def _mended(cell: str) -> str:
    """Bytes that are not of the file's encoding are read as Windows-1252, one by one."""
    if cell.isascii():
        return cell
    return _UNDECODED.sub(lambda odd: bytes([ord(odd[0]) - 0xDC00]).decode("cp1252", "replace"), cell)


def is_binary(sample: bytes) -> bool:
    """More than one character in fifty is a control character no text has; zeros, which are skipped, left out."""
    words = sample.decode(_encoding(sample), "replace")
    return len(_CONTROLS.findall(words)) > len(words) / 50


def _encoding(sample: bytes) -> str:
    if sample[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    pairs = sample[: 2 * (len(sample) // 2)]
    if len(pairs) >= 4 and pairs[1::2].count(0) > len(pairs) // 5 * 2:
        return "utf-16-le"  # without a mark: every second byte of Latin text is zero
    if len(pairs) >= 4 and pairs[0::2].count(0) > len(pairs) // 5 * 2:
        return "utf-16-be"
    if sample.isascii():
        return "utf-8-sig"
    decoded = sample.decode("utf-8", "surrogateescape")
    odd = len(_UNDECODED.findall(decoded))
    # A few bytes of another encoding do not make the file one; a sample may end inside a character.
    meant = len(decoded) - len(decoded.encode("ascii", "ignore")) - odd
    is_utf8 = meant >= odd or (odd <= 3 and len(sample) == _SAMPLE)
    return "utf-8-sig" if is_utf8 else "cp1252"


def _separator(sample: str) -> tuple[str, int]:
    """The separator under which most rows have one width, and how many lines only state it."""
    first = sample.partition("\n")[0] + "\n"
    if stated := _STATED.match(first):
        return stated[1], 1
    whole = sample.rpartition("\n")[0] if len(sample) >= _SAMPLE // 4 else sample
    return max(_SEPARATORS, key=lambda mark: _regularity(whole, mark)), 0


def _regularity(sample: str, mark: str) -> int:
    if mark not in sample:
        return 0  # one cell in every row
    widths: Counter[int] = Counter()
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=mark)
    try:
        for cells in islice(reader, _SAMPLE_ROWS):
            widths[len(cells)] += 1
    except csv.Error:
        pass
    return max((count * (width - 1) for width, count in widths.items()), default=0)
