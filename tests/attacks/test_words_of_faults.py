# ruff: noqa: E501 (tables are wide)
"""Attacks on what faults say: whoever is named by a value, a sheet, a member or a server's goodbye is not passed on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from websockets.sync.server import serve

from collectors.http import Http
from collectors.outward import outward_client
from collectors.stream import frames
from girafe.errors import InputInvalid, SourceUnavailable
from girafe.records import Envelope, Rejected
from nlp.classify import parse
from tests.imports.landing import Imported
from tests.imports.made import lines, table, workbook, zipped

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MARK = "Zorvenka Quill"
HEADER = ["platform", "post_id", "created_at", "text", "account_id", "display_name"]
ROW = ["forum", "1", "2026-11-20", "Ondine", "7", "Ada"]
X = {"rest_id": "1", "legacy": {"created_at": MARK, "full_text": "Ondine", "user_id_str": "7"}}


def seen(when: object, platform: object) -> dict[str, object]:
    return {"source_platform": platform, "timestamp_collected": when, "data": X}


FILES = {
    "a time of an X archive": zipped(
        {"data/tweets.js": f'window.YTD.tweets.part0 = [{{"tweet": {{"id_str": "1", "full_text": "x", "created_at": "{MARK}"}}}}]'}
    ),
    "a time of a capture": lines(seen(1793000000000, "x.com")),
    "a platform of a capture": lines(seen(1793000000000, MARK)),
    "a column of names taken for platforms": table([HEADER, [MARK + "!", *ROW[1:]]]),
    "an id that a spreadsheet rounded": table([HEADER, [*ROW[:4], "1.790077007E+18", "Ada"], [*ROW[:4], "7900770077007700770", "Ada"]]),
    "sheets": workbook({MARK: [["a", "b"], [1, 2]], f"{MARK} 2": [HEADER, ["a b", *ROW[1:]]]}),
    "a member": zipped({f"{MARK}.csv": table([HEADER, ["a b", *ROW[1:]]])}),
    "members nobody can choose from": zipped({f"{MARK}.csv": "a,b\n1,2", f"{MARK} 2.csv": "a,b\n1,2"}),
    "an archive in an archive": zipped({f"{MARK}.zip": b"PK\x03\x04"}),
    "a sheet that is broken": workbook({"a": [HEADER, ROW]}).replace(b"sheet1", b"Zorven"),
}  # fmt: skip


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_no_value_and_no_name_inside_a_file_is_shown_by_what_an_import_says(
    content: bytes, land: Callable[..., Imported]
) -> None:
    try:
        left = land(content, name="export")
    except InputInvalid as refusal:
        said = str(refusal)
    else:
        shown = [(item.detail, item.position, item.platform, item.reason) for item in left.rejected]
        said = f"{left.report.summary} {left.report.details} {shown}"
        assert left.rejected or left.report.notes
    assert not [word for word in ("zorven", "79007700") if word in said.casefold()]


def test_a_parser_that_fails_says_where_and_not_on_what() -> None:
    def failing(envelope: Envelope) -> Iterator[Any]:
        yield int(envelope.payload["author"])

    envelope = Envelope(source="x", platform="x", query="", fetched_at=NOW, run_id="r", collector_version="1",
                        payload={"author": MARK})  # fmt: skip
    found = parse(envelope, {"x": failing})
    assert isinstance(found, Rejected)
    assert "ValueError, test_words_of_faults.py:" in found.detail
    assert MARK not in found.detail


def test_what_a_stream_says_at_parting_is_not_passed_on() -> None:
    with serve(lambda socket: socket.close(1008, f"{MARK} is suspended"), "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        place = f"127.0.0.1:{server.socket.getsockname()[1]}"
        http = Http(client=outward_client(), clock=lambda: NOW, sleep=lambda seconds: None, ticks=time.monotonic,
                    chance=lambda: 0.0, allowed_hosts=frozenset({place}))  # fmt: skip
        with pytest.raises(SourceUnavailable, match="code 1008") as fault:
            list(frames(f"ws://{place}/", http))
        server.shutdown()
    assert "Zorven" not in str(fault.value)
