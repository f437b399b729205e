"""Mail: the digest by SMTP, once per company, week and recipient, however often the task is tried."""

from __future__ import annotations

import fcntl
import hashlib
import json
import re
import smtplib
import ssl
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from girafe.errors import (
    AccessDenied,
    GirafeError,
    InputInvalid,
    RetryLater,
    SettingsInvalid,
    SourceUnavailable,
    UserMustAct,
)
from girafe.storage import write
from reports.digest import Digest

TIMEOUT_SECONDS = 30
_FOR_GOOD = 500
"""Codes from here on are a refusal; those below, as of a server that wants to see a second try, are not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Postbox:
    """A mail server and how to speak to it; the password comes from the environment or Airflow's secrets."""

    host: str
    port: int = 587
    user: str = ""
    password: str = ""
    encryption: str = "starttls"
    """`starttls`, `tls` or `none` (for a relay on the same machine)."""


def message(digest: Digest, *, sender: str, recipient: str, now: datetime) -> EmailMessage:
    """The digest as a mail with an HTML and a text part.

    The same week gives the same Message-ID, so that a mail server or program can tell a repetition.
    """
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = one_line(digest.subject)
    mail["From"] = _address(sender)
    to = _address(recipient)
    mail["To"] = to
    mail["Date"] = now
    mail["Message-ID"] = f"<{_slug(f'{digest.company_id}.{digest.week}.{to.addr_spec}')}@girafe.invalid>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(digest.text(), charset="utf-8")
    mail.add_alternative(digest.html(), subtype="html", charset="utf-8")
    # After the parts: setting them takes away all that the mail says of its content.
    mail["Content-Language"] = digest.words.language
    return mail


def one_line(text: str) -> str:
    """Text that cannot break out of a header: no line ends, no control or direction characters."""
    kept = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return " ".join("".join(c for c in kept if unicodedata.category(c) not in ("Cf", "Cs")).split())[:180]


def _address(text: str) -> Address:
    if any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") for c in text):
        raise InputInvalid(f"{text!r} is not a mail address: it holds a line end or a control character")
    name, _, spec = text.rpartition("<")
    user, at, domain = spec.rstrip("> ").strip().rpartition("@")
    try:
        # A name of a host is written in ASCII, whatever letters a company's has: every server knows it so.
        spec = f"{user}{at}{domain.encode('idna').decode()}"
        return Address(display_name=name.strip().strip('"'), addr_spec=spec)
    except (ValueError, IndexError, MessageError) as error:
        raise InputInvalid(f'{text!r} is not a mail address; write it as "name@example.org"') from error


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9.-]+", "-", text.lower())


def send(
    digest: Digest, *, sender: str, recipients: Sequence[str], postbox: Postbox, state: Path, now: datetime
) -> tuple[str, ...]:
    """Sends the digest to those who have not had it, and returns them.

    Each recipient gets a mail of their own, recorded as soon as the server took it: a retry after a failure
    in the middle writes to the rest only. Whom the server refuses is named when all others have theirs.
    The record keeps keys and times, not addresses.
    """
    sent: list[str] = []
    faults: list[GirafeError] = []
    with record(state, digest) as done:
        waiting = [
            who for key, who in {_key(who): who for who in reversed(recipients)}.items() if key not in done
        ]
        waiting.reverse()
        if not waiting:
            return ()
        mails = [(who, message(digest, sender=sender, recipient=who, now=now)) for who in waiting]
        with _connected(postbox) as server:
            for who, mail in mails:
                try:
                    server.send_message(mail)
                # Whom it does not take, it says before it sees the mail, or when it has seen it.
                except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
                    faults.append(_refusal(InputInvalid, f"the mail server refuses mail for {who}", error))
                except smtplib.SMTPSenderRefused as error:
                    words = f"the mail server refuses mail from {mail['From']}"
                    faults.append(_refusal(AccessDenied, words, error))
                    break
                except (smtplib.SMTPException, OSError) as error:
                    faults.append(SourceUnavailable(f"the mail server broke off ({_number(error)})"))
                    break
                else:
                    done[_key(who)] = now.isoformat()
                    sent.append(who)
    raise_all(faults)
    return tuple(sent)


def _refusal(
    for_good: type[UserMustAct],
    words: str,
    error: smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException,
) -> GirafeError:
    """A server's no; below 500 it may say yes at a second try. Its own words repeat the recipient."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        [(code, _)] = error.recipients.values()
    else:
        code = error.smtp_code
    return (for_good if code >= _FOR_GOOD else SourceUnavailable)(f"{words} (code {code})")


def raise_all(faults: Sequence[GirafeError]) -> None:
    """Raises one error that names every fault, to be tried again where that helps any of them."""
    if faults:
        kind = next((type(fault) for fault in faults if isinstance(fault, RetryLater)), type(faults[0]))
        raise kind("; ".join(str(fault) for fault in faults))


def _number(error: Exception) -> str:
    """Which fault it is; a server's own words repeat the recipient."""
    return (
        f"code {error.smtp_code}"
        if isinstance(error, smtplib.SMTPResponseException)
        else type(error).__name__
    )


def _key(recipient: str) -> str:
    # A plain hash is enough: the record lies with the installation's state, and only equality matters.
    return hashlib.sha256(recipient.strip().lower().encode()).hexdigest()[:24]


class Record(dict[str, str]):
    """What was sent for one company and week; every entry is on disk before the next mail leaves."""

    def __init__(self, path: Path) -> None:
        super().__init__(json.loads(path.read_text(encoding="utf-8")) if path.exists() else {})
        self._path = path

    def __setitem__(self, key: str, value: str) -> None:
        """Keeps the entry and writes the file as a whole."""
        super().__setitem__(key, value)
        self.keep()

    def keep(self) -> None:
        """Writes the file; raises OSError where nothing can be kept."""
        write(self._path, json.dumps(self, indent=1, sort_keys=True).encode())


@contextmanager
def record(state: Path, digest: Digest) -> Iterator[Record]:
    """The record of this digest, held alone: two tasks at once send one mail."""
    if digest.week is None:
        raise InputInvalid("there is no week to send a digest about")
    state.mkdir(parents=True, exist_ok=True)
    path = state / f"digest-{_slug(digest.company_id)}-{digest.week.isoformat()}.json"
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = Record(path)
        found.keep()  # before anything is sent: what cannot be noted would be sent again at each try
        yield found


@contextmanager
def _connected(postbox: Postbox) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context()
    where = f"the mail server {postbox.host}:{postbox.port}"
    try:
        if postbox.encryption == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                postbox.host, postbox.port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(postbox.host, postbox.port, timeout=TIMEOUT_SECONDS)
    except ssl.SSLError as error:
        raise _unsafe(where, error) from error
    except UnicodeError as error:
        raise SettingsInvalid(f"{where} cannot be: GIRAFE_SMTP_HOST is no name of a host") from error
    except (OSError, smtplib.SMTPException) as error:
        raise SourceUnavailable(f"no answer from {where} ({_number(error)})") from error
    try:
        _sign_in(server, postbox, context, where)
        yield server
    finally:
        with suppress(smtplib.SMTPException):  # whatever it says at parting, what it took it has
            server.quit()
        server.close()


def _sign_in(server: smtplib.SMTP, postbox: Postbox, context: ssl.SSLContext, where: str) -> None:
    try:
        if postbox.encryption == "starttls":
            server.starttls(context=context)
        if postbox.user:
            server.login(postbox.user, postbox.password)
    except smtplib.SMTPResponseException as error:
        raise _refusal(AccessDenied, f"{where} refuses the connection: {_CHECK}", error) from error
    except smtplib.SMTPServerDisconnected as error:
        raise SourceUnavailable(f"{where} broke off before any mail") from error
    except ssl.SSLError as error:
        raise _unsafe(where, error) from error
    except UnicodeError as error:
        raise AccessDenied(f"{where} cannot be given letters beyond ASCII: {_CHECK}") from error
    except smtplib.SMTPException as error:
        raise AccessDenied(f"{where} refuses the connection: {_CHECK}") from error


_CHECK = "check encryption, user, password"


def _unsafe(where: str, error: ssl.SSLError) -> AccessDenied:
    why = getattr(error, "verify_message", "")
    return AccessDenied(
        f"the certificate of {where} is not accepted ({why})" if why else f"{where} speaks no TLS: {_CHECK}"
    )
