"""A mail leaves once per recipient and week, whatever is retried, and no text breaks out of its header."""

from __future__ import annotations

import dataclasses
import re
import resource
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from girafe.errors import AccessDenied, InputInvalid, SettingsInvalid, SourceUnavailable
from girafe.logs import hush
from girafe.settings import Settings
from reports.chat import post
from reports.deliver import deliver
from reports.digest import Digest, digest
from reports.mail import Postbox, message, one_line, send
from reports.tables import read_tables
from tests.attacks.test_network import certified

NOW = datetime(2026, 3, 30, 5, 0, tzinfo=UTC)
SENDER = "girafe <girafe@lumen.example>"


REFUSALS = {"gone": "550 no such user", "grey": "451 try again later"}


class Inbox:
    """A real SMTP server that keeps what it takes; it can refuse from the n-th mail on."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.raw: list[bytes] = []
        self.refuse_after: int | None = None
        self.parting = "221 Bye"

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, rcpt_options: Any
    ) -> str:
        if refusal := next((words for name, words in REFUSALS.items() if address.startswith(name)), ""):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:
        return self.parting

    async def handle_MAIL(
        self, server: Any, session: Any, envelope: Any, address: str, mail_options: Any
    ) -> str:
        envelope.mail_from = address
        return "553 who are you?" if address.startswith("nobody") else "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if envelope.rcpt_tos[0].startswith("full"):
            return "552 mailbox full"
        if self.refuse_after is not None and len(self.mails) >= self.refuse_after:
            return "451 try again later"
        self.raw.append(envelope.content)
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, Postbox]]:
    handler = Inbox()
    port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port, enable_SMTPUTF8=False)
    controller.start()
    yield handler, Postbox(host="127.0.0.1", port=port, encryption="none")
    controller.stop()


@pytest.fixture
def told(marts: Path, settings: Settings) -> Digest:
    return digest(read_tables(marts), settings, "fr")


def body(mail: Message, kind: str) -> str:
    return next(p.get_content() for p in mail.walk() if p.get_content_type() == kind)  # type: ignore[attr-defined]


def test_the_digest_arrives_as_html_and_text(
    inbox: tuple[Inbox, Postbox], told: Digest, tmp_path: Path
) -> None:
    handler, postbox = inbox
    assert send(
        told,
        sender=SENDER,
        recipients=["Comms <comms@lumen.example>"],
        postbox=postbox,
        state=tmp_path,
        now=NOW,
    )
    (mail,) = handler.mails
    assert mail["Subject"] == "Brasserie Lumen : la semaine du 23 mars 2026"
    assert mail["To"] == "Comms <comms@lumen.example>"
    assert mail["Date"] == "Mon, 30 Mar 2026 05:00:00 +0000"  # without one many servers take a mail for spam
    assert mail["Content-Language"] == "fr"
    assert "Ce qui a bougé" in body(mail, "text/plain")
    assert "<table" in body(mail, "text/html")
    assert b"http://" not in handler.raw[0]
    links = set(re.findall(r"https://[^\s\"<]+", body(mail, "text/html") + body(mail, "text/plain")))
    assert links == {
        "https://social.example/@oree/12"
    }  # a thread that an organisation opened, and nothing else


def test_a_retried_task_sends_nothing_twice(
    inbox: tuple[Inbox, Postbox], told: Digest, tmp_path: Path
) -> None:
    handler, postbox = inbox
    people = ["a@lumen.example", "b@lumen.example", "A@lumen.example"]
    for _ in range(3):
        send(told, sender=SENDER, recipients=people, postbox=postbox, state=tmp_path, now=NOW)
    assert sorted(mail["To"] for mail in handler.mails) == ["a@lumen.example", "b@lumen.example"]


def test_a_retry_after_a_failure_in_the_middle_writes_to_the_rest_only(
    inbox: tuple[Inbox, Postbox], told: Digest, tmp_path: Path
) -> None:
    handler, postbox = inbox
    people = [f"{name}@lumen.example" for name in "abc"]
    handler.refuse_after = 2
    with pytest.raises(SourceUnavailable, match=r"refuses mail for c@lumen.example \(code 451\)\Z"):
        send(told, sender=SENDER, recipients=people, postbox=postbox, state=tmp_path, now=NOW)
    handler.refuse_after = None
    assert send(told, sender=SENDER, recipients=people, postbox=postbox, state=tmp_path, now=NOW) == (
        "c@lumen.example",
    )
    assert [mail["To"] for mail in handler.mails] == people


def test_what_a_server_says_at_parting_changes_nothing(
    inbox: tuple[Inbox, Postbox], told: Digest, tmp_path: Path
) -> None:
    handler, postbox = inbox
    handler.parting = "500 what?"
    people = ["a@lumen.example", "b@lumen.example"]
    send(told, sender=SENDER, recipients=people, postbox=postbox, state=tmp_path, now=NOW)
    assert [mail["To"] for mail in handler.mails] == people


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("gone@lumen.example", InputInvalid),
        ("grey@lumen.example", SourceUnavailable),
        ("full@lumen.example", InputInvalid),
    ],
    ids=[
        "nobody of that name",
        "asked to come again",
        "when it saw the mail",
    ],
)
def test_whom_the_server_refuses_keeps_the_digest_from_nobody_else(
    inbox: tuple[Inbox, Postbox], told: Digest, tmp_path: Path, who: str, expected: type[Exception]
) -> None:
    handler, postbox = inbox
    people = ["a@lumen.example", who, "c@lumen.example"]
    for _ in range(2):
        with pytest.raises(expected, match=who.partition("@")[0]):
            send(told, sender=SENDER, recipients=people, postbox=postbox, state=tmp_path, now=NOW)
    assert [mail["To"] for mail in handler.mails] == ["a@lumen.example", "c@lumen.example"]


def test_a_domain_with_an_accent_is_one_every_server_knows(
    inbox: tuple[Inbox, Postbox], told: Digest, tmp_path: Path
) -> None:
    handler, postbox = inbox
    who = "Comms <comms@brasserie-été.example>"
    send(told, sender="girafe@été.example", recipients=[who], postbox=postbox, state=tmp_path, now=NOW)
    (mail,) = handler.mails
    assert mail["To"] == "Comms <comms@xn--brasserie-t-kbbb.example>"
    assert mail["From"] == "girafe@xn--t-9fab.example"


def test_who_is_to_be_tried_again_is_named_and_tried_beside_whom_the_server_refuses_for_good(
    inbox: tuple[Inbox, Postbox], told: Digest, tmp_path: Path
) -> None:
    people = ["gone@lumen.example", "grey@lumen.example"]
    with pytest.raises(SourceUnavailable, match=r"gone@lumen.example \(code 550\).*grey@lumen.example"):
        send(told, sender=SENDER, recipients=people, postbox=inbox[1], state=tmp_path, now=NOW)


def test_a_sender_the_server_refuses_is_for_a_person_to_mend(
    inbox: tuple[Inbox, Postbox], told: Digest, tmp_path: Path
) -> None:
    with pytest.raises(AccessDenied, match=r"refuses mail from nobody@lumen.example \(code 553\)"):
        send(
            told, sender="nobody@lumen.example", recipients=["a@lumen.example"], postbox=inbox[1],
            state=tmp_path, now=NOW,
        )  # fmt: skip


def test_a_language_nobody_wrote_is_for_a_person_to_mend(
    marts: Path, settings: Settings, tmp_path: Path
) -> None:
    environment = {"GIRAFE_DIGEST_TO": "comms@lumen.example", "GIRAFE_DIGEST_LANGUAGE": "de"}
    with pytest.raises(SettingsInvalid, match="GIRAFE_DIGEST_LANGUAGE is 'de'; write one of fr, en"):
        deliver(exports=marts, settings=settings, environment=environment, state=tmp_path, now=NOW)


def test_two_tasks_at_once_send_one_mail(inbox: tuple[Inbox, Postbox], told: Digest, tmp_path: Path) -> None:
    handler, postbox = inbox

    def run(_: int) -> object:
        return send(
            told, sender=SENDER, recipients=["a@lumen.example"], postbox=postbox, state=tmp_path, now=NOW
        )

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    assert len(handler.mails) == 1


def test_nothing_is_sent_that_cannot_be_noted(
    inbox: tuple[Inbox, Postbox], told: Digest, tmp_path: Path
) -> None:
    handler, postbox = inbox
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))  # as on a full disk
    try:
        with pytest.raises(OSError, match="File too large"):
            send(
                told, sender=SENDER, recipients=["a@lumen.example"], postbox=postbox, state=tmp_path, now=NOW
            )  # fmt: skip
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert handler.mails == []


def test_the_record_holds_no_address(inbox: tuple[Inbox, Postbox], told: Digest, tmp_path: Path) -> None:
    send(told, sender=SENDER, recipients=["alice@lumen.example"], postbox=inbox[1], state=tmp_path, now=NOW)
    assert all("alice" not in path.read_text() + path.name for path in tmp_path.iterdir())


def test_a_company_name_cannot_add_a_header(told: Digest) -> None:
    hostile = dataclasses.replace(
        told, subject="Lumen\r\nBcc: all@lumen.example\n\n<script>\u2028\u202ehi\x00"
    )
    mail = message(hostile, sender=SENDER, recipient="a@lumen.example", now=NOW)
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Lumen Bcc: all@lumen.example <script> hi"
    assert one_line("a\u202eb\ud800") == "ab"


@pytest.mark.parametrize(
    "address",
    ["a@x.example\r\nBcc: b@x.example", "not an address", "a@x.example, b@x.example", "", "@x.example"],
)
def test_an_address_that_is_not_one_is_refused(told: Digest, address: str) -> None:
    with pytest.raises(InputInvalid):
        message(told, sender=SENDER, recipient=address, now=NOW)


def test_a_server_that_is_away_is_for_a_retry_and_a_wrong_password_for_a_person(
    told: Digest, tmp_path: Path
) -> None:
    away = Postbox(host="127.0.0.1", port=9, encryption="none")
    with pytest.raises(SourceUnavailable):
        send(told, sender=SENDER, recipients=["a@lumen.example"], postbox=away, state=tmp_path, now=NOW)
    port = free_port()
    controller = Controller(
        Inbox(),
        hostname="127.0.0.1",
        port=port,
        auth_require_tls=False,
        authenticator=lambda *_: AuthResult(success=False, handled=False),
    )
    controller.start()
    try:
        locked = Postbox(host="127.0.0.1", port=port, encryption="none", user="u", password="wrong")
        with pytest.raises(AccessDenied) as refusal:
            send(told, sender=SENDER, recipients=["a@lumen.example"], postbox=locked, state=tmp_path, now=NOW)
        assert "wrong" not in str(refusal.value)
    finally:
        controller.stop()


def test_a_certificate_that_is_not_accepted_is_named_and_for_a_person(told: Digest, tmp_path: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*certified(tmp_path, "127.0.0.1", datetime.now(UTC) + timedelta(days=9)))
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def greet() -> None:
            with suppress(OSError), listening.accept()[0] as connection:
                tls.wrap_socket(connection, server_side=True)

        Thread(target=greet, daemon=True).start()
        box = Postbox(host="127.0.0.1", port=listening.getsockname()[1], encryption="tls")
        with pytest.raises(AccessDenied, match=r"the certificate of .* is not accepted \(self-signed"):
            send(told, sender=SENDER, recipients=["a@lumen.example"], postbox=box, state=tmp_path, now=NOW)


@pytest.mark.parametrize(
    ("change", "expected", "said"),
    [
        ({"password": "right"}, SourceUnavailable, "code 454"),
        ({"password": "motdepassé"}, AccessDenied, "letters beyond ASCII"),
        ({"encryption": "tls"}, AccessDenied, "speaks no TLS"),
        ({"encryption": "starttls"}, AccessDenied, "check encryption"),
        ({"host": "mail..lumen.example"}, SettingsInvalid, "GIRAFE_SMTP_HOST"),
    ],
    ids=[
        "asked to come again",
        "a password no server is given",
        "no TLS there",
        "no STARTTLS there",
        "no name",
    ],
)
def test_what_keeps_a_connection_from_opening_is_told_to_whom_it_concerns(
    told: Digest, tmp_path: Path, change: dict[str, str], expected: type[Exception], said: str
) -> None:
    port = free_port()
    later = AuthResult(success=False, handled=False, message="454 4.7.0 later, User Ada")
    controller = Controller(
        Inbox(), hostname="127.0.0.1", port=port, auth_require_tls=False, authenticator=lambda *_: later
    )
    controller.start()
    try:
        box = Postbox(host="127.0.0.1", port=port, encryption="none", user="u")
        with pytest.raises(expected, match=said) as refusal:
            send(
                told, sender=SENDER, recipients=["a@lumen.example"], postbox=dataclasses.replace(box, **change),
                state=tmp_path, now=NOW,
            )  # fmt: skip
        assert not re.search("Ada|motde|right", str(refusal.value))
    finally:
        controller.stop()


@pytest.fixture
def room() -> Iterator[tuple[list[bytes], str]]:
    taken: list[bytes] = []

    class Room(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Room)
    Thread(target=server.serve_forever, daemon=True).start()
    yield taken, f"json://127.0.0.1:{server.server_port}/secret-path"
    server.shutdown()
    server.server_close()


def test_a_chat_room_gets_the_digest_once(
    room: tuple[list[bytes], str], told: Digest, tmp_path: Path
) -> None:
    taken, channel = room
    assert post(told, channels=[channel], state=tmp_path, now=NOW) == 1
    assert post(told, channels=[channel], state=tmp_path, now=NOW) == 0
    assert len(taken) == 1
    assert b"Ce qui a boug" in taken[0]


def test_a_chat_address_that_cannot_be_read_is_refused_without_showing_its_secret(
    told: Digest, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hush()
    with pytest.raises(InputInvalid) as refusal:
        post(told, channels=["nonsense://secret-token"], state=tmp_path, now=NOW)
    assert "secret" not in str(refusal.value) + caplog.text


def test_a_room_that_does_not_take_the_digest_keeps_it_from_no_other(
    room: tuple[list[bytes], str], told: Digest, tmp_path: Path
) -> None:
    taken, channel = room
    channels = ["nonsense://secret-token", "json://127.0.0.1:9/secret-token", channel]
    for _ in range(2):
        with pytest.raises(
            SourceUnavailable, match=r"channel 1 is not .*; chat channel 2 did not"
        ) as refusal:
            post(told, channels=channels, state=tmp_path, now=NOW)
        assert "secret" not in str(refusal.value)
    assert len(taken) == 1


def test_a_mail_server_that_is_away_is_asked_again_although_a_room_is_written_wrong(
    marts: Path, settings: Settings, tmp_path: Path
) -> None:
    environment = {
        "GIRAFE_DIGEST_TO": "comms@lumen.example nonsense://secret-token",
        "GIRAFE_MAIL_FROM": SENDER,
        "GIRAFE_SMTP_HOST": "127.0.0.1",
        "GIRAFE_SMTP_PORT": "9",
    }
    with pytest.raises(SourceUnavailable, match=r"no answer from the mail server .*; chat channel 1 is not"):
        deliver(exports=marts, settings=settings, environment=environment, state=tmp_path, now=NOW)


def test_one_call_delivers_by_mail_and_chat_and_may_be_repeated(
    inbox: tuple[Inbox, Postbox],
    room: tuple[list[bytes], str],
    marts: Path,
    settings: Settings,
    tmp_path: Path,
) -> None:
    handler, postbox = inbox
    taken, channel = room
    environment = {
        "GIRAFE_DIGEST_TO": f"comms@lumen.example {channel}",
        "GIRAFE_DIGEST_LANGUAGE": "en",
        "GIRAFE_MAIL_FROM": SENDER,
        "GIRAFE_SMTP_HOST": postbox.host,
        "GIRAFE_SMTP_PORT": str(postbox.port),
        "GIRAFE_SMTP_ENCRYPTION": "none",
    }
    for expected in ("1 by mail, 1 by chat, 0 had it already", "0 by mail, 0 by chat, 2 had it already"):
        told = deliver(exports=marts, settings=settings, environment=environment, state=tmp_path, now=NOW)
        assert told == f"Brasserie Lumen: the week of 23 March 2026: {expected}"
    assert len(handler.mails) == len(taken) == 1


def test_a_mail_address_without_a_server_is_for_a_person_to_mend_and_keeps_no_room_from_the_digest(
    room: tuple[list[bytes], str], marts: Path, settings: Settings, tmp_path: Path
) -> None:
    taken, channel = room
    environment = {"GIRAFE_DIGEST_TO": f"comms@lumen.example {channel}"}
    for _ in range(2):
        with pytest.raises(SettingsInvalid, match="GIRAFE_SMTP_HOST"):
            deliver(exports=marts, settings=settings, environment=environment, state=tmp_path, now=NOW)
    assert len(taken) == 1
