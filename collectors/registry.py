"""The registry: every source listened to live, every file format read, and the parser of each."""

from __future__ import annotations

from collections.abc import Mapping

from collectors import optout
from collectors.contract import Parser, Source
from collectors.imports import girafe_jsonl, linkedin_export, zeeschuimer
from collectors.imports.contract import Format
from collectors.sources import bluesky, hackernews, mastodon, rss

SOURCES: Mapping[str, Source] = {
    "bluesky": bluesky,
    "hackernews": hackernews,
    "mastodon": mastodon,
    "rss": rss,
}
"""One line per module in collectors/sources; mypy checks each against the contract here."""

FORMATS: Mapping[str, Format] = {
    "linkedin_export": linkedin_export,
    "zeeschuimer": zeeschuimer,
    "girafe_jsonl": girafe_jsonl,
}
"""One line per module in collectors/imports. Order matters: the first that recognises a file reads it."""

PARSERS: Mapping[str, Parser] = {
    optout.NAME: optout.parse,
    **{name: source.parse for name, source in SOURCES.items()},
    **{name: reader.parse for name, reader in FORMATS.items()},
}
"""What classify receives: the parser that reads the payloads of `Envelope.source`."""
