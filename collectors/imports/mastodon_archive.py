"""Mastodon archive: a person's own public posts (outbox.json and actor.json in a tar.gz or zip)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from collectors.html import links_in, plain_text
from collectors.imports.archive import Archive, base_name, open_archive, read_alone
from collectors.imports.contract import Bad, File, Head, Row, Skipped
from collectors.read import address, dated, identifier, moment, optional_id, text, texts, tree, trees
from collectors.sources.mastodon_parse import opt_out
from girafe.errors import InputInvalid, PayloadChanged
from girafe.records import Account, Envelope, Post, Profile, Record

NAME = "mastodon_archive"
ABOUT = "A person's own Mastodon archive (tar.gz, zip) or its outbox.json"
VERSION = "mastodon_archive-2"
PARSER = NAME
_NOT_SAID = frozenset(
    {"Like", "EmojiReact", "Follow", "Accept", "Block", "Add", "Remove", "Undo", "Delete", "Update"}
)
"""Activities beside posts that other servers keep in an outbox."""
_NOTES = frozenset({"Note", "Article", "Question", "Page", "Video", "Audio", "Event"})
"""Posts that some servers list as they are, not wrapped in what was done with them."""
_QUOTES = ("quote", "quoteUri", "quoteUrl", "_misskey_quote")
_PUBLIC = frozenset({"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"})


def recognises(head: Head) -> bool:
    """An archive with outbox.json, or an outbox alone."""
    names = {base_name(name) for name in head.members}
    alone = '"orderedItems"' in head.start and '"OrderedCollection' in head.start
    return "outbox.json" in names or alone


def rows(file: File) -> Iterator[Row | Bad | Skipped]:
    """The owner, then every public activity: followers-only and direct posts are in the archive, too."""
    actor, outbox = _actor_and_outbox(file)
    items = _items(outbox)
    owner = {name: actor.get(name) for name in ("id", "url", "preferredUsername", "name", "summary", "type",
                                                 "attachment", "discoverable", "indexable")}  # fmt: skip
    yield Row(platform="mastodon", payload={"owner": owner}, position="actor.json")
    for number, activity in enumerate(items, 1):
        position = f"outbox.json:{number}"
        if not isinstance(activity, dict):
            yield Bad(reason="not_an_object", detail="The item is no activity.", position=position)
        elif not _is_public(activity):
            yield Skipped(reason="not_public", position=position)
        elif text(activity.get("type")) in _NOT_SAID:
            yield Skipped(reason="not_a_post", position=position)
        else:
            payload = {"owner": owner, "activity": activity}
            yield Row(platform="mastodon", payload=payload, position=position)


def _actor_and_outbox(file: File) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    if not _is_alone(file):
        with open_archive(file) as archive:
            outbox = _document(archive, "outbox.json")
            named = any(base_name(name) == "actor.json" for name in archive.names())
            return (_document(archive, "actor.json") if named else _owner_of(outbox)), outbox
    outbox = _json("outbox.json", read_alone(file))
    return _owner_of(outbox), outbox


def _is_alone(file: File) -> bool:
    try:
        with file.open() as stream:
            return stream.read(1) in (b"{", b" ", b"\n", b"\xef")
    except (OSError, EOFError, zlib.error):
        return False


def _owner_of(outbox: Mapping[str, Any]) -> Mapping[str, Any]:
    """An outbox alone names its owner by address only, and the last part of that is the user."""
    named = ((item.get("actor"), item.get("attributedTo")) for item in trees(outbox.get("orderedItems")))
    address = next((name for pair in named for thing in pair if (name := _named(thing))), "")
    return {"id": address, "preferredUsername": address.rstrip("/").rpartition("/")[2]}


def _document(archive: Archive, wanted: str) -> Mapping[str, Any]:
    name = next((name for name in archive.names() if base_name(name) == wanted), None)
    if name is None:
        raise InputInvalid(f"The archive holds no {wanted}; it may have been cut short. Export it again.")
    return _json(wanted, archive.read(name))


def _json(name: str, content: bytes) -> Mapping[str, Any]:
    try:
        return tree(orjson.loads(content))
    except orjson.JSONDecodeError as error:
        raise InputInvalid(f"{name} is not valid JSON ({error}); export the archive again.") from error


def _items(outbox: Mapping[str, Any]) -> list[Any]:
    items = outbox.get("orderedItems")
    if not isinstance(items, list) and outbox.get("totalItems") != 0:
        raise InputInvalid("outbox.json holds no list of posts (`orderedItems`); export the archive again.")
    return items if isinstance(items, list) else []


def _is_public(activity: Mapping[str, Any]) -> bool:
    to = activity.get("to")
    return bool(_PUBLIC & {*texts(to), *texts(activity.get("cc")), text(to)})


def parse(envelope: Envelope) -> Iterator[Record]:
    """A note becomes a Post, a boost a bare repost, the actor a Profile."""
    owner, activity = tree(envelope.payload.get("owner")), tree(envelope.payload.get("activity"))
    if not owner:
        raise PayloadChanged("The payload names no owner.")
    author = _author(owner)
    if not activity:
        yield Profile(account=author, observed_at=envelope.fetched_at)
    elif activity.get("type") == "Announce":
        written = moment(activity.get("published"), "published")
        yield Post(
            platform="mastodon", post_id=identifier(activity.get("id"), "id"), created_at=written, text="",
            author=author, observed_at=written, repost_of=_named(activity.get("object")), mentions=(),
        )  # fmt: skip
    elif activity.get("type") == "Create":
        yield from _note(tree(activity.get("object")), author)
    elif text(activity.get("type")) in _NOTES:
        yield from _note(activity, author)
    else:
        raise PayloadChanged("The activity is neither Create nor Announce, nor a post.")


def _note(note: Mapping[str, Any], author: Account) -> Iterator[Record]:
    written = moment(note.get("published"), "published")
    by_language = tree(note.get("contentMap"))
    warning, languages = text(note.get("summary")), list(by_language)
    said = text(note.get("content")) or next(filter(None, map(text, by_language.values())), "")
    body = plain_text(said)
    mentions = [text(tag.get("name")) for tag in trees(note.get("tag")) if tag.get("type") == "Mention"]
    home = address(author.account_id or "").netloc
    yield Post(
        platform="mastodon",
        post_id=identifier(note.get("id") or note.get("atomUri"), "id"),
        created_at=written,
        text="\n\n".join(part for part in (warning, body) if part),
        author=author,
        observed_at=max(written, dated(note.get("updated"), "updated") or written),
        reply_to=_named(note.get("inReplyTo")),
        quote_of=next((name for key in _QUOTES if (name := _named(note.get(key)))), None),
        mentions=tuple(dict.fromkeys(_acct(name, home) for name in mentions if name)),
        lang=languages[0] if languages else None,
        url=text(note.get("url")) or None,
    )


def _named(thing: Any) -> str | None:
    """The id of a post that is given by it, or as a whole."""
    return optional_id(thing) or optional_id(tree(thing).get("id"))


def _acct(name: str, home: str) -> str:
    bare = name.removeprefix("@")
    return bare if "@" in bare else f"{bare}@{home}"


def _author(owner: Mapping[str, Any]) -> Account:
    summary = text(owner.get("summary"))
    fields = [item for item in trees(owner.get("attachment")) if item.get("type") == "PropertyValue"]
    values = [text(field.get("value")) for field in fields]
    bio = "\n".join(
        [plain_text(summary), *(plain_text(f"{f.get('name')}: {f.get('value')}") for f in fields)]
    )
    account_id = identifier(owner.get("id"), "actor.id")
    return Account(
        platform="mastodon",
        account_id=account_id,
        handle=_acct(
            identifier(owner.get("preferredUsername"), "preferredUsername"), address(account_id).netloc
        ),
        display_name=text(owner.get("name")),
        bio=bio.strip(),
        url=text(owner.get("url")) or None,
        links=tuple(dict.fromkeys(link for markup in (summary, *values) for link in links_in(markup))),
        is_bot=True if owner.get("type") in ("Application", "Service") else None,
        # Handing the archive in is a choice of its own, so only a stated refusal counts.
        opted_out=opt_out({"display_name": owner.get("name")}, bio),
    )
