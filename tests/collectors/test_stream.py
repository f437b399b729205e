"""Deletions as they happen: Jetstream and the firehose, from a real websocket on this machine."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import cbor2
import httpx
import orjson
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

from collectors import gone
from collectors.contract import Watch
from collectors.cursors import cursor_path, read_cursors
from collectors.registry import SOURCES
from collectors.sources.bluesky_stream import changes
from girafe.records import Deletion, Envelope
from tests.collectors.landed import landed
from warehouse.landing import landing_files, landing_path, write_envelopes

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LATER = 120
"""Minutes after NOW at which every stream ends."""


def uri(did, key):
    return f"at://did:plc:{did}/app.bsky.feed.post/{key}"


def view(did, key):
    return {"uri": uri(did, key), "author": {"did": f"did:plc:{did}", "handle": "a.example"},
            "indexedAt": "2026-11-20T08:00:00Z",
            "record": {"text": "Ondine", "createdAt": "2026-11-20T08:00:00Z"}}  # fmt: skip


def micros(when):
    return int(when.timestamp() * 1_000_000)


def jetstream_event(did, minutes_ago, **more):
    return json.dumps(
        {"did": f"did:plc:{did}", "time_us": micros(NOW - timedelta(minutes=minutes_ago)), **more}
    )


def deletion(did, key, minutes_ago, collection="app.bsky.feed.post"):
    commit = {"operation": "delete", "collection": collection, "rkey": key, "rev": "3k"}
    return jetstream_event(did, minutes_ago, kind="commit", commit=commit)


def account(did, minutes_ago, **state):
    return jetstream_event(did, minutes_ago, kind="account", account={"did": f"did:plc:{did}", **state})


def firehose_frame(kind, seq, minutes_ago, **body):
    time = (NOW - timedelta(minutes=minutes_ago)).isoformat().replace("+00:00", "Z")
    return cbor2.dumps({"op": 1, "t": kind}) + cbor2.dumps({"seq": seq, "time": time, **body})


class Stream:
    """A websocket server that sends `frames` to whoever comes, and remembers what was asked."""

    def __init__(self, frames, *, breaks=False, end=None):
        self.end = end or jetstream_event("zoe", -LATER, kind="identity")
        self.frames, self.breaks, self.asked, self.hellos = frames, breaks, [], []

    def __call__(self, socket):
        self.asked.append(parse_qs(urlsplit(socket.request.path).query))
        if "requireHello" in self.asked[-1]:
            self.hellos.append(orjson.loads(socket.recv()))
        with suppress(ConnectionClosed):
            for frame in self.frames:
                socket.send(frame)
        if self.breaks:
            socket.close(1011)
            return
        with suppress(ConnectionClosed):
            socket.send(self.end)  # written after the round began: it has caught up
        for _ in socket:
            pass


@contextmanager
def serving(stream):
    with serve(stream, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        server.shutdown()


@pytest.fixture
def recheck(client_for, data, settings_with):
    """One round over three landed posts, all of which the server still shows."""
    shown = [view("ada", "1"), view("ada", "2"), view("bo", "3")]

    def pds(request):
        if request.method == "POST":
            return httpx.Response(200, json={"accessJwt": "t"})
        return httpx.Response(200, json={"posts": shown})

    def go(address):
        if not landing_files(data.landing):
            envelopes = [
                Envelope(source="bluesky", platform="bluesky", query="Ondine", fetched_at=NOW - timedelta(days=1),
                         run_id="r", collector_version="1", payload=payload)
                for payload in shown
            ]  # fmt: skip
            write_envelopes(landing_path(data.landing, "bluesky", NOW, "r"), envelopes)
        options = f'service = "https://pds.example", stream = "{address}", stream_idle = 20'
        return gone.look_up_gone(
            "bluesky", settings=settings_with(f'[[sources]]\nname = "bluesky"\noptions = {{ {options} }}'),
            data=data, http=client_for(pds, "pds.example"), sources=SOURCES,
            secrets={"BLUESKY_HANDLE": "h", "BLUESKY_APP_PASSWORD": "p"},
        )  # fmt: skip

    return go


def found(data):
    return {record.post_id or record.account_id for record in landed(data) if isinstance(record, Deletion)}


def test_a_deleted_post_is_named_and_those_of_strangers_are_not_kept(recheck, data):
    stream = Stream([deletion("ada", "2", 9), deletion("zoe", "9", 8), deletion("ada", "1", 7, "app.bsky.graph.follow"),
                     jetstream_event("ada", 6, kind="identity")])  # fmt: skip
    with serving(stream) as address:
        report = recheck(f"{address}/subscribe")
    assert report.gone == 1
    assert found(data) == {uri("ada", "2")}
    # Only the accounts that lie in landing are asked for, through the socket.
    [hello] = stream.hellos
    assert hello["payload"]["wantedDids"] == ["did:plc:ada", "did:plc:bo"]


def test_an_account_that_is_gone_takes_all_its_posts_with_it(recheck, data):
    with serving(Stream([account("ada", 5, active=False, status="deleted")])) as address:
        recheck(f"{address}/subscribe")
    assert found(data) == {uri("ada", "1"), uri("ada", "2"), "did:plc:ada"}


@pytest.mark.parametrize("state", [{"active": True}, {"active": False, "status": "throttled"}])
def test_a_server_in_trouble_is_no_wish_of_a_person(recheck, data, state):
    with serving(Stream([account("ada", 5, **state)])) as address:
        recheck(f"{address}/subscribe")
    assert found(data) == set()


def test_the_next_round_goes_on_a_moment_before_where_the_last_one_ended(recheck, data, time):
    first = Stream([deletion("zoe", "1", 30), deletion("zoe", "2", 20)])
    with serving(first) as address:
        recheck(f"{address}/subscribe")
        time.now += timedelta(hours=1)
        recheck(f"{address}/subscribe")
    started, again = (int(asked["cursor"][0]) for asked in first.asked)
    assert started < micros(NOW - timedelta(hours=23))
    assert again == micros(NOW + timedelta(minutes=LATER) - timedelta(seconds=5))


def test_a_round_ends_when_it_has_caught_up_however_much_follows(recheck, data):
    endless = (deletion("zoe", str(n), 10 - n) for n in range(10_000))
    with serving(Stream(endless)) as address:
        recheck(f"{address}/subscribe")
    [cursor] = read_cursors(cursor_path(data, "bluesky", "(recheck)")).values()
    assert int(cursor.memory["stream"].split()[1]) == micros(NOW)


@pytest.mark.parametrize(
    "frame", ["not json", b"\x00\x01", "{}", '{"time_us": "x"}', '{"time_us": 99999999999999999999}']
)
def test_a_frame_that_cannot_be_read_stops_nothing(recheck, data, frame):
    with serving(Stream([frame, deletion("ada", "2", 9)])) as address:
        recheck(f"{address}/subscribe")
    assert found(data) == {uri("ada", "2")}


def test_frames_that_cannot_be_read_are_told_once_however_many_come(client_for):
    watch = Watch(query="", origin="https://pds.example")
    with serving(Stream(["{"] * 500)) as address:
        http = client_for(lambda _: httpx.Response(404), address.removeprefix("ws://"))
        assert list(changes(watch, f"{address}/subscribe", ["did:plc:ada"], http)) == []
    [told] = watch.limits
    assert "a frame could not be read" in told


def test_a_stream_that_breaks_off_is_named_and_the_look_up_goes_on(recheck, data):
    with serving(Stream([deletion("ada", "2", 9)], breaks=True)) as address:
        report = recheck(f"{address}/subscribe")
    assert (report.looked_up, report.gone) == (3, 1)
    [record] = [orjson.loads(path.read_bytes()) for path in data.runs.glob("*/*.json")]
    assert "broke the stream off" in record["limits"]


def test_a_stream_that_is_not_there_is_named(recheck, data):
    report = recheck("ws://127.0.0.1:9/subscribe")
    assert report.gone == 0
    [record] = [orjson.loads(path.read_bytes()) for path in data.runs.glob("*/*.json")]
    assert "stream could not be read" in record["limits"]


def test_the_firehose_says_the_same_in_cbor(recheck, data):
    ops = [{"action": "delete", "path": "app.bsky.feed.post/1", "cid": None},
           {"action": "create", "path": "app.bsky.feed.post/2", "cid": None}]  # fmt: skip
    frames = [
        firehose_frame("#commit", 41, 9, repo="did:plc:ada", ops=ops),
        firehose_frame("#account", 42, 8, did="did:plc:bo", active=False, status="deactivated"),
    ]
    stream = Stream(frames, end=firehose_frame("#identity", 99, -LATER, did="did:plc:zoe"))
    with serving(stream) as address:
        recheck(f"{address}/xrpc/com.atproto.sync.subscribeRepos")
        recheck(f"{address}/xrpc/com.atproto.sync.subscribeRepos")
    assert found(data) == {uri("ada", "1"), uri("bo", "3"), "did:plc:bo"}
    assert [asked["cursor"] for asked in stream.asked] == [["0"], ["99"]]


def test_the_firehose_may_refuse_and_is_named(recheck, data):
    error = cbor2.dumps({"op": -1}) + cbor2.dumps({"error": "FutureCursor", "message": "no"})
    with serving(Stream([error])) as address:
        recheck(f"{address}/xrpc/com.atproto.sync.subscribeRepos")
    [record] = [orjson.loads(path.read_bytes()) for path in data.runs.glob("*/*.json")]
    assert "firehose answered" in record["limits"]


def test_a_stream_may_not_lead_inside_the_company(client_for):
    from collectors.stream import frames
    from girafe.errors import AccessDenied

    with pytest.raises(AccessDenied, match="only https"):
        list(frames("ws://127.0.0.1:1/subscribe", client_for(lambda request: httpx.Response(200))))
