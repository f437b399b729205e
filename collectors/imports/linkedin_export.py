"""An employee's own LinkedIn export (zip): their public posts, comments and positions, with their consent.

Nothing else in the archive is opened: connections and messages are about other people.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import unquote

from collectors.imports.archive import base_name, open_archive, read_alone
from collectors.imports.consent import consent_beside
from collectors.imports.contract import Bad, File, Head, Row, Skipped
from collectors.imports.dates import Ambiguous, Order, read_date
from collectors.imports.linkedin_tables import Found, columns_of, decoded, read_table
from collectors.imports.table_ids import native_id
from collectors.imports.times import from_activity_id
from collectors.read import identifier, moment, text, tree, trees
from girafe.errors import PayloadChanged
from girafe.records import Account, Envelope, Payload, Post, Profile, Record

NAME = "linkedin_export"
ABOUT = "An employee's own LinkedIn export (zip), with their recorded consent"
VERSION = "linkedin_export-2"
PARSER = NAME
_KINDS = {
    "shares": "shares", "partages": "shares", "publications": "shares", "posts": "shares", "beiträge": "shares",
    "comments": "comments", "commentaires": "comments", "kommentare": "comments",
    "positions": "positions", "postes": "positions", "expérience": "positions", "expériences": "positions",
    "experience": "positions", "positionen": "positions",
}  # fmt: skip
_MEMBER = re.compile(rf"({'|'.join(_KINDS)})(?:[ _-]*\(?\d+\)?)*\.csv\Z", re.IGNORECASE)
"""By name alone, so that nothing about other people is opened; `Shares_17529409.csv`, `Shares (1).csv`."""
_EVERYBODY = frozenset({"public", "anyone", "everyone", "publique", "tout le monde"})
_URN = re.compile(r"urn:li:(share|ugcPost|activity|groupPost)[:,]?\(?(?:urn:li:\w+:)?(\d+)")
_COMMENT_URN = re.compile(r"urn:li:comment:\([^()]*,(\d+)\)")


def recognises(head: Head) -> bool:
    """A zip that holds one of the three files, or one of them handed in alone."""
    alone = _MEMBER.match(head.name)
    return any(_MEMBER.match(base_name(name)) for name in head.members) or (
        alone is not None and any(_is_header(_kind(alone), row) for row in head.rows)
    )


def _kind(name: re.Match[str]) -> str:
    return _KINDS[name[1].lower()]


def _is_header(kind: str, row: Iterable[str]) -> bool:
    needed = {"shares": "ShareLink", "comments": "Link", "positions": "Company Name"}
    return needed[kind] in columns_of(row)


def rows(file: File) -> Iterator[Row | Bad | Skipped]:
    """The rows of Shares, Comments and Positions; InputInvalid without recorded consent."""
    consent = consent_beside(file)
    tables = list(_tables(file))
    hidden = _hidden(found for _, kind, table in tables if kind == "shares" for found in table)
    for name, kind, table in tables:
        if kind == "positions":
            held = [found[1] for found in table if not isinstance(found, Bad)]
            yield Row(
                platform="linkedin", payload={"kind": kind, "rows": held, "consent": consent}, position=name
            )
            continue
        for found in table:
            yield found if isinstance(found, Bad) else _row(name, kind, found, hidden, consent)


def _tables(file: File) -> Iterator[tuple[str, str, list[Found | Bad]]]:
    """Name, kind and rows of each of the three files; nothing else is opened."""
    alone = _MEMBER.match(file.path.name.removesuffix(".gz"))
    if alone is not None:
        yield file.label, _kind(alone), list(read_table(decoded(read_alone(file)), file.label))
        return
    with open_archive(file) as archive:
        for name in sorted(archive.names()):
            if found := _MEMBER.match(base_name(name)):
                table = read_table(decoded(archive.read(name)), base_name(name))
                yield base_name(name), _kind(found), list(table)


def _hidden(shares: Iterable[Found | Bad]) -> set[str]:
    """The posts not everybody may see: a comment shows as widely as the post it stands under."""
    rows = (found[1] for found in shares if not isinstance(found, Bad))
    return {number for row in rows if not _is_public(row) and (number := _number(row.get("ShareLink")))}


def _row(name: str, kind: str, found: Found, hidden: set[str], consent: Payload) -> Row | Skipped:
    number, row = found
    position = f"{name}:{number}"
    reason = _why_left_out(kind, row, hidden)
    if reason:
        return Skipped(reason=reason, position=position)
    payload = {"kind": kind, "row": row, "consent": consent}
    return Row(platform="linkedin", payload=payload, position=position, raw=str(row))


def _why_left_out(kind: str, row: Mapping[str, str], hidden: set[str]) -> str:
    """A reason, or nothing for what everybody may see."""
    link = row.get("ShareLink" if kind == "shares" else "Link", "")
    if kind == "shares" and not _is_public(row):
        return "not_public" if row.get("Visibility", "").strip() else "visibility_not_said"
    if kind == "comments" and _number(link) in hidden:
        return "under_a_post_not_public"
    return "in_a_group" if "groupPost" in unquote(link) else ""


def _is_public(row: Mapping[str, str]) -> bool:
    return row.get("Visibility", "").strip().casefold() in _EVERYBODY


def _number(link: object) -> str | None:
    address = str(link or "")
    found = _URN.search(unquote(address))
    return found[2] if found else native_id("linkedin", address)


def parse(envelope: Envelope) -> Iterator[Record]:
    """A share or a comment becomes a Post, the list of positions a Profile."""
    payload = envelope.payload
    row, kind = tree(payload.get("row")), payload.get("kind")
    account = identifier(tree(payload.get("consent")).get("account"), "consent.account")
    author = Account(platform="linkedin", handle=account, url=f"https://www.linkedin.com/in/{account}")
    if kind == "shares":
        yield _share(row, author, envelope.fetched_at)
    elif kind == "comments":
        yield _comment(row, author, envelope.fetched_at)
    elif kind == "positions":
        account_seen = _profile(payload.get("rows"), author)
        yield Profile(account=account_seen, observed_at=envelope.fetched_at)
    else:
        raise PayloadChanged("kind is none of shares, comments, positions.")


def _share(row: Any, author: Account, seen_at: datetime) -> Post:
    number = _number(row.get("ShareLink"))
    if number is None:
        raise PayloadChanged("ShareLink holds no id of a post.")
    written = _written(row, number, seen_at)
    return Post(
        platform="linkedin", post_id=number, created_at=written, observed_at=written, author=author,
        text=_words(row.get("ShareCommentary")), url=text(row.get("ShareLink")) or None,
    )  # fmt: skip


def _comment(row: Any, author: Account, seen_at: datetime) -> Post:
    """A comment has no id of its own: it is named after its time, place and words."""
    link, words = text(row.get("Link")), _words(row.get("Message"))
    above, own = _number(link), _COMMENT_URN.search(unquote(link))
    if above is None:
        raise PayloadChanged("Link holds no id of the post commented.")
    written = _written(row, own[1] if own else "", seen_at)
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


def _written(row: Any, number: str, seen_at: datetime) -> datetime:
    """As dated; where that is empty or of another year's writing, from the id, which holds the moment."""
    stated = text(row.get("Date")).strip().removesuffix(" UTC")
    try:
        return moment(stated, "Date")
    except PayloadChanged:
        known = from_activity_id(number, seen_at) if not stated or stated[0].isdigit() else None
        if known is not None:
            return known
        try:
            read = read_date(stated, UTC, Order.UNDECIDED)
        except Ambiguous:
            read = None  # nothing says which of day and month comes first
        if read is None:
            raise
        return read.at


def _words(value: Any) -> str:
    """Some exports put quotes around every physical line of a long text; only then are they taken off."""
    words = text(value).strip()
    lines = words.splitlines()
    inner = all(line.startswith('"') for line in lines[1:]) and all(line.endswith('"') for line in lines[:-1])
    if len(lines) > 1 and inner:
        words = "\n".join(line.removeprefix('"').removesuffix('"') for line in lines)
    return words
