"""Deliver: the digest of the week that has just ended, to every address and room that has not had it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from girafe.errors import GirafeError, SettingsInvalid
from girafe.settings import Settings
from reports import chat, mail
from reports.digest import digest, week_before
from reports.tables import read_release
from reports.words import LANGUAGES


def deliver(
    *,
    exports: Path,
    settings: Settings,
    environment: Mapping[str, str],
    state: Path,
    now: datetime,
) -> str:
    """Sends the digest to GIRAFE_DIGEST_TO and says how many took it; may be called again without harm.

    GIRAFE_DIGEST_TO holds mail addresses and Apprise URLs, separated by spaces; GIRAFE_DIGEST_LANGUAGE is
    `fr` or `en` (default: the company's first); mail needs GIRAFE_SMTP_HOST and GIRAFE_MAIL_FROM, and
    GIRAFE_SMTP_PORT, _USER, _PASSWORD, _ENCRYPTION where they differ from what is usual.
    """
    language = environment.get("GIRAFE_DIGEST_LANGUAGE") or settings.company.languages[0]
    if language not in LANGUAGES:
        raise SettingsInvalid(f"GIRAFE_DIGEST_LANGUAGE is {language!r}; write one of {', '.join(LANGUAGES)}")
    told = digest(read_release(exports), settings, language, week=week_before(now, settings))
    targets = environment.get("GIRAFE_DIGEST_TO", "").split()
    rooms = [target for target in targets if "://" in target]
    people = [target for target in targets if "://" not in target]
    sent = posted = 0
    faults: list[GirafeError] = []
    try:
        if people:
            sender, box = _postbox(environment)
            sent = len(mail.send(told, sender=sender, recipients=people, postbox=box, state=state, now=now))
    except GirafeError as fault:
        faults.append(fault)  # what keeps a mail back keeps no room from being told
    try:
        posted = chat.post(told, channels=rooms, state=state, now=now)
    except GirafeError as fault:
        faults.append(fault)
    mail.raise_all(faults)
    before = len(set(targets)) - sent - posted
    return f"{told.subject}: {sent} by mail, {posted} by chat, {before} had it already"


def _postbox(environment: Mapping[str, str]) -> tuple[str, mail.Postbox]:
    host, sender = environment.get("GIRAFE_SMTP_HOST"), environment.get("GIRAFE_MAIL_FROM")
    if not host or not sender:
        raise SettingsInvalid(
            "set GIRAFE_SMTP_HOST and GIRAFE_MAIL_FROM: GIRAFE_DIGEST_TO names mail addresses"
        )
    encryption = environment.get("GIRAFE_SMTP_ENCRYPTION", "starttls")
    if encryption not in ("starttls", "tls", "none"):
        raise SettingsInvalid(f"GIRAFE_SMTP_ENCRYPTION is {encryption!r}; write starttls, tls or none")
    port = environment.get("GIRAFE_SMTP_PORT", "465" if encryption == "tls" else "587")
    if not port.isdecimal():
        raise SettingsInvalid(f"GIRAFE_SMTP_PORT is {port!r}; write a number")
    return sender, mail.Postbox(
        host=host,
        port=int(port),
        user=environment.get("GIRAFE_SMTP_USER", ""),
        password=environment.get("GIRAFE_SMTP_PASSWORD", ""),
        encryption=encryption,
    )
