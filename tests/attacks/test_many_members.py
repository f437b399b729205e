"""Attacks by count: archives whose lists are larger than what they hold."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile

import pytest

from collectors.imports.zips import open_zip
from girafe.errors import InputInvalid
from tests.attacks.test_more_files import MASTODON
from tests.imports.made import zipped


def listing(names: int, *, length: int = 60_000, far: bool = False, comment: bytes = b"") -> bytes:
    """A zip whose list of contents has `names` entries of `length` bytes, all over one small body."""
    body = zipped(MASTODON)
    start = body.index(b"PK\x01\x02")
    kept = body[start : body.rindex(b"PK\x05\x06")]
    fields = struct.unpack("<4sHHHHHHIIIHHHHHII", kept[:46])
    listed = bytearray(kept)
    for number in range(names):
        name = (b"media/%07d-" % number).ljust(length, b"x")
        listed += struct.pack("<4sHHHHHHIIIHHHHHII", *fields[:10], len(name), 0, 0, *fields[13:]) + name
    end = len(body[:start]) + len(listed)
    count = names + len(MASTODON)
    near = (min(count, 0xFFFF), min(count, 0xFFFF), len(listed), start)
    tail = b""
    if far:
        tail = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, len(listed), start)
        tail += struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
        near = (0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
    tail += struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, *near, len(comment)) + comment
    return bytes(body[:start] + listed + tail)


FORMS = {"near": {}, "far": {"far": True}, "with a comment": {"comment": b"no more than that"}}


@pytest.mark.parametrize("form", FORMS)
def test_a_zip_is_read_as_long_as_its_list_is_not_absurd(land, form):
    content = listing(100, length=40, **FORMS[form])
    assert len(zipfile.ZipFile(io.BytesIO(content)).namelist()) == 102
    assert len(land(content, "archive.zip").posts) == 1


@pytest.mark.parametrize("form", ["near", "far"])
def test_a_zip_with_an_absurd_list_is_refused_before_the_list_is_read(land, form):
    content = listing(600, **FORMS[form])
    with pytest.raises(zipfile.BadZipFile, match="list of contents"):
        open_zip(io.BytesIO(content))
    with pytest.raises(InputInvalid):
        land(content, "archive.zip")
    for name in ("x_archive", "mastodon_archive", "linkedin_export"):
        with pytest.raises(InputInvalid):
            land(content, "archive.zip", format=name)


def test_a_tar_of_many_more_members_than_any_export_has_is_given_up(land):
    """Packed, an empty member takes a byte or two, and a thousand in memory: two megabytes would fill two gigabytes."""
    rolled = b""
    for name, text in MASTODON.items():
        member = tarfile.TarInfo(name)
        member.size = len(text)
        rolled += member.tobuf() + text.encode().ljust(-(-len(text) // 512) * 512, b"\0")
    empty = tarfile.TarInfo("media/x").tobuf()
    assert len(land(rolled + empty * 1_000, "archive.tar").posts) == 1
    with pytest.raises(InputInvalid):
        land(rolled + empty * 100_001, "another.tar")
