"""Arrivals: what was heard, as envelopes to land; who asked to be left out leaves only a notice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from collectors import optout
from collectors.contract import Item, Source
from collectors.read import SHAPE_ERRORS
from girafe.errors import PayloadRejected
from girafe.records import Account, Deletion, Envelope, IsForgotten, Payload, Post


@dataclass(slots=True, kw_only=True)
class Arrivals:
    """Makes the envelopes of one run and counts what is in them."""

    source: str
    module: Source
    query: str
    run_id: str
    now: datetime
    is_forgotten: IsForgotten
    posts: int = 0
    unread: int = 0
    noticed: set[Account] = field(default_factory=set)
    """Accounts that opted out."""

    @property
    def opted_out(self) -> int:
        """How many accounts opted out."""
        return len(self.noticed)

    def envelopes(self, items: Iterable[Item]) -> Iterator[Envelope]:
        """One for each item; one notice for each account that opted out."""
        for item in items:
            envelope = self._envelope(item)
            account = self._refuser(envelope)
            if account is None:
                yield envelope
            elif account.opted_out and account not in self.noticed:
                self.noticed.add(account)
                notice = Item(key="", payload=optout.notice(account), platform=item.platform)
                yield self._envelope(notice, source=optout.NAME)

    def _envelope(self, item: Item, source: str = "") -> Envelope:
        return Envelope(
            source=source or self.source,
            platform=item.platform or self.module.PLATFORM,
            query=self.query,
            fetched_at=self.now,
            run_id=self.run_id,
            collector_version=self.module.VERSION,
            payload=_keepable(item.payload),
            position=item.position,
        )

    def _refuser(self, envelope: Envelope) -> Account | None:
        """The account whose wish keeps this payload from being landed, if any; counts what is read."""
        try:
            records = list(self.module.parse(envelope))
        except (PayloadRejected, *SHAPE_ERRORS):
            self.unread += 1  # landed all the same: classify puts it into quarantine with its reason
            return None
        for record in records:
            if not isinstance(record, Deletion) and (
                record.speaker.opted_out or self.is_forgotten(record.speaker)
            ):
                return record.speaker
        self.posts += sum(isinstance(record, Post) for record in records)
        return None


def _keepable(payload: Payload) -> Payload:
    """`payload`, or a note in its place if it cannot be written as JSON (nested hundreds of levels deep).

    No parser knows the note, so classify puts it into quarantine with its reason and the run goes on.
    """
    try:
        # An envelope adds one level to what its payload has.
        orjson.dumps([payload])
    except (orjson.JSONEncodeError, RecursionError) as error:
        return {"not_kept": f"The payload cannot be written as JSON ({error})."}
    return payload
