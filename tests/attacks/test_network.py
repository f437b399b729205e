# ruff: noqa: E501 (tables are wide)
"""Attacks from the network: addresses that lead inside, names that change their mind, answers without end."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
import traceback
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from collectors.bearer import Bearer, FetchedBearer
from collectors.guard import check_url, resolve
from collectors.http import Http, Manners
from collectors.outward import Bounded, Direct, Errand, errand, outward_client
from girafe.errors import AccessDenied, SourceUnavailable

PUBLIC = ("93.184.216.34",)


@contextmanager
def server(
    answer: Callable[[socket.socket], None], tls: ssl.SSLContext | None = None
) -> Iterator[tuple[int, list[bytes]]]:
    """A machine inside the company: its port, and what it was asked."""
    asked: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(0.1)
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            with suppress(OSError):
                connection, _ = listening.accept()
                with tls.wrap_socket(connection, server_side=True) if tls else connection as connection:
                    connection.settimeout(5)
                    asked.append(connection.recv(65536))
                    answer(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1], asked
    finally:
        stop.set()
        thread.join(5)
        listening.close()


def hello(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecret")


def http(client: httpx.Client, *hosts: str, look_up=lambda host: PUBLIC, **manners: float) -> Http:
    return Http(
        client=client, clock=lambda: __import__("datetime").datetime.now(__import__("datetime").UTC), sleep=lambda seconds: None,
        ticks=time.monotonic, chance=lambda: 0.0, manners=Manners(attempts=1, **manners), allowed_hosts=frozenset(hosts), look_up=look_up,
    )  # fmt: skip


INSIDE = [
    "127.0.0.1", "127.1", "127.0.0.1.", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "0", "0.0.0.0",
    "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.8", "198.18.0.1", "224.0.0.1",
    "255.255.255.255", "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[fe80::1]",
    "[fc00::1]", "[fd12:3456::1]", "[fec0::1]", "[ff02::1]", "[2002:7f00:1::]", "[2002:a00:1::1]", "[64:ff9b::7f00:1]",
    "[64:ff9b::a9fe:a9fe]", "[2001:0:53aa:64c:0:fbd8:80ff:fffe]", "localhost", "localhost.", "db.internal", "kubernetes.default.svc", "printer.local", "intranet",
    "user:pass@127.0.0.1", "public.example@10.0.0.1", "public.example%40@10.0.0.1",
    "db.local。", "db。internal", "127。0。0。1", "①②⑦.⓪.⓪.①", "１２７.0.0.1", "db.ｌocal", "db.lo\u00adcal", "%31%32%37.0.0.1", "db.%6cocal", "[v1.fe]",
]  # fmt: skip


@pytest.mark.parametrize("host", INSIDE)
@pytest.mark.parametrize("proxy", ["", "http://proxy.example:3128"])
def test_no_way_of_writing_an_inside_address_gets_out(host, proxy, monkeypatch):
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    if proxy:
        monkeypatch.setenv("https_proxy", proxy)
    with pytest.raises(AccessDenied):
        check_url(f"https://{host}/", frozenset(), look_up=lambda host: ("127.0.0.1",))


@pytest.mark.parametrize(
    "url",
    ["https://a b.example/", "https://[::1/", "https://a.example:99999/", "https://a.example\\@10.0.0.1/", "//a.example", "https://",
     "javascript:alert(1)", "gopher://a.example/", "ftp://a.example/", "data:text/plain,x", "https://\x00a.example/", "https://a.example:x/"],
)  # fmt: skip
def test_what_is_no_plain_https_address_is_refused_in_words(url):
    with pytest.raises(AccessDenied) as refusal:
        check_url(url, frozenset(), look_up=lambda host: ("127.0.0.1",) if "example" in host else PUBLIC)
    assert str(refusal.value)


def test_a_name_that_means_something_else_at_the_moment_of_connecting_gains_nothing():
    """DNS rebinding: public when it is checked, loopback when it is connected to."""
    answers = iter([PUBLIC, ("127.0.0.1",), ("127.0.0.1",)])
    with server(hello) as (port, asked):
        client = httpx.Client(transport=Bounded(Direct(lambda host: next(answers))))
        with pytest.raises(AccessDenied, match="private"):
            http(client, look_up=lambda host: next(answers)).get(f"https://rebind.example:{port}/")
        assert asked == []


def test_one_private_address_among_public_ones_is_enough_to_refuse():
    client = httpx.Client(transport=Bounded(Direct(lambda host: (*PUBLIC, "10.0.0.1"))))
    with errand(Errand()), pytest.raises(AccessDenied):
        client.get("https://both.example/")


def test_a_host_an_operator_named_is_reached_and_only_at_its_port():
    with server(hello) as (port, asked), server(hello) as (other, never):
        reach = http(outward_client(), f"127.0.0.1:{port}")
        assert reach.get(f"http://127.0.0.1:{port}/").body == b"secret"
        with pytest.raises(AccessDenied):
            reach.get(f"http://127.0.0.1:{other}/")
        assert len(asked) == 1
        assert never == []


@pytest.mark.parametrize(
    "target", ["http://10.0.0.1/", "https://2130706433/", "file:///etc/passwd", "https://[::ffff:a9fe:a9fe]/", "//localhost/", "https://[::1"]
)  # fmt: skip
def test_a_redirect_may_not_lead_inside(target):
    seen = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return httpx.Response(302, headers={"location": target})

    with pytest.raises((AccessDenied, SourceUnavailable)):
        http(httpx.Client(transport=Bounded(httpx.MockTransport(handler))), "a.example").get(
            "https://a.example/feed"
        )
    assert seen == ["https://a.example/feed"]


def test_a_redirect_does_not_carry_a_token_to_another_host():
    tokens: dict[str, str | None] = {}

    def handler(request: httpx.Request) -> httpx.Response:
        tokens[request.url.host] = request.headers.get("authorization")
        target = {"a.example": "https://evil.example/", "evil.example": "https://a.example/back"}
        if request.url.path == "/back":
            return httpx.Response(200)
        return httpx.Response(302, headers={"location": target[request.url.host]})

    client = httpx.Client(transport=Bounded(httpx.MockTransport(handler)))
    signed = http(client, "a.example", "evil.example").bound(auth=Bearer("token-of-ours"), pace=0.0)
    signed.get("https://a.example/start")
    assert tokens["evil.example"] is None
    assert tokens["a.example"] == "Bearer token-of-ours"


def endless() -> Iterator[bytes]:
    while True:
        yield b"x" * 65536


def answering(**response: object) -> httpx.Client:
    return httpx.Client(
        transport=Bounded(httpx.MockTransport(lambda request: httpx.Response(200, **response)))
    )  # type: ignore[arg-type]


def peak_mb(call: Callable[[], object]) -> float:
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def test_a_body_without_end_is_cut_off():
    def ask() -> None:
        with pytest.raises(SourceUnavailable, match="cut off"):
            http(answering(content=endless()), "a.example", largest_body=1_000_000).get("https://a.example/")

    assert peak_mb(ask) < 10


@pytest.mark.parametrize("packing", ["gzip", "deflate"])
def test_a_small_body_that_unpacks_to_a_huge_one_is_cut_off_in_little_memory(packing):
    import zlib

    zeros = b"\x00" * 200_000_000
    bomb = gzip.compress(zeros, 9) if packing == "gzip" else zlib.compress(zeros, 9)
    del zeros
    assert len(bomb) < 250_000

    # An iterator: httpx unpacks an answer at hand by itself, which one from a network never is.
    client = answering(content=iter([bomb]), headers={"content-encoding": packing})

    def ask() -> None:
        with pytest.raises(SourceUnavailable, match="cut off"):
            http(client, "a.example", largest_body=1_000_000).get("https://a.example/")

    assert peak_mb(ask) < 10


@pytest.mark.parametrize("packing", ["br", "zstd", "gzip, gzip", "compress", "x"])
def test_a_packing_nobody_asked_for_is_a_fault_and_not_unpacked(packing):
    with pytest.raises(SourceUnavailable, match="unpacked"):
        http(answering(content=iter([b"x"]), headers={"content-encoding": packing}), "a.example").get(
            "https://a.example/"
        )


def test_packed_answers_are_read_as_they_were():
    for packing, packed in (
        ("gzip", gzip.compress(b"hello")),
        ("deflate", __import__("zlib").compress(b"hello")),
        ("identity", b"hello"),
    ):
        client = answering(content=iter([packed]), headers={"content-encoding": packing})
        assert http(client, "a.example").get("https://a.example/").body == b"hello"


def test_the_answer_to_a_login_is_bounded_too():
    login = FetchedBearer(httpx.Request("POST", "https://a.example/login"), field="token", help_="no")
    signed = http(answering(content=endless()), "a.example", largest_body=1_000_000).bound(
        auth=login, pace=0.0
    )
    with pytest.raises(SourceUnavailable, match="cut off"):
        signed.get("https://a.example/")


def trickle(start: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.sendall(start)
        with suppress(OSError):
            for _ in range(200):
                connection.sendall(b"x")
                time.sleep(0.05)

    return answer


@pytest.mark.parametrize(
    "start",
    [b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: "],
    ids=["body", "headers"],
)
def test_bytes_that_trickle_do_not_hold_a_run_up(start):
    with server(trickle(start)) as (port, _):
        started = time.monotonic()
        with pytest.raises(SourceUnavailable, match="no answer in time"):
            http(outward_client(), f"127.0.0.1:{port}", longest_answer=0.5).get(f"http://127.0.0.1:{port}/")
        assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "body",
    [rb'{"posts": [{"text": "\ud83d alone"}, {"text": "fine"}]}', b'{"posts": [{"text": "\xff"}, {"text": "fine"}]}',
     b'{"posts": [{"likes": NaN}, {"text": "fine"}]}', b'{"posts": [{"id": ' + b"9" * 5000 + b'}, {"text": "fine"}]}',
     b'\xef\xbb\xbf{"posts": [{"text": "after a mark"}, {"text": "fine"}]}'],
    ids=["half a surrogate pair", "a stray byte", "NaN", "a number of 5,000 digits", "a byte order mark"],
)  # fmt: skip
def test_one_broken_post_on_a_page_does_not_silence_the_others(body):
    found = http(answering(content=body), "a.example").json("https://a.example/")
    assert found["posts"][1] == {"text": "fine"}
    str(found).encode()


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"a":' * 50_000, b'{"posts": [', b"\x00" * 1000, b"\xef\xbb\xbf", b""]
)
def test_json_that_is_none_or_too_deep_is_a_fault_that_is_named(body):
    with pytest.raises(SourceUnavailable, match="JSON"):
        http(answering(content=body), "a.example").json("https://a.example/")


@pytest.mark.parametrize(
    "key", ["k3y-secret\n", "k3y-secret\r\nx-evil: 1", "k3y-sécret", "k3y-secret\0", "k3y-secret "]
)
def test_a_key_that_fits_no_header_is_named_and_neither_sent_nor_quoted(key):
    """As a file with a line break at its end makes one. To try it again would help nobody."""
    with (
        server(hello) as (port, asked),
        pytest.raises(AccessDenied, match="the key holds what no header may") as refusal,
    ):
        http(outward_client(), f"127.0.0.1:{port}").bound(auth=Bearer(key), pace=0.0).get(
            f"http://127.0.0.1:{port}/"
        )
    assert "k3y" not in "".join(traceback.format_exception(refusal.value))
    assert not any(b"k3y" in question for question in asked)


@pytest.mark.parametrize("host", [f"{'a' * 64}.example", "a..example", f"{'a' * 70}.{'b' * 70}"])
def test_a_name_no_resolver_takes_is_refused_in_words(host):
    with pytest.raises(AccessDenied, match=r"host|address"):
        http(outward_client(), look_up=resolve).get(f"https://{host}/")


def certified(folder: Path, address: str, end: datetime) -> tuple[Path, Path]:
    """A certificate that answers for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ada-lovelace.example")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    parts = folder / "certificate.pem", folder / "key.pem"
    parts[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    parts[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return parts


@pytest.mark.parametrize(
    ("address", "days", "is_known", "said"),
    [("127.0.0.1", 9, False, "self-signed certificate"), ("127.0.0.1", -9, True, "certificate has expired"),
     ("127.0.0.2", 9, True, "it is for another name")],
    ids=["unknown", "expired", "another name"],
)  # fmt: skip
def test_a_certificate_that_is_not_accepted_is_named_and_not_called_a_failed_connection(
    address, days, is_known, said, tmp_path, monkeypatch
):
    certificate, key = certified(tmp_path, address, datetime.now(UTC) + timedelta(days=days))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)

    def greet(connection: socket.socket) -> None:
        """Never gets so far."""

    if is_known:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with server(greet, tls) as (port, asked), pytest.raises(SourceUnavailable) as refusal:
        http(outward_client(), f"127.0.0.1:{port}").get(f"https://127.0.0.1:{port}/")
    assert f"the certificate is not accepted ({said})" in str(refusal.value)
    assert "ada" not in str(refusal.value)
    assert not asked
