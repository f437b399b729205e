"""A small file that unpacks without end is read so far and no further, and says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from collectors.imports import unpacked
from tests.imports.landing import Imported
from tests.imports.made import gz, lines, table, zipped

Land = Callable[..., Imported]

COUNT = 20_000
POST = {
    "platform": "forum", "created_at": "2026-11-02T09:30:00Z", "text": "Ondine " * 20, "author": {"handle": "u"},
}  # fmt: skip
LINES = lines(*({**POST, "post_id": f"p{number}"} for number in range(COUNT)))
ROWS = table(
    [
        ["platform", "post_id", "created_at", "text", "handle"],
        *(["forum", f"p{number}", "2026-11-02T09:30:00Z", "Ondine " * 20, "u"] for number in range(COUNT)),
    ]
)


@pytest.mark.parametrize(("name", "content"), [("lines.jsonl", LINES), ("rows.csv", ROWS)])
@pytest.mark.parametrize("packed", ["zip", "gz"])
def test_what_unpacks_to_more_than_an_export_is_read_up_to_there(
    land: Land, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, packed: str
) -> None:
    """The same words over and over, as a bomb has them, at a limit a thousandth of the real one."""
    monkeypatch.setattr(unpacked, "LARGEST_TOTAL", 1024 * 1024)
    monkeypatch.setattr(unpacked, "_MOST_TIMES_LARGER", 10)
    small = gz(content) if packed == "gz" else zipped({name: content})
    assert len(small) * 10 < len(content)
    done = land(small, f"{name}.{packed}")
    [bad] = done.rejected
    assert "no export does" in bad.detail
    assert 0 < len(done.posts) < COUNT
