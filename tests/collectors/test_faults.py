"""Every live source under every fault, over real sockets: each is named in source health, nothing lost or doubled."""

from __future__ import annotations

import random
import re
import tempfile
import threading
import time as real_time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.collect import OVERCOME, collect
from collectors.http import Http, Manners
from collectors.registry import PARSERS, SOURCES
from girafe.data_dir import DataDir
from girafe.errors import GirafeError
from girafe.records import Post
from girafe.settings import parse_settings
from tests.collectors.conftest import GOVERNANCE
from tests.collectors.worlds import NOW, WORLDS, encode
from warehouse.landing import landing_files, read_envelopes

PATIENCE = 10.0
"""Seconds the client waits for an answer; less only where an answer is to come too late."""
TOO_LATE = 0.3
NOT_A_FEED = "not a feed that can be read"
FAULTS = {
    # What the source's health must say; a login that fails says it in its own words.
    "429": r"status 429",
    "503": r"status 503",
    "timeout": r"no answer in time",
    "cut": r"the connection failed|truncated or malformed",
    "malformed": rf"truncated or malformed|no session|{NOT_A_FEED}|the connection failed",
    "html": rf"HTML page|{NOT_A_FEED}|the connection failed",
    "expired": r"refuses \(401\)|does not accept|status 401, then signed in anew",
}


class Platform:
    """A real server that plays the world of one source, and breaks as it is told to."""

    def __init__(self):
        self.world, self.mode, self.faults, self.asked = None, "", [], 0
        self.always, self.clock, self.skew = "", NOW, timedelta(0)
        platform = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = (
                True  # else each answer waits 40 ms for the client's word about its head
            )

            def do_GET(self):
                self.rfile.read(int(self.headers.get("content-length") or 0))
                platform.answer(self)

            do_POST = do_GET

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def be(self, source, *, mode="", faults=(), always=""):
        self.world, self.mode, self.faults, self.always = WORLDS[source], mode, list(faults), always
        self.asked, self.skew = 0, timedelta(0)

    def answer(self, handler):
        self.asked += 1
        fault = self.always or (self.faults.pop(0) if self.faults else "")
        body, headers, status = b"{}", {"content-type": "application/json"}, 200
        if fault in ("429", "503", "expired"):
            status = 401 if fault == "expired" else int(fault)
            headers |= {"retry-after": "2"} if fault == "429" else {}
        elif fault == "malformed":
            body = b'{"posts": [{"id": "1", "te'
        elif fault == "html":
            body, headers = (
                b"<!DOCTYPE html><html><body>Maintenance</body></html>",
                {"content-type": "text/html"},
            )
        else:
            parts = urlsplit(handler.path)
            body, headers = encode(self.world.answer(parts.path, dict(parse_qsl(parts.query)), self.mode))
        if fault == "timeout":
            real_time.sleep(2 * TOO_LATE)
        self._send(handler, status, headers, body, cut=fault == "cut")

    def _send(self, handler, status, headers, body, *, cut):
        try:
            handler.send_response_only(status)
            handler.send_header("date", format_datetime(self.clock + self.skew, usegmt=True))
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.send_header("content-length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body[: len(body) // 2] if cut else body)
            handler.close_connection = cut
        except (BrokenPipeError, ConnectionResetError):
            handler.close_connection = True


class ToLoopback(httpx.BaseTransport):
    """Whatever host is asked, the question goes to this machine, by a real socket."""

    def __init__(self, port):
        self.port, self.real = port, httpx.HTTPTransport()

    def handle_request(self, request):
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self.port)
        return self.real.handle_request(request)

    def close(self):
        self.real.close()


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    made = Platform()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def folder() -> Iterator[Path]:
    """In memory where there is such a place: hundreds of runs would otherwise wait for a disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as made:
        yield Path(made)


class Listener:
    """The real collector over days: one data directory, a clock that moves only when somebody waits."""

    def __init__(self, source, platform, folder, attempts=2, patience=PATIENCE):
        self.source, self.platform, self.world = source, platform, WORLDS[source]
        self.data, self.now = DataDir(Path(folder)), NOW
        self.attempts, self.patience = attempts, patience
        self.settings = parse_settings(
            f'[company]\nname = "Ondine"\n[[sources]]\nname = "{source}"\noptions = {{ {self.world.options} }}\n'
            + GOVERNANCE
        )

    def sleep(self, seconds):
        self.now += timedelta(seconds=seconds)

    def clock(self):
        self.platform.clock = self.now
        return self.now

    def run(self):
        self.now += timedelta(minutes=1)
        transport = ToLoopback(self.platform.server.server_address[1])
        with httpx.Client(transport=transport, timeout=self.patience) as client:
            http = Http(
                client=client, clock=self.clock, sleep=self.sleep, ticks=lambda: self.now.timestamp(),
                chance=random.Random(1).random, manners=Manners(attempts=self.attempts),
                allowed_hosts=frozenset(self.world.hosts),
            )  # fmt: skip
            return collect(
                self.source, "Ondine", settings=self.settings, data=self.data, http=http,
                secrets=dict(self.world.secrets),
            )  # fmt: skip

    def run_until_heard(self, tries=30):
        for _ in range(tries):
            try:
                report = self.run()
            except GirafeError:
                continue
            if not self.platform.faults and (
                not report.health_detail or report.health_detail.startswith(OVERCOME)
            ):
                return report
        raise AssertionError(f"{self.source} was not heard after {tries} tries")

    def records(self):
        return [orjson.loads(path.read_bytes()) for path in sorted(self.data.runs.glob("*/*.json"))]

    def posts(self):
        """The posts of each landing file, and all of them as load would count them: once per id."""
        files = [
            [
                record.post_id
                for envelope in read_envelopes(path)
                for record in PARSERS[envelope.source](envelope)
                if isinstance(record, Post)
            ]
            for path in landing_files(self.data.landing)
        ]
        return files, {name for file in files for name in file}

    def check_whole(self):
        files, found = self.posts()
        assert found == {self.world.ids(n) for n in range(self.world.count)}
        for file in files:
            assert len(file) == len(set(file)), "a post landed twice in one run"


def test_every_live_source_has_a_world():
    assert set(WORLDS) == set(SOURCES)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("source", WORLDS)
def test_a_fault_that_lasts_is_named_in_source_health_and_costs_nothing(platform, folder, source, fault):
    listener = Listener(source, platform, folder, patience=TOO_LATE if fault == "timeout" else PATIENCE)
    platform.be(source, always=fault)
    with pytest.raises(GirafeError) as raised:
        listener.run()
    [record] = listener.records()
    assert record["health"] == "blind"
    assert re.search(FAULTS[fault], record["health_detail"]), record["health_detail"]
    assert str(raised.value) in record["health_detail"]
    assert platform.asked <= 12, "it went on asking"
    listener.patience = PATIENCE
    platform.be(source)
    listener.run_until_heard()
    listener.check_whole()


def questions_of(source, platform, folder):
    """How many questions a run asks, in the order in which it always asks them."""
    platform.be(source)
    Listener(source, platform, folder).run_until_heard()
    return platform.asked


def broken_at(number, fault, source, platform, folder, attempts):
    """A run in which question `number` fails; the fault is named, and the next run brings what is missing."""
    listener = Listener(source, platform, folder, attempts=attempts)
    listener.patience = TOO_LATE if fault == "timeout" else PATIENCE
    platform.be(source, faults=[""] * number + [fault])
    with suppress(GirafeError):
        listener.run()
    if not platform.faults:  # with the first feed unread there may be no second question
        told = " ".join(listener.records()[0][name] for name in ("health_detail", "limits"))
        assert re.search(FAULTS[fault], told), (number, fault, told)
    listener.patience = PATIENCE
    listener.run_until_heard()
    listener.check_whole()


@pytest.mark.parametrize("source", WORLDS)
def test_a_fault_at_any_question_is_named_and_loses_and_doubles_nothing(platform, folder, source):
    questions = questions_of(source, platform, folder / "clean")
    for number in range(questions):
        fault = ("503", "html", "cut", "expired", "malformed", "429")[number % 6]
        # Without a second try each fault ends the run; with one it is got past, and named all the same.
        broken_at(number, fault, source, platform, folder / str(number), attempts=1 + number % 2)


@pytest.mark.slow
@pytest.mark.parametrize("attempts", [1, 2])
@pytest.mark.parametrize("source", WORLDS)
def test_every_fault_at_every_question_is_named_and_loses_and_doubles_nothing(
    platform, folder, source, attempts
):
    for number in range(questions_of(source, platform, folder / "clean")):
        for fault in FAULTS:
            broken_at(number, fault, source, platform, folder / f"{number}-{fault}", attempts)


@pytest.mark.parametrize("mode", ["loop", "hollow", "deaf"])
@pytest.mark.parametrize("source", [name for name, world in WORLDS.items() if world.turns_pages])
def test_paging_that_goes_round_or_leads_nowhere_ends_and_is_named(platform, folder, source, mode):
    listener = Listener(source, platform, folder)
    platform.be(source, mode=mode)
    with pytest.raises(GirafeError):
        listener.run()
    assert platform.asked < 12
    told = {
        "loop": "repeated its cursor",
        "hollow": "empty pages in a row",
        "deaf": "repeated pages in a row",
    }[mode]
    assert told in listener.records()[0]["health_detail"]
    platform.be(source)
    listener.run_until_heard()
    listener.check_whole()


@pytest.mark.parametrize("mode", ["loop", "hollow"])
@pytest.mark.parametrize("source", [name for name, world in WORLDS.items() if not world.turns_pages])
def test_numbered_pages_that_repeat_or_are_empty_end_too(platform, folder, source, mode):
    listener = Listener(source, platform, folder)
    platform.be(source, mode=mode)
    with suppress(GirafeError):
        listener.run()
    assert platform.asked < 60
    assert listener.records()
    platform.be(source)
    listener.run_until_heard()
    listener.check_whole()


@pytest.mark.parametrize("source", WORLDS)
def test_a_clock_that_is_wrong_is_named(platform, folder, source):
    listener = Listener(source, platform, folder)
    platform.be(source)
    platform.skew = timedelta(hours=-2)
    assert "clock of this machine is 7" in listener.run().health_detail
    listener.check_whole()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    source=st.sampled_from(sorted(WORLDS)),
    faults=st.lists(
        st.sampled_from(["", "", "429", "503", "cut", "malformed", "html", "expired"]), max_size=14
    ),
    attempts=st.integers(1, 3),
)
def test_any_interleaving_of_pages_retries_and_restarts_yields_each_post_once(
    platform, source, faults, attempts
):
    with tempfile.TemporaryDirectory() as folder:
        listener = Listener(source, platform, folder, attempts=attempts)
        platform.be(source, faults=faults)
        assert listener.run_until_heard(tries=40).health == "heard"
        listener.check_whole()
