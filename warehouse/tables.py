"""Tables: the columns that pass from classify to DuckDB, and how two sightings of a row merge.

Every table is pseudonymised: ids are HMACs (girafe/pseudonym.py), and no text, name, handle, bio or
link of a person has a column here. Merging is commutative and idempotent, so files may be loaded in
any order and any number of times.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from girafe.records import JUDGED_VOICES

_TIME = pa.timestamp("us", tz="UTC")
_TEXT = pa.string()

PARQUET: dict[str, Any] = {"compression": "zstd", "write_page_checksum": True}
"""How classified files are written: a bit that a disk turned is found, and never becomes a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table: its grain is `key`; the row with the greatest `latest` wins the other columns."""

    name: str
    grain: str
    key: tuple[str, ...]
    schema: pa.Schema
    minimum: tuple[str, ...] = ()
    """Columns that keep the smallest value seen."""
    maximum: tuple[str, ...] = ()
    """Columns that keep the greatest value seen."""
    latest: str | None = None
    """The column whose greatest value decides the remaining columns (ties: greatest row)."""


POSTS = Table(
    name="posts",
    grain="one row per post x version of its content",
    key=("post_id", "content_hash"),
    minimum=("first_seen_at",),
    maximum=("last_seen_at",),
    latest="last_seen_at",
    schema=pa.schema(
        [
            ("post_id", _TEXT),
            ("content_hash", _TEXT),  # keyed hash of text, parents and mentions
            ("platform", _TEXT),
            ("account_id", _TEXT),
            ("created_at", _TIME),
            ("first_seen_at", _TIME),
            ("last_seen_at", _TIME),
            ("reply_to_id", _TEXT),  # pseudonym in the name space of post_id, or null
            ("conversation_id", _TEXT),  # pseudonym of the platform's conversation, or null
            ("root_post_id", _TEXT),  # the same conversation id in the name space of post_id
            ("quote_of_id", _TEXT),
            ("repost_of_id", _TEXT),
            ("is_bare_repost", pa.bool_()),  # shared without a word of one's own: not speech
            ("language", _TEXT),  # ISO 639-1 from the text, `und` where it cannot be told
            ("is_question", pa.bool_()),
            ("count_words", pa.int32()),
            ("likes", pa.int64()),
            ("replies", pa.int64()),
            ("reposts", pa.int64()),
            ("time_precision", _TEXT),
            ("source", _TEXT),
            ("query", _TEXT),
        ]
    ),
)

MENTIONS = Table(
    name="mentions",
    grain="one row per post version x account it mentions",
    key=("post_id", "content_hash", "handle_key", "account_key"),
    schema=pa.schema(
        [
            ("post_id", _TEXT),
            ("content_hash", _TEXT),
            ("handle_key", _TEXT),  # the mention read as a handle
            ("account_key", _TEXT),  # the same mention read as an account id
        ]
    ),
)

ACCOUNT_OBSERVATIONS = Table(
    name="account_observations",
    grain="one row per account x version of its profile",
    key=("account_id", "profile_version"),
    minimum=("first_seen_at",),
    maximum=("last_seen_at",),
    latest="last_seen_at",
    schema=pa.schema(
        [
            ("account_id", _TEXT),
            ("profile_version", _TEXT),  # keyed hash of what the classifier reads
            ("platform", _TEXT),
            ("first_seen_at", _TIME),
            ("last_seen_at", _TIME),
            ("followers", pa.int64()),
        ]
    ),
)

ACCOUNT_ALIASES = Table(
    name="account_aliases",
    grain="one row per pseudonym of a handle",
    key=("alias_id",),
    latest="last_seen_at",
    maximum=("last_seen_at",),
    schema=pa.schema([("alias_id", _TEXT), ("account_id", _TEXT), ("last_seen_at", _TIME)]),
)

POST_MATCHES = Table(
    name="post_matches",
    grain="one row per post version x company it may be about x classifier version",
    key=("post_id", "content_hash", "company_id", "classifier_version"),
    schema=pa.schema(
        [
            ("post_id", _TEXT),
            ("content_hash", _TEXT),
            ("company_id", _TEXT),
            ("is_about", pa.bool_()),
            ("probability", pa.float64()),
            ("evidence", pa.list_(_TEXT)),
            ("classifier_version", _TEXT),
        ]
    ),
)

THEME_LABELS = Table(
    name="theme_labels",
    grain="one row per post version x theme above its threshold x classifier version",
    key=("post_id", "content_hash", "theme", "classifier_version"),
    schema=pa.schema(
        [
            ("post_id", _TEXT),
            ("content_hash", _TEXT),
            ("theme", _TEXT),
            ("probability", pa.float64()),
            ("classifier_version", _TEXT),
        ]
    ),
)

SENTIMENT_LABELS = Table(
    name="sentiment_labels",
    grain="one row per post version x classifier version",
    key=("post_id", "content_hash", "classifier_version"),
    schema=pa.schema(
        [
            ("post_id", _TEXT),
            ("content_hash", _TEXT),
            ("sentiment", _TEXT),  # negative, neutral, positive
            ("probability", pa.float64()),
            ("classifier_version", _TEXT),
        ]
    ),
)

TERM_LABELS = Table(
    name="term_labels",
    grain="one row per post version x term of the closed vocabulary it uses x classifier version",
    key=("post_id", "content_hash", "term", "classifier_version"),
    schema=pa.schema(
        [
            ("post_id", _TEXT),
            ("content_hash", _TEXT),
            ("term", _TEXT),  # a code of nlp/patterns/terms.toml, never a word of the text itself
            ("classifier_version", _TEXT),
        ]
    ),
)

ORGANISATION_LINKS = Table(
    name="organisation_links",
    grain="one row per post that opens a thread and whose author is an organisation by declaration",
    key=("post_id",),
    maximum=("last_seen_at",),
    latest="last_seen_at",
    schema=pa.schema(
        [
            ("post_id", _TEXT),
            ("url", _TEXT),  # http(s) only, checked in nlp/links.py; the only address past classify
            ("last_seen_at", _TIME),
        ]
    ),
)

SPEAKER_EVIDENCE = Table(
    name="speaker_evidence",
    grain="one row per account x company x thing seen (a profile version, a post) x classifier version",
    key=("account_id", "company_id", "origin", "reference", "classifier_version"),
    schema=pa.schema(
        [
            ("account_id", _TEXT),
            ("company_id", _TEXT),
            ("origin", _TEXT),  # profile, name (seen without its profile), post, given
            ("reference", _TEXT),  # profile_version, or the pseudonym of the post
            ("observed_at", _TIME),  # null for profile: account_observations knows
            ("codes", pa.list_(_TEXT)),
            # profile: log-probability per voice; post: log-likelihood ratio per voice;
            # given: 0 for the voice given and null elsewhere. Order: JUDGED_VOICES.
            *((f"score_{voice.value}", pa.float64()) for voice in JUDGED_VOICES),
            ("classifier_version", _TEXT),
        ]
    ),
)

DELETIONS = Table(
    name="deletions",
    grain="one row per post or account that is gone or has opted out",
    key=("post_id", "account_id"),
    minimum=("observed_at",),
    schema=pa.schema(
        [
            ("post_id", _TEXT),  # '' where the whole account is meant
            ("account_id", _TEXT),  # '' where one post is meant
            ("platform", _TEXT),
            ("reason", _TEXT),  # deleted, opted_out, forgotten
            ("observed_at", _TIME),
        ]
    ),
)

EDGE_COUNTS = Table(
    name="edge_counts",
    grain="one row per unit x company x week x language x measure x kind",
    key=("unit_id", "company_id", "week_start", "language", "measure", "kind"),
    maximum=("observed_at",),
    latest="observed_at",
    schema=pa.schema(
        [
            ("unit_id", _TEXT),  # of a thread the company opened or of a day; names nobody
            ("company_id", _TEXT),
            ("week_start", pa.date32()),
            ("platform", _TEXT),
            ("language", _TEXT),  # of the thread
            ("measure", _TEXT),  # thread, post, exchange; nothing: the unit was observed
            ("kind", _TEXT),
            ("count_events", pa.int64()),
            ("observed_at", _TIME),  # the newest observation of a unit replaces all older rows of it
        ]
    ),
)

CLASSIFIED: tuple[Table, ...] = (
    POSTS,
    MENTIONS,
    ACCOUNT_OBSERVATIONS,
    ACCOUNT_ALIASES,
    POST_MATCHES,
    THEME_LABELS,
    SENTIMENT_LABELS,
    TERM_LABELS,
    ORGANISATION_LINKS,
    SPEAKER_EVIDENCE,
    DELETIONS,
    EDGE_COUNTS,
)
"""What classify writes, one Parquet file each, and load merges into raw.<name>."""

SPEAKER_LABELS = Table(
    name="speaker_labels",
    grain="one row per account x company x time its label changed (judged at load from all evidence)",
    key=("account_id", "company_id", "observed_at"),
    schema=pa.schema(
        [
            ("account_id", _TEXT),
            ("company_id", _TEXT),
            ("observed_at", _TIME),
            ("voice", _TEXT),
            ("probability", pa.float64()),
            *((f"probability_{voice.value}", pa.float64()) for voice in JUDGED_VOICES),
            ("evidence", pa.list_(_TEXT)),
            ("is_certain", pa.bool_()),  # given or reviewed: holds for all time before it, too
            ("classifier_version", _TEXT),
        ]
    ),
)

COMPANIES = Table(
    name="companies",
    grain="one row per company of company.toml",
    key=("company_id",),
    schema=pa.schema(
        [
            ("company_id", _TEXT),
            ("company", _TEXT),  # its name as people read it
            ("is_home", pa.bool_()),  # the company listened for; the others are competitors
            ("time_zone", _TEXT),
            ("headcount", pa.int64()),
            ("headcount_on", pa.date32()),
            ("headcount_source", _TEXT),
        ]
    ),
)

OFFICIAL_ACCOUNTS = Table(
    name="official_accounts",
    grain="one row per official account of company.toml",
    key=("company_id", "platform", "handle_key", "account_key"),
    schema=pa.schema(
        [
            ("company_id", _TEXT),
            ("platform", _TEXT),
            ("handle_key", _TEXT),
            ("account_key", _TEXT),
        ]
    ),
)

COLLECTION_RUNS = Table(
    name="collection_runs",
    grain="one row per landing file",
    key=("platform", "run_id"),
    schema=pa.schema(
        [
            ("platform", _TEXT),
            ("source", _TEXT),
            ("run_id", _TEXT),
            ("first_fetched_at", _TIME),
            ("last_fetched_at", _TIME),
            ("count_payloads", pa.int64()),
            ("count_posts", pa.int64()),
            ("count_quarantined", pa.int64()),
            ("count_opted_out", pa.int64()),
            ("health", _TEXT),  # heard, silent, blind: `blind` names a collector that could not hear
            ("health_detail", _TEXT),
            ("canary", _TEXT),  # heard, refused, mute; empty or null where it was not asked
            ("count_posts_expected", pa.float64()),
            ("limits", _TEXT),
        ]
    ),
)

RAW: tuple[Table, ...] = (*CLASSIFIED, SPEAKER_LABELS, COMPANIES, OFFICIAL_ACCOUNTS, COLLECTION_RUNS)
"""Every table of the schema `raw`, in the order they are created."""

PSEUDONYMS: frozenset[str] = frozenset(
    {
        "post_id",
        "content_hash",
        "account_id",
        "reply_to_id",
        "conversation_id",
        "root_post_id",
        "quote_of_id",
        "repost_of_id",
        "handle_key",
        "account_key",
        "profile_version",
        "alias_id",
        "reference",
    }
)
"""The columns, in whichever table, that hold keyed pseudonyms: what a change of key must change."""
