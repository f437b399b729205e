"""The registry: every source listened to live, every file format read, and the parser of each."""

from __future__ import annotations

from collections.abc import Mapping

from collectors import gone, optout
from collectors.contract import Source
from collectors.imports import girafe_jsonl, linkedin_export, mastodon_archive, x_archive, zeeschuimer
from collectors.imports.contract import Format
from collectors.imports.mapped import Mapped
from collectors.imports.mapping import shipped_mappings
from collectors.sources import (
    bluesky,
    discourse,
    hackernews,
    linkedin,
    mastodon,
    meta,
    reddit,
    rss,
    stackexchange,
    telegram,
    x,
    youtube,
)
from girafe.records import Parser

SOURCES: Mapping[str, Source] = {
    "bluesky": bluesky,
    "discourse": discourse,
    "hackernews": hackernews,
    "linkedin": linkedin,
    "mastodon": mastodon,
    "meta": meta,
    "reddit": reddit,
    "rss": rss,
    "stackexchange": stackexchange,
    "telegram": telegram,
    "x": x,
    "youtube": youtube,
}
"""One line per module in collectors/sources; mypy checks each against the contract here."""

FORMATS: Mapping[str, Format] = {
    "linkedin_export": linkedin_export,
    "mastodon_archive": mastodon_archive,
    "x_archive": x_archive,
    "zeeschuimer": zeeschuimer,
    "girafe_jsonl": girafe_jsonl,
    **{name: Mapped(mapping) for name, mapping in shipped_mappings().items()},
}
"""One line per module in collectors/imports, then every mapping file; the first that recognises reads."""

PARSERS: Mapping[str, Parser] = {
    optout.NAME: optout.parse,
    gone.NAME: gone.parse,
    **{name: source.parse for name, source in SOURCES.items()},
    **{reader.PARSER: reader.parse for reader in FORMATS.values() if reader.PARSER == reader.NAME},
}
"""What classify receives: the parser that reads the payloads of `Envelope.source`."""
