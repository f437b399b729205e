"""Deletions on Bluesky as they happen: Jetstream or the firehose, behind one adapter.

Nobody is followed: the stream is read from where the last round ended up to now, and of all it tells only
deletions of what lies in landing are kept. An account that is gone takes all its posts with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import cbor2
import orjson

from collectors.contract import Watch
from collectors.guard import shown
from collectors.http import Http
from collectors.read import moment, text, tree, trees
from collectors.refusals import without_names
from collectors.stream import frames
from girafe.errors import PayloadRejected, SourceUnavailable

POSTS = "app.bsky.feed.post"
_MEMORY = "stream"
_REWIND = timedelta(seconds=5)
"""Jetstream delivers at least once, and not quite in order: the end of the last round is read again."""
_FIRST_REACH = timedelta(days=1)
_MOST_DIDS = 10_000
_OF_THE_HOST = frozenset({"desynchronized", "throttled"})
"""States of a server, not wishes of a person: nothing is purged for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One frame, as far as it matters."""

    position: int
    """What to ask for next time: microseconds (Jetstream) or a sequence number (firehose)."""
    time: datetime
    deleted: tuple[str, ...] = ()
    """AT-URIs of posts."""
    purged: str = ""
    """The did of an account that is gone."""


Reader = Callable[[str | bytes], Event | None]
"""One frame as an Event; None for what says nothing of interest."""


def jetstream(frame: str | bytes) -> Event | None:
    """A frame of Jetstream v1: JSON with `time_us`; a deletion has no record, so its URI is put together."""
    told = tree(orjson.loads(frame))
    position = _position(told.get("time_us"))
    if position is None:
        return None
    did, commit, account = text(told.get("did")), tree(told.get("commit")), tree(told.get("account"))
    deleted: tuple[str, ...] = ()
    if commit.get("operation") == "delete" and commit.get("collection") == POSTS:
        deleted = (f"at://{did}/{POSTS}/{text(commit.get('rkey'))}",)
    time = datetime.fromtimestamp(position / 1_000_000, tz=UTC)
    return Event(position=position, time=time, deleted=deleted, purged=_purged(did, account))


def firehose(frame: str | bytes) -> Event | None:
    """A frame of com.atproto.sync.subscribeRepos: two CBOR values, a header and a body."""
    stream = BytesIO(frame if isinstance(frame, bytes) else frame.encode())
    decoder = cbor2.CBORDecoder(stream)
    header, body = tree(decoder.decode()), tree(decoder.decode())
    if header.get("op") == -1:
        raise SourceUnavailable(f"The firehose answered {without_names(text(body.get('error')))}.")
    position = _position(body.get("seq"))
    if position is None:
        return None
    paths = [text(op.get("path")) for op in trees(body.get("ops")) if op.get("action") == "delete"]
    deleted = tuple(f"at://{text(body.get('repo'))}/{p}" for p in paths if p.startswith(f"{POSTS}/"))
    account = body if header.get("t") == "#account" else {}
    return Event(
        position=position,
        time=moment(body.get("time"), "time"),
        deleted=deleted,
        purged=_purged(text(body.get("did")), account),
    )


def _position(value: Any) -> int | None:
    """A place in the stream; microseconds since 1970 are far beyond any count of things."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _purged(did: str, account: Any) -> str:
    is_gone = account.get("active") is False and account.get("status") not in _OF_THE_HOST
    return did if is_gone else ""


def changes(watch: Watch, base: str, dids: Sequence[str], http: Http) -> Iterator[Event]:
    """Deletions and purges since the last round, up to now; what was read is noted in the watch's memory.

    Raises SourceUnavailable or AccessDenied where the stream cannot be read; what came before was yielded.
    """
    is_firehose = "subscribeRepos" in base
    read: Reader = firehose if is_firehose else jetstream
    started = http.clock().astimezone(UTC)
    idle = float(watch.options.get("stream_idle", 30))
    hello = None if is_firehose or len(dids) > _MOST_DIDS else _hello(dids)
    unread = f"{shown(base)}: a frame could not be read."
    for frame in frames(_address(watch, base, started, hello), http, hello=hello, idle=idle):
        try:
            event = read(frame)
        except (
            PayloadRejected,
            ValueError,
            TypeError,
            OverflowError,
            OSError,
            EOFError,
            cbor2.CBORDecodeError,
        ):
            if unread not in watch.limits:  # once: a stream may send nothing else
                watch.limits.append(unread)
            continue
        if event is None:
            continue
        if event.deleted or event.purged:
            yield event
        watch.memory[_MEMORY] = f"{base} {event.position}"
        if event.time >= started:
            return


def _address(watch: Watch, base: str, started: datetime, hello: str | None) -> str:
    known, _, position = watch.memory.get(_MEMORY, "").rpartition(" ")
    if "subscribeRepos" in base:
        # Sequence numbers belong to one server: another begins at the oldest it has.
        return f"{base}?{urlencode({'cursor': position if known == base else 0})}"
    micros = int(position) if known == base else int((started - _FIRST_REACH).timestamp() * 1_000_000)
    asked = {
        "wantedCollections": POSTS,
        "cursor": micros - _REWIND // timedelta(microseconds=1),
        **({"requireHello": "true"} if hello else {}),
    }
    return f"{base}?{urlencode(asked)}"


def _hello(dids: Sequence[str]) -> str:
    """Asks for these accounts only; sent through the socket, an address could not hold so many."""
    wanted = {"wantedCollections": [POSTS], "wantedDids": sorted(dids)}
    return orjson.dumps({"type": "options_update", "payload": wanted}).decode()
