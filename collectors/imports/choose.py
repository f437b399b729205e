"""Which format a file has: recognised from its content, or named by the person who imports it."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from pathlib import Path

from collectors.imports.archive import is_litter, looks_like_zip
from collectors.imports.contract import File, Format, Head
from collectors.imports.head import read_head
from collectors.imports.mapped import Mapped
from collectors.imports.mapping import read_mapping
from collectors.imports.table import refuse_other_kinds
from collectors.registry import FORMATS
from girafe.errors import InputInvalid

_TABLES_AND_LINES = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".parquet", ".jsonl", ".ndjson", ".json")
_ARCHIVES = (".zip", ".tar.gz", ".tgz", ".tar", ".gz", ".7z", ".rar")


def unwrapped(file: File) -> File:
    """What a zip holds, where that is a single table or file of lines: tools and mails pack those, too."""
    if not looks_like_zip(file):
        return file
    head = read_head(file)
    inner = _files(head)
    if len(inner) != 1 or not inner[0].lower().endswith(_TABLES_AND_LINES):
        return file
    alone = replace(file, member=inner[0])
    claiming = {name for name, reader in FORMATS.items() if reader.recognises(head)}
    if claiming:
        # An archive is known by the names in it, and posts.csv may be anybody's: its columns say whose.
        known = read_head(alone)
        by_content = {name for name, reader in FORMATS.items() if reader.recognises(known)}
        if not by_content or claiming & by_content:
            return file
    return alone


_PACKED = {
    "xz": rb"\xfd7zXZ\x00",
    "Zstandard (zst)": rb"\x28\xb5\x2f\xfd",
    "bzip2": rb"BZh[1-9]1AY&",
    "7-Zip": rb"7z\xbc\xaf\x27\x1c",
    "RAR": rb"Rar!\x1a\x07",
    "LZ4": rb"\x04\x22\x4d\x18",
}
"""What girafe does not unpack, and how a file begins that it packed."""


def refuse_packed(file: File) -> None:
    """Raises InputInvalid for a file packed in a way girafe does not unpack, whatever it is called."""
    try:
        with file.open() as stream:
            start = stream.read(8)
    except (OSError, EOFError, zlib.error):
        return  # reading says where it is damaged
    for packer, beginning in _PACKED.items():
        if re.match(beginning, start):
            raise InputInvalid(f"{file.label} is packed with {packer}: unpack it and import what is in it.")


def _files(head: Head) -> list[str]:
    return [name for name in head.members if not name.endswith("/") and not is_litter(name)]


def choose_format(name: str, file: File) -> Format:
    """The reader of `file`: by content for `auto`, a mapping file for `*.toml`, else the format named."""
    if name.endswith(".toml"):
        return Mapped(read_mapping(Path(name)))
    if name != "auto":
        if name not in FORMATS:
            raise InputInvalid(f"{name!r} is not a format; known are {', '.join(sorted(FORMATS))}.")
        return FORMATS[name]
    head = read_head(file)
    for reader in FORMATS.values():
        if reader.recognises(head):
            return reader
    if _looks_like_lines(head):
        return FORMATS["girafe_jsonl"]
    if not head.members:
        refuse_other_kinds(file)
    raise InputInvalid(_not_recognised(file, head))


def _looks_like_lines(head: Head) -> bool:
    """A JSON Lines file whose first lines are all damaged is still worth reading on."""
    return head.name.endswith((".jsonl", ".ndjson")) or head.start.lstrip().startswith("{")


def _not_recognised(file: File, head: Head) -> str:
    if any(name.lower().endswith(_ARCHIVES) for name in head.members):
        return f"{file.label} holds an archive inside: unpack it and import what is in it."
    if packed := [name for name in _files(head) if name.lower().endswith(_TABLES_AND_LINES)]:
        return f"{file.label} holds {len(packed)} files: unpack it and import them."
    if any(len([cell for cell in row if cell]) > 1 for row in head.rows):
        return (
            f"{file.label} is a table, but of no export girafe knows. Write a mapping for it with "
            f"`girafe import {file.label} --suggest-mapping`, or name its format with --format "
            "(`girafe formats` lists them)."
        )
    return (
        f"{file.label}: no known format recognised. `girafe formats` lists what can be read; "
        "docs/formats.md describes each."
    )
