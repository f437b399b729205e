"""Run: one collection run - what it landed, line by line, and the record it left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from girafe.records import Envelope, Payload
from sample.platforms import bluesky, hackernews, mastodon, rss
from sample.world import Actor

_VERSIONS = {
    "bluesky": bluesky.VERSION,
    "mastodon": mastodon.VERSION,
    "hackernews": hackernews.VERSION,
    "rss": rss.VERSION,
}


@dataclass(kw_only=True)
class Run:
    """One run: what it landed and what it must report."""

    platform: str
    query: str
    now: datetime
    payloads: list[tuple[str, Payload]] = field(default_factory=list)
    """(source, payload); the source is the platform or the opt-out notice."""
    broken: list[tuple[int, str]] = field(default_factory=list)
    """(line, reason) of what must end in quarantine."""
    count_posts: int = 0
    noticed: set[str] = field(default_factory=set)
    speakers: dict[str, Actor] = field(default_factory=dict)
    addressed: dict[str, Actor] = field(default_factory=dict)
    blind: str = ""

    @property
    def run_id(self) -> str:
        """As the collectors name a run: source, time, and a digest of source and query."""
        digest = blake2b(f"{self.platform}\x1f{self.query}".encode(), digest_size=4).hexdigest()
        return f"{self.platform}-{self.now:%Y%m%dT%H%M%S}{self.now.microsecond:06d}-{digest}"

    def envelopes(self) -> Iterator[Envelope]:
        """The lines of its landing file."""
        for source, payload in self.payloads:
            yield Envelope(
                source=source,
                platform=self.platform,
                query=self.query,
                fetched_at=self.now,
                run_id=self.run_id,
                collector_version=_VERSIONS[self.platform],
                payload=payload,
            )

    def record(self) -> dict[str, Any]:
        """Its run record, with the columns of raw.collection_runs."""
        return {
            "platform": self.platform,
            "source": self.platform,
            "run_id": self.run_id,
            "first_fetched_at": self.now,
            "last_fetched_at": self.now + timedelta(seconds=len(self.payloads) // 8),
            "count_payloads": len(self.payloads) - len(self.noticed),
            "count_posts": self.count_posts,
            "count_quarantined": len(self.broken),
            "count_opted_out": len(self.noticed),
            "health": "blind" if self.blind else "heard" if self.count_posts else "silent",
            "health_detail": self.blind,
        }
