"""A zip around one file: locked, damaged, packed twice or named like another's, it is read or refused in words."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from girafe.errors import InputInvalid
from tests.imports.landing import Imported
from tests.imports.made import gz, lines, table, zipped

Land = Callable[..., Imported]

ROWS = [
    ["platform", "post_id", "created_at", "text", "handle"],
    *(["forum", f"p{number}", "2026-11-02T09:30:00Z", "Ondine", f"u{number}"] for number in range(300)),
]
POSTS = [
    {"platform": "forum", "post_id": f"p{number}", "created_at": "2026-11-02T09:30:00Z", "text": "Ondine " * 9,
     "author": {"handle": f"u{number}"}}
    for number in range(3000)
]  # fmt: skip
INSIDE = {"lines.jsonl": lines(*POSTS), "rows.csv": table(ROWS), "Shares.csv": table([["Date", "ShareLink"]])}


def marked(
    archive: bytes, *, flag: int | None = None, method: int | None = None, crc: int | None = None
) -> bytes:
    """The archive with other words about each of its files, in both places where they stand."""
    found = bytearray(archive)
    for mark, flag_at, method_at, crc_at in ((b"PK\x03\x04", 6, 8, 14), (b"PK\x01\x02", 8, 10, 16)):
        place = found.find(mark)
        while place >= 0:
            for at, value, size in ((flag_at, flag, 2), (method_at, method, 2), (crc_at, crc, 4)):
                if value is not None:
                    found[place + at : place + at + size] = value.to_bytes(size, "little")
            place = found.find(mark, place + 4)
    return bytes(found)


@pytest.mark.parametrize("name", INSIDE)
@pytest.mark.parametrize("packed", [bytes, gz], ids=["zip", "gzip of a zip"])
@pytest.mark.parametrize(
    "words",
    [{"flag": 1}, {"flag": 0x41}, {"method": 9}, {"method": 99}, {"method": 93}],
    ids=["a password", "strong encryption", "Deflate64", "AES", "Zstandard"],
)
def test_what_cannot_be_unpacked_is_refused_in_words(
    land: Land, name: str, packed: Callable[[bytes], bytes], words: dict[str, int]
) -> None:
    with pytest.raises(InputInvalid, match="cannot be unpacked") as refused:
        land(packed(marked(zipped({name: INSIDE[name]}), **words)), "export.zip")
    assert name not in str(refused.value)


@pytest.mark.parametrize("name", ["lines.jsonl", "rows.csv"])
@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_damage_in_the_middle_costs_no_line_before_it_or_is_said(land: Land, name: str, method: int) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        archive.writestr(name, INSIDE[name] * (1 if name == "lines.jsonl" else 40))
    damaged = bytearray(content.getvalue())
    damaged[len(damaged) * 2 // 3] ^= 0xFF
    if method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        found = land(bytes(damaged), "export.zip")
        assert found.posts
        assert found.report.rejected["file_damaged"] == 1
    else:  # unpacked as one block: nothing comes before the damage
        with pytest.raises(InputInvalid, match="cannot be unpacked"):
            land(bytes(damaged), "export.zip")


@pytest.mark.parametrize("name", ["lines.jsonl", "rows.csv"])
def test_a_zip_inside_a_gzip_is_unpacked_too(land: Land, name: str) -> None:
    assert len(land(gz(zipped({name: INSIDE[name]})), "export.zip.gz").posts) >= 300


@pytest.mark.parametrize("name", ["posts.csv", "Comments.csv", "experience.csv"])
def test_a_table_that_is_called_like_one_of_linkedins_is_read_as_what_it_is(land: Land, name: str) -> None:
    found = land(zipped({name: INSIDE["rows.csv"]}), "export.zip")
    assert found.report.format == "girafe_table"
    assert len(found.posts) == 300
