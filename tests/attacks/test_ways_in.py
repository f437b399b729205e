"""Attacks from the network, again: tunnels written as addresses, what comes after the end, streams led elsewhere."""

from __future__ import annotations

import gzip
import socket
import time
import zlib
from contextlib import suppress

import httpx
import pytest

from collectors.guard import addresses_of, hosts_named
from collectors.outward import Direct, Errand, errand, outward_client
from collectors.stream import frames
from girafe.errors import AccessDenied, SourceUnavailable
from tests.attacks.test_network import PUBLIC, answering, hello, http, peak_mb, server, trickle

TUNNELS = [
    "2a00:1450:4007::5efe:10.0.0.1", "2a00:1450:4007::200:5efe:127.0.0.1", "2a00:1450:4007:0:0:5efe:808:808",  # ISATAP
    "2002:a00:1::1", "2002:808:808::1", "192.88.99.1", "192.88.99.255",  # 6to4 and its relays
    "2001:0:53aa:64c:0:fbd8:80ff:fffe", "2001:20::1", "2001:1::1", "3ffe::1",  # Teredo, ORCHID, protocols, the 6bone
    "3fff::1", "3fff:fff::1", "2001:db8::1",  # examples
    "64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b:1::8.8.8.8",  # NAT64
    "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::8.8.8.8", "::ffff:0:8.8.8.8", "4000::1", "100::1", "5f00::1",
]  # fmt: skip


@pytest.mark.parametrize("address", TUNNELS)
def test_an_address_that_leads_through_a_tunnel_or_nowhere_is_not_public(address):
    with pytest.raises(AccessDenied, match="private"):
        addresses_of("tunnel.example", 443, frozenset(), lambda host: (address,))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700::1111", "2001:4860:4860::8888", "64:ff9b::808:808"]
)
def test_an_address_anybody_may_have_is_public(address):
    assert addresses_of("a.example", 443, frozenset(), lambda host: (address,)) == (address,)


def test_a_server_of_ones_own_is_meant_and_not_what_else_runs_on_its_machine():
    named = hosts_named(
        {"feeds": ["https://Box.Lan/feed.xml", "https://[fd00::5]/", "http://10.0.0.9:8080/"]}
    )
    inside = {"box.lan": "10.0.0.8", "fd00::5": "fd00::5", "10.0.0.9": "10.0.0.9"}
    for host, port, is_meant in (
        ("box.lan", 443, True), ("box.lan", 80, True), ("box.lan", 9200, False), ("fd00::5", 443, True),
        ("fd00::5", 22, False), ("10.0.0.9", 8080, True), ("10.0.0.9", 443, False),
    ):  # fmt: skip
        if is_meant:
            assert addresses_of(host, port, named, lambda name: (inside[name],)) == (inside[host],)
        else:
            with pytest.raises(AccessDenied):
                addresses_of(host, port, named, lambda name: (inside[name],))


@pytest.mark.parametrize("packing", ["gzip", "deflate"])
def test_what_follows_a_packed_answer_without_end_is_not_kept(packing):
    packed = gzip.compress(b"hello") if packing == "gzip" else zlib.compress(b"hello")

    def parts():
        yield packed
        for _ in range(300):
            yield b"\x00" * 65_536

    def ask() -> None:
        client = answering(content=parts(), headers={"content-encoding": packing})
        assert http(client, "a.example", longest_answer=20.0).get("https://a.example/").body == b"hello"

    assert peak_mb(ask) < 5


def test_an_answer_packed_in_several_members_is_read_whole():
    packed = gzip.compress(b"one ") + gzip.compress(b"two ") + gzip.compress(b"three")
    for size in (1, 7, len(packed)):
        parts = (packed[place : place + size] for place in range(0, len(packed), size))
        client = answering(content=parts, headers={"content-encoding": "gzip"})
        assert http(client, "a.example").get("https://a.example/").body == b"one two three"


def test_an_answer_in_many_small_parts_costs_no_more_than_its_bytes():
    def ask() -> None:
        client = answering(content=(bytes((65, 66)) for _ in range(200_000)))
        assert len(http(client, "a.example").get("https://a.example/").body) == 400_000

    assert peak_mb(ask) < 3


def test_a_name_with_a_hundred_dead_addresses_does_not_hold_a_run_up():
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        port = deaf.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:  # they fill its queue: who comes now is not answered at all
            one.setblocking(False)
            with suppress(BlockingIOError):
                one.connect(("127.0.0.1", port))
        client = httpx.Client(transport=Direct(lambda host: ("127.0.0.1",) * 100), timeout=0.3)
        started = time.monotonic()
        limits = Errand(allowed_hosts=frozenset({"dead.example"}), seconds=1.0)
        with errand(limits), pytest.raises(httpx.TimeoutException):
            client.get(f"http://dead.example:{port}/")
        assert time.monotonic() - started < 4
        for one in waiting:
            one.close()


@pytest.mark.parametrize(
    "start",
    [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;"],
    ids=["headers", "name of a chunk"],
)
def test_bytes_that_trickle_through_a_proxy_do_not_hold_a_run_up(start, monkeypatch):
    for name in ("HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with server(trickle(start)) as (port, asked):
        monkeypatch.setenv("https_proxy", f"127.0.0.1:{port}")
        started = time.monotonic()
        with pytest.raises(SourceUnavailable, match="no answer in time"):
            http(outward_client(), "a.example", longest_answer=0.5).get("http://a.example/")
        assert time.monotonic() - started < 5
        assert asked[0].startswith(b"GET http://a.example/")


def redirecting(target: str):
    def answer(connection: socket.socket) -> None:
        connection.sendall(f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode())

    return answer


def test_a_stream_follows_no_redirect():
    with (
        server(hello) as (inside, never),
        server(redirecting(f"ws://127.0.0.1:{inside}/admin")) as (port, asked),
    ):
        with pytest.raises(AccessDenied, match="302"):
            list(frames(f"ws://127.0.0.1:{port}/", http(outward_client(), f"127.0.0.1:{port}")))
        assert len(asked) == 1
        assert never == []


def test_a_stream_whose_name_changes_its_mind_gains_nothing():
    answers = iter([PUBLIC, ("127.0.0.1",)])
    with server(hello) as (port, asked):
        with pytest.raises(AccessDenied, match="private"):
            list(
                frames(
                    f"wss://rebind.example:{port}/",
                    http(outward_client(), look_up=lambda host: next(answers)),
                )
            )
        assert asked == []
