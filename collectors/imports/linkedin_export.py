"""An employee's own LinkedIn export (zip): their public posts, comments and positions, with their consent.

Nothing else in the archive is opened: connections and messages are about other people.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import unquote

from collectors.imports.archive import base_name, open_archive
from collectors.imports.contract import Bad, File, Head, Row
from collectors.read import identifier, moment, text, tree, trees
from girafe.errors import InputInvalid, PayloadChanged
from girafe.records import Account, Envelope, Post, Profile, Record

NAME = "linkedin_export"
VERSION = "linkedin_export-1"
PARSER = NAME
_MEMBER = re.compile(r"(shares|comments|positions)(?:_\d+)?\.csv\Z", re.IGNORECASE)
_URN = re.compile(r"urn:li:(share|ugcPost|activity|groupPost)[:,]?\(?(?:urn:li:\w+:)?(\d+)")
_CONSENT_HELP = """write {name} beside it:
    account = "ada-martin"      # the end of the person's profile address, linkedin.com/in/ada-martin
    given_on = 2026-11-02       # when the person agreed
    purpose = "..."             # to what"""


def recognises(head: Head) -> bool:
    """A zip that holds one of the three files."""
    return any(_MEMBER.match(base_name(name)) for name in head.members)


def rows(file: File) -> Iterator[Row | Bad]:
    """The rows of Shares, Comments and Positions; InputInvalid without recorded consent."""
    consent = _consent(file)
    with open_archive(file) as archive:
        wanted = {name: m[1].lower() for name in archive.names() if (m := _MEMBER.match(base_name(name)))}
        tables = [(name, kind, _table(archive.read(name))) for name, kind in sorted(wanted.items())]
    # A comment shows as widely as the post it stands under, so posts are read first.
    hidden = {
        _number(row.get("ShareLink"))
        for _, kind, table in tables
        if kind == "shares"
        for row in table
        if not _is_public(row)
    } - {None}
    for name, kind, table in tables:
        if kind == "positions":
            payload = {"kind": kind, "rows": table, "consent": consent}
            yield Row(platform="linkedin", payload=payload, position=base_name(name))
            continue
        for number, row in enumerate(table, 2):
            if _may_be_kept(kind, row, hidden):
                payload = {"kind": kind, "row": row, "consent": consent}
                position = f"{base_name(name)}:{number}"
                yield Row(platform="linkedin", payload=payload, position=position, raw=str(row))


def _may_be_kept(kind: str, row: dict[str, str], hidden: set[str | None]) -> bool:
    if kind == "shares":
        return _is_public(row)
    link = row.get("Link", "")
    return _number(link) not in hidden and "groupPost" not in unquote(link)


def _consent(file: File) -> dict[str, str]:
    path = file.path.with_name(f"{file.path.name}.consent.toml")
    asked = f"{file.label} is a person's own export and needs that person's consent; " + _CONSENT_HELP.format(
        name=path.name
    )
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputInvalid(asked) from error
    given_on, account, purpose = tree.get("given_on"), tree.get("account"), tree.get("purpose")
    if not isinstance(given_on, date) or not isinstance(account, str) or not account.strip() or not purpose:
        raise InputInvalid(asked)
    return {"account": account.strip(), "given_on": given_on.isoformat(), "purpose": str(purpose)}


def _table(content: bytes) -> list[dict[str, str]]:
    """Rows by column name. Two dialects exist: quotes doubled, and quotes behind a backslash."""
    words = content.decode("utf-8-sig", "replace").replace("\x00", "")
    csv.field_size_limit(4 * 1024 * 1024)
    escape = "\\" if '\\"' in words else None
    try:
        reader = csv.DictReader(io.StringIO(words, newline=""), escapechar=escape)
        return [{str(key): value or "" for key, value in row.items() if key} for row in reader]
    except csv.Error as error:
        raise InputInvalid(f"A table in the export cannot be read ({error}); export it again.") from error


def _is_public(row: dict[str, str]) -> bool:
    return row.get("Visibility", "").strip().upper() == "PUBLIC"


def _number(link: object) -> str | None:
    found = _URN.search(unquote(str(link or "")))
    return found[2] if found else None


def parse(envelope: Envelope) -> Iterator[Record]:
    """A share or a comment becomes a Post, the list of positions a Profile."""
    payload = envelope.payload
    row, kind = tree(payload.get("row")), payload.get("kind")
    account = identifier(tree(payload.get("consent")).get("account"), "consent.account")
    author = Account(platform="linkedin", handle=account, url=f"https://www.linkedin.com/in/{account}")
    if kind == "shares":
        yield _share(row, author)
    elif kind == "comments":
        yield _comment(row, author)
    elif kind == "positions":
        account_seen = _profile(payload.get("rows"), author)
        yield Profile(account=account_seen, observed_at=envelope.fetched_at)
    else:
        raise PayloadChanged("kind is none of shares, comments, positions.")


def _share(row: Any, author: Account) -> Post:
    number = _number(row.get("ShareLink"))
    if number is None:
        raise PayloadChanged("ShareLink holds no id of a post.")
    written = _written(row)
    return Post(
        platform="linkedin", post_id=number, created_at=written, observed_at=written, author=author,
        text=_words(row.get("ShareCommentary")), url=text(row.get("ShareLink")) or None,
    )  # fmt: skip


def _comment(row: Any, author: Account) -> Post:
    """A comment has no id of its own: it is named after its time, place and words."""
    link, words, written = text(row.get("Link")), _words(row.get("Message")), _written(row)
    above = _number(link)
    if above is None:
        raise PayloadChanged("Link holds no id of the post commented.")
    digest = blake2b(f"{written.isoformat()}\x1f{link}\x1f{words}".encode(), digest_size=12).hexdigest()
    return Post(
        platform="linkedin", post_id=f"comment:{digest}", created_at=written, observed_at=written,
        author=author, text=words, reply_to=above, conversation_id=above, url=link or None,
    )  # fmt: skip


def _profile(positions: Any, author: Account) -> Account:
    """What the person would write about themselves: where they work, and where they used to."""
    current: dict[str, str] = {}
    past: dict[str, str] = {}
    for row in trees(positions):
        company, title = text(row.get("Company Name")).strip(), text(row.get("Title")).strip()
        ended = text(row.get("Finished On")).strip()
        if company:
            (past if ended else current).setdefault(company, title)
    lines = [f"{title or 'Working'} at {company}" for company, title in current.items()]
    lines += [
        f"Former {title or 'employee'} at {name}" for name, title in past.items() if name not in current
    ]
    return replace(author, bio="\n".join(lines))


def _written(row: Any) -> datetime:
    return moment(text(row.get("Date")).strip().removesuffix(" UTC"), "Date").astimezone(UTC)


def _words(value: Any) -> str:
    """Some exports put quotes around every physical line of a long text; only then are they taken off."""
    words = text(value).strip()
    lines = words.splitlines()
    inner = all(line.startswith('"') for line in lines[1:]) and all(line.endswith('"') for line in lines[:-1])
    if len(lines) > 1 and inner:
        words = "\n".join(line.removeprefix('"').removesuffix('"') for line in lines)
    return words
