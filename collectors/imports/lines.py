"""Lines of files nobody vouches for: bounded in memory, whatever their length, bytes or ending."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, Protocol, TypeAlias

import orjson

from collectors.imports.archive import read_alone
from collectors.imports.contract import Bad, File
from collectors.lenient_json import mended, whole_items
from girafe.errors import InputInvalid

LONGEST_LINE = 4 * 1024 * 1024
_SKIPPED_AT_ONCE = 1024 * 1024
_KEPT_OF_LONG = 1000
_BOM = b"\xef\xbb\xbf"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""How text begins that Windows calls Unicode."""

JsonLine: TypeAlias = tuple[str, dict[str, Any], bytes]
"""Position, decoded object, bytes as they stood."""


class _Lines(Protocol):
    def readline(self, limit: int, /) -> bytes: ...


class _FromUtf16:
    """Lines of UTF-16 text as UTF-8; only a line feed ends one, as in JSON."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._text = io.TextIOWrapper(raw, encoding="utf-16", errors="replace", newline="\n")

    def readline(self, limit: int, /) -> bytes:
        return self._text.readline(limit).encode("utf-8", "replace")


@contextmanager
def _opened(file: File) -> Iterator[_Lines]:
    with file.open() as stream:
        try:
            is_utf16 = stream.read(2) in UTF_16
        except (OSError, EOFError, zlib.error):
            is_utf16 = False  # reading says where it is damaged
    with file.open() as stream:
        yield _FromUtf16(stream) if is_utf16 else stream


def raw_lines(file: File) -> Iterator[tuple[str, bytes] | Bad]:
    """Position and bytes of every line that is not empty, without its end."""
    number = 0
    with _opened(file) as stream:
        while True:
            number += 1
            try:
                line = stream.readline(LONGEST_LINE + 1)
                too_long = len(line) > LONGEST_LINE and not line.endswith(b"\n")
                if too_long:
                    _skip_line(stream)
            except (OSError, EOFError, zlib.error) as error:
                yield Bad(
                    reason="file_damaged",
                    detail=f"The file cannot be read from here on ({error}); all lines before it are kept.",
                    position=f"{file.label}:{number}",
                )
                return
            if not line:
                return
            if number == 1:
                line = line.removeprefix(_BOM)
            if too_long:
                yield Bad(
                    reason="line_too_long",
                    detail=f"The line has more than {LONGEST_LINE:,} bytes; is a line break missing?",
                    position=f"{file.label}:{number}",
                    raw=line[:_KEPT_OF_LONG],
                )
            elif stripped := line.strip():
                yield f"{file.label}:{number}", stripped


def _skip_line(stream: _Lines) -> None:
    while True:
        part = stream.readline(_SKIPPED_AT_ONCE)
        if not part or part.endswith(b"\n"):
            return


def json_lines(file: File) -> Iterator[JsonLine | Bad]:
    """Every line as a JSON object; a file that is one JSON list is read as its items."""
    items = _items(file)
    if items is not None:
        yield from (
            item if isinstance(item, Bad) else _item(f"{file.label}:{number}", item)
            for number, item in enumerate(items, 1)
        )
        return
    for found in raw_lines(file):
        if isinstance(found, Bad):
            yield found
            continue
        position, line = found
        try:
            tree = orjson.loads(line)
        except ValueError as error:
            yield _not_json(position, line, error)
            continue
        if type(tree) is dict:
            yield position, tree, line
        else:
            yield Bad(
                reason="not_an_object",
                detail="The line is JSON, but not an object in braces.",
                position=position,
                raw=line,
            )


def _items(file: File) -> list[Any] | None:
    """The items of a JSON list, or the one object a file spreads over its lines; None where the file is
    neither, or damaged: its lines tell where."""
    try:
        with file.open() as stream:
            start = stream.read(64).removeprefix(_BOM).lstrip()
            if start[:1] != b"[" and start.split(b"\n")[0].strip() != b"{":
                return None
        content = read_alone(file)
    except (InputInvalid, OSError, EOFError, zlib.error):
        return None
    try:
        found = orjson.loads(content)
    except ValueError:
        found = mended(content)
    if isinstance(found, list):
        return found
    if found is None and start[:1] == b"[":
        return _before_the_cut(file, content)
    return None if found is None else [found]


def _before_the_cut(file: File, content: bytes) -> list[Any] | None:
    """The items of a list that ends early, and that it does; None where not one of them is whole."""
    found = whole_items(content.decode("utf-8", "replace"))
    detail = "The list cannot be read from here on; the items before it are kept. Export the file again."
    cut = Bad(reason="file_damaged", detail=detail, position=f"{file.label}:{len(found) + 1}")
    return [*found, cut] if found else None


def _item(position: str, item: Any) -> JsonLine | Bad:
    try:
        raw = orjson.dumps(item)
    except (orjson.JSONEncodeError, RecursionError) as error:  # it reads four times as deep as it writes
        return Bad(reason="too_deep", detail=f"Cannot be kept ({error}).", position=position)
    if isinstance(item, dict):
        return position, item, raw
    detail = "The item of the list is not an object in braces."
    return Bad(reason="not_an_object", detail=detail, position=position, raw=raw)


def _not_json(position: str, line: bytes, error: ValueError) -> Bad:
    if max(1, len(line) // 3) <= line.count(0) < len(line):
        return Bad(
            reason="not_utf8",
            detail="The line looks like UTF-16 or UTF-32 text; save the file as UTF-8.",
            position=position,
            raw=line,
        )
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return Bad(
            reason="not_utf8",
            detail="The line is not UTF-8 text; save the file as UTF-8.",
            position=position,
            raw=line,
        )
    return Bad(
        reason="not_json", detail=f"The line is not valid JSON ({error}).", position=position, raw=line
    )
