"""The head of a file: as much as is needed to recognise its format, read safely."""

from __future__ import annotations

import gzip
import json
import tarfile
import zlib
from itertools import islice

import orjson

from collectors.imports.archive import base_name, looks_like_zip, open_tar
from collectors.imports.contract import File, Head
from collectors.imports.lines import UTF_16
from collectors.imports.table import first_rows
from collectors.imports.zips import DAMAGED, open_zip
from collectors.refusals import without_names
from girafe.errors import InputInvalid

_ENOUGH = 1024 * 1024
"""What a browser received of one post may be some hundred kilobytes: a whole line tells what a part of it does not."""
_LINES_TRIED = 50
_MOST_MEMBERS = 10_000


def read_head(file: File) -> Head:
    """The name, the first characters and, for an archive, the names inside."""
    name = base_name(file.member or file.path.name).lower().removesuffix(".gz")
    members = _members(file)
    start = b"" if members else _start(file)
    objects = _objects(start)
    may_be_table = not objects and (not members or "xl/workbook.xml" in members)
    return Head(
        name=name,
        start=start.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace"),
        objects=objects,
        rows=first_rows(file) if may_be_table else (),
        members=members,
    )


def _start(file: File) -> bytes:
    try:
        with file.open() as stream:
            start = stream.read(_ENOUGH)
            return (
                start.decode("utf-16", "ignore").encode("utf-8", "replace") if start[:2] in UTF_16 else start
            )
    except (OSError, EOFError, zlib.error):
        return b""  # a damaged tail may hide behind a good start; reading says where


def _objects(start: bytes) -> tuple[dict[str, object], ...]:
    found = []
    start = start.removeprefix(b"\xef\xbb\xbf")
    if start.lstrip()[:1] == b"[":
        return _first_item(start.decode("utf-8", "replace"))
    for line in start.splitlines()[:_LINES_TRIED]:
        try:
            tree = orjson.loads(line)
        except ValueError:
            continue
        if isinstance(tree, dict):
            found.append(tree)
    return tuple(found)


def _first_item(listed: str) -> tuple[dict[str, object], ...]:
    """The first object of a JSON list, of which no more than the start may be here."""
    place = listed.find("{")
    try:
        found = json.JSONDecoder().raw_decode(listed, place)[0] if place > 0 else None
    except (ValueError, RecursionError):
        return ()
    return (found,) if isinstance(found, dict) else ()


def _members(file: File) -> tuple[str, ...]:
    found: list[str] = []
    try:
        if looks_like_zip(file):
            with file.open() as raw, open_zip(raw) as archive:
                return tuple(archive.namelist()[:_MOST_MEMBERS])
        with file.raw() as raw, open_tar(raw) as rolled:
            found.extend(member.name for member in islice(rolled, _MOST_MEMBERS))
    except (tarfile.ReadError, EOFError, zlib.error, gzip.BadGzipFile):
        pass  # neither a zip nor a tar, or its packing is damaged: reading says where
    except DAMAGED as error:
        raise InputInvalid(
            f"{file.label} cannot be unpacked ({without_names(str(error))}); export it again."
        ) from error
    return tuple(found)
