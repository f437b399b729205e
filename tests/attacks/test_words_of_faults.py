# ruff: noqa: E501 (tables are wide)
"""Attacks on what faults say: whoever is named by a value, a sheet, a member or a server's goodbye is not passed on."""

from __future__ import annotations

import io
import logging
import re
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.server import serve

from collectors.http import Http
from collectors.outward import outward_client
from collectors.refusals import without_names
from collectors.stream import frames
from girafe.errors import AccessDenied, InputInvalid, SourceUnavailable
from girafe.records import Envelope, Rejected
from nlp.classify import parse
from tests.imports.landing import Imported
from tests.imports.made import lines, table, workbook, zipped
from tests.loopback import serving

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


PROPERTIES = f"""<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
 xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"><property pid="2"
 fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" name="{MARK}"><vt:cy>1</vt:cy></property></Properties>"""
TYPE = ('<Override PartName="/docProps/custom.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.custom-properties+xml"/></Types>')  # fmt: skip
AREA = (
    f'<definedNames><definedName name="_xlnm.Print_Area" localSheetId="0">{MARK}</definedName></definedNames>'
)


def test_what_a_library_warns_of_in_a_workbook_is_not_heard(tmp_path: Path) -> None:
    parts = dict(unzipped(workbook({"a": [HEADER, ROW]})))
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", TYPE.encode())
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"<definedNames/>", AREA.encode())
    file = tmp_path / "a.xlsx"
    file.write_bytes(zipped({**parts, "docProps/custom.xml": PROPERTIES}))
    said = subprocess.run(
        [sys.executable, "-W", "always", "-m", "girafe", "import", str(file), "--data", str(tmp_path / "data")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "1 forum landed" in said.stderr
    assert "Zorven" not in said.stderr + said.stdout


def unzipped(content: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        yield from ((name, packed.read(name)) for name in packed.namelist())


def test_a_parser_that_fails_says_where_and_not_on_what() -> None:
    def failing(envelope: Envelope) -> Iterator[Any]:
        yield int(envelope.payload["author"])

    envelope = Envelope(source="x", platform="x", query="", fetched_at=NOW, run_id="r", collector_version="1",
                        payload={"author": MARK})  # fmt: skip
    found = parse(envelope, {"x": failing})
    assert isinstance(found, Rejected)
    assert "ValueError, test_words_of_faults.py:" in found.detail
    assert MARK not in found.detail


class Quiet(BaseHTTPRequestHandler):
    def log_message(self, *arguments: Any) -> None:
        """Keeps quiet."""


@contextmanager
def streaming(*said: str, goodbye: str = "") -> Iterator[str]:
    def serve_one(socket: Any) -> None:
        for words in said:
            socket.send(words)
        socket.close(1008, goodbye)

    with serve(serve_one, "127.0.0.1", 0, ping_interval=None) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.socket.getsockname()[1]}"
        server.shutdown()


def polite(place: str) -> Http:
    return Http(client=outward_client(), clock=lambda: NOW, sleep=lambda seconds: None, ticks=time.monotonic,
                chance=lambda: 0.0, allowed_hosts=frozenset({place}))  # fmt: skip


def test_what_a_stream_says_at_parting_is_not_passed_on() -> None:
    with (
        streaming(goodbye=f"{MARK} is suspended") as place,
        pytest.raises(SourceUnavailable, match="code 1008") as fault,
    ):
        list(frames(f"ws://{place}/", polite(place)))
    assert "Zorven" not in str(fault.value)


def test_at_level_debug_no_log_shows_what_a_server_answers(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever looks for a fault turns the level up, and Airflow keeps what is logged then."""

    class Named(Quiet):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Link", "<https://a.example/@Zorvenka>; rel=next")
            self.send_header("Set-Cookie", "who=Zorvenka")
            self.end_headers()
            self.wfile.write(b"Zorvenka")

    caplog.set_level(logging.DEBUG)
    with serving(Named) as url:
        assert polite(url.removeprefix("http://")).get(f"{url}/@Zorvenka").body == b"Zorvenka"
    with streaming("Zorvenka") as place, pytest.raises(SourceUnavailable):
        assert "Zorvenka" in list(frames(f"ws://{place}/", polite(place)))
    ours = [line for line in caplog.records if not line.name.startswith("websockets.server")]
    assert not [line.name for line in ours if "Zorven" in line.getMessage()]


@pytest.mark.parametrize("library", ["snscrape.modules.telegram", "snscrape.base"])
def test_a_library_that_quotes_posts_in_its_warnings_is_not_heard(
    library: str, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger(library).warning("Possibly incorrect URL: %s", MARK)
    assert MARK not in caplog.text


@pytest.mark.parametrize(
    "target",
    [
        "https://Zorvenka.internal/",
        "https://zorvenka.invalid:8443/a",
        "http://zorvenka.example/",
        "https://zorvénka.lan/",
    ],
)
def test_of_a_host_to_which_one_is_sent_on_the_name_is_not_told(target: str) -> None:
    """Many a person has a domain, and what is said of a fault is published."""

    class Sending(Quiet):
        def do_GET(self) -> None:
            self.send_response(302)
            self.send_header("Location", target.encode().decode("latin-1"))
            self.end_headers()

    with serving(Sending) as url, pytest.raises((AccessDenied, SourceUnavailable)) as fault:
        polite(url.removeprefix("http://")).get(url)
    assert str(fault.value).startswith(f"{url.removeprefix('http://')} sends on to another host: ")
    assert not [word for word in ("zorv", "xn--") if word in str(fault.value).casefold()]


@pytest.mark.parametrize(
    "number",
    [
        "06 12 34 56 78",
        "06.12.34.56.78",
        "+33 6 12 34 56 78",
        "33-6-12-34-56-78",
        "(202) 555-0199",
        "0612 345 678",
    ],
)
def test_short_numbers_in_a_row_are_a_telephone_number(number: str) -> None:
    assert not re.search(r"\d\d", without_names(f"user suspended ( {number} )"))


@pytest.mark.parametrize("number", ["429", "2026-11-20", "10.0.0.17", "3 600", "2026-11-20 12:30:00"])
def test_a_status_a_day_and_an_address_are_none(number: str) -> None:
    assert without_names(f"limit reached {number}") == f"limit reached {number}"
