"""Canaries: a unique mark in every string of every payload we know, and a search that looks inside everything.

Each string field of each recorded or invented payload becomes a payload of its own in which that field carries a
mark shaped like what stood there: a handle, a DID, an address, a mail address, a phone number, a sentence. In a
second one the mark wears a disguise (tests/canary_disguises.py), another for each field. The search reads raw
bytes, what is packed in gzip, zip, zlib, base64 and UTF-16, every column of Parquet and DuckDB, takes disguises
off, and knows each mark's plain hashes: a hash without a key of a thing that can be guessed is that thing.
"""

from __future__ import annotations

import base64
import copy
import gzip
import hashlib
import io
import itertools
import json
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from girafe.records import Envelope
from tests.canary_disguises import BESIDE, DISGUISES, undisguised

PAYLOADS = Path(__file__).parent / "collectors" / "payloads"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MARK = "zqxcanary"
Wear = Callable[[str], str]
DIGITS = "9071"
_HASHES = ("md5", "sha1", "sha256", "sha512", "blake2b", "blake2s")


def envelopes() -> Iterator[Envelope]:
    """For each payload: with a mark in one string field after the other, plain and disguised, then in all at once."""
    disguises = itertools.cycle(DISGUISES.values())
    for file in sorted(PAYLOADS.glob("*.json")):
        case = json.loads(file.read_text())
        payloads = case["payloads"]
        if file.stem in BESIDE:
            payloads = [*payloads, {**payloads[0], **BESIDE[file.stem]}]
        for place, payload in enumerate(payloads):
            for number, path in enumerate(_strings(payload)):
                name = f"{place}x{number}x{_number(file)}"
                yield _envelope(case, file.stem, _marked(payload, [path], name))
                yield _envelope(case, file.stem, _marked(payload, [path], f"{name}d", next(disguises)))
            yield _envelope(
                case, file.stem, _marked(payload, list(_strings(payload)), f"{place}xall{_number(file)}")
            )


def _number(file: Path) -> int:
    return zlib.crc32(file.stem.encode()) % 1000


def _envelope(case: dict[str, Any], source: str, payload: Any) -> Envelope:
    return Envelope(
        source=case.get("source", source),
        platform=case["platform"],
        query="Ondine",
        fetched_at=NOW,
        run_id="canaries",
        collector_version="1",
        payload=payload,
        position="canaries.jsonl:1",
    )


def _strings(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, str):
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _strings(inner, (*path, key))


def _marked(payload: Any, paths: list[tuple[Any, ...]], name: str, wear: Wear = str) -> Any:
    marked = copy.deepcopy(payload)
    for number, path in enumerate(paths):
        holder = marked
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = mark(holder[path[-1]], f"{name}n{number}", wear)
    return marked


def mark(text: str, name: str, wear: Wear = str) -> str:
    """`text` with a mark of its own kind, so that it is still read as what it was; it may wear a disguise."""
    one = wear(f"{MARK}{name}")
    person = (
        f"@{one}handle {one}@canary.example +33 6 {DIGITS} {zlib.crc32(name.encode()) % 10**6:06d} {one} Nom"
    )
    if text.isdecimal():
        return f"{DIGITS}{zlib.crc32(name.encode()):010d}"
    if text.startswith("did:"):
        return f"did:plc:{one}"
    if re.match(r"\d{4}-\d\d-\d\d", text):
        return f"{text} {one}"  # a time is no time any more: to quarantine with it
    if "<" in text:
        return f"{text}<p>{person} <a href='https://a.example/@{one}'>{one}</a></p>"
    if "://" in text:
        # The one disguise in which an address stays one.
        return f"{text}/{one if wear is str else DISGUISES['percent'](MARK + name)}"
    return f"{text} {person}" if " " in text else f"{text}{one}"


def marks_of(found: list[Envelope]) -> set[str]:
    """Every word that carries a mark: handles, ids, mail addresses, numbers."""
    words: set[str] = set()
    for envelope in found:
        text = json.dumps(envelope.payload, ensure_ascii=False)
        for form in (text, undisguised(text)):
            words.update(re.findall(rf"[\w.@:+-]*{MARK}[\w.@:+-]*", form))
        words.update(re.findall(rf"{DIGITS}\d{{6,}}", text))
    return words


class Search:
    """Looks for marks, and for their plain hashes, in whatever it is given."""

    def __init__(self, marks: set[str], allowed: set[str] = frozenset()) -> None:  # type: ignore[assignment]
        """`allowed`: texts in which a mark is no person's, such as the address of an organisation's post."""
        self.allowed = (
            re.compile(b"|".join(re.escape(text.encode()) for text in sorted(allowed))) if allowed else None
        )
        self.hashes: dict[str, str] = {}
        for word in marks:
            for form in {word, word.lower(), word.removeprefix("@"), word.casefold().removeprefix("@")}:
                for kind in _HASHES:
                    digest = hashlib.new(kind, form.encode()).digest()
                    for size in {len(digest), 16, 20, 10, 8}:
                        self.hashes[digest[:size].hex()] = word
                        self.hashes[base64.b32encode(digest[:size]).decode().rstrip("=").lower()] = word
        plain = (MARK.encode(),)
        wide = [MARK.encode("utf-16-le")]
        # In base64 the first and last signs depend on the neighbours; those between do not.
        coded = [
            base64.b64encode(b" " * shift + MARK.encode())[
                (8 * shift + 5) // 6 : 8 * (shift + len(MARK)) // 6
            ]
            for shift in range(3)
        ]
        self.patterns = re.compile(b"|".join(map(re.escape, [*plain, *wide, *coded])), re.IGNORECASE)
        # As an id, or with the six digits of a telephone number: a PDF counts its bytes in numbers as well.
        self.numbers = re.compile(rb"(?<!\d)" + DIGITS.encode() + rb"(\d{10}| \d{6})(?!\d)")
        self.digests = re.compile(rb"(?<![0-9a-z])[0-9a-z]{13,128}(?![0-9a-z])")

    def in_bytes(self, content: bytes, depth: int = 3) -> str | None:
        """What was found, if anything; looks into what is packed."""
        if self.allowed is not None:
            content = self.allowed.sub(b"", content)
        for pattern in (self.patterns, self.numbers):
            hit = pattern.search(content)
            if hit:
                return content[max(0, hit.start() - 40) : hit.end() + 40].decode("utf-8", "replace")
        plain = undisguised(content.decode("utf-8", "replace"))
        if (place := plain.find(MARK)) >= 0:
            return f"disguised: {plain[max(0, place - 40) : place + 40]}"
        for token in set(self.digests.findall(content)):
            if token.decode() in self.hashes:
                return f"plain hash of {self.hashes[token.decode()]}"
        if depth == 0:
            return None
        return next(filter(None, (self.in_bytes(part, depth - 1) for part in _unpacked(content))), None)

    def in_file(self, path: Path) -> str | None:
        """What was found in a file: its bytes and, in Parquet and DuckDB, every value."""
        # Compression tears an allowed address apart, so of that table only the values are looked at.
        torn = self.allowed is not None and path.name == "organisation_links.parquet"
        found = None if torn else self.in_bytes(path.read_bytes())
        if found is None and path.suffix == ".parquet" and _is_whole(path):
            found = self.in_bytes(_written(pq.read_table(path).to_pylist()))
        if found is None and path.suffix == ".duckdb":
            found = self._in_duckdb(path)
        return found

    def _in_duckdb(self, path: Path) -> str | None:
        """Looks into a copy, with what its log holds: a killed writer leaves one."""
        with TemporaryDirectory() as folder:
            for file in (path, path.with_name(f"{path.name}.wal")):
                if file.exists():
                    shutil.copy(file, folder)
            return self._in_tables(Path(folder) / path.name)

    def _in_tables(self, path: Path) -> str | None:
        with duckdb.connect(str(path)) as connection:
            names = connection.execute(
                "select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE'"
            ).fetchall()
            for schema, name in names:
                rows = connection.execute(f'from "{schema}"."{name}"').fetchall()
                found = self.in_bytes(_written(rows))
                if found:
                    return f"{schema}.{name}: {found}"
        return None

    def in_folder(self, root: Path, *, but: set[str]) -> tuple[dict[str, str], int]:
        """What was found in which file, and how many were searched; top folders `but` are left out."""
        found, searched = {}, 0
        for path in sorted(root.rglob("*")):
            if path.is_symlink() or not path.is_file() or path.relative_to(root).parts[0] in but:
                continue
            searched += 1
            hit = self.in_file(path) or self.in_bytes(path.name.encode())
            if hit:
                found[str(path.relative_to(root))] = hit
        return found, searched


def _is_whole(path: Path) -> bool:
    """Whether a Parquet file has its end; of one a killed writer left only the bytes can be looked at."""
    try:
        pq.read_metadata(path)
    except (pa.ArrowInvalid, OSError):
        return False
    return True


def _written(values: Any) -> bytes:
    """Every value as text, invisible signs and all."""
    return json.dumps(values, ensure_ascii=False, default=str).encode("utf-8", "replace")


def _unpacked(content: bytes) -> Iterator[bytes]:
    if content.startswith(b"\x1f\x8b"):
        yield gzip.decompress(content)
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    if content.startswith(b"%PDF"):
        for stream in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
            try:
                yield zlib.decompressobj().decompress(stream)
            except zlib.error:
                continue
    for token in re.findall(rb"[A-Za-z0-9+/]{32,}={0,2}", content):
        try:
            inner = base64.b64decode(token[: len(token) // 4 * 4])
        except ValueError:
            continue
        if inner.startswith((b"\x1f\x8b", b"PK", b"%PDF")):
            yield inner
