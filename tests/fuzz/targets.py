"""What is fuzzed: every parser that reads what strangers wrote. Each target takes bytes and either returns or
raises something that is a bug: a refusal with its reason (PayloadRejected, InputInvalid, ...) is no bug."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from collectors import limits
from collectors.html import links_in, plain_text
from collectors.imports import dates, times
from collectors.imports.contract import Bad, File, Row, Skipped
from collectors.imports.head import read_head
from collectors.imports.lines import json_lines
from collectors.imports.mapping import ImportMapping, plain
from collectors.imports.suggest import suggest_mapping
from collectors.registry import FORMATS, PARSERS
from girafe.errors import InputInvalid, PayloadRejected, SettingsInvalid
from girafe.records import Account, Envelope, Post, Profile, Record
from girafe.settings import parse_settings
from tests.fuzz.mutate import Bytes, Payloads

Target = Callable[[bytes], None]

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PAYLOADS = Path(__file__).parents[1] / "collectors" / "payloads"
PARIS = ZoneInfo("Europe/Paris")


class Memory(File):
    """A file that never touches a disk."""

    __slots__ = ("content",)
    content: bytes

    @classmethod
    def of(cls, content: bytes, name: str = "fuzzed") -> Memory:
        made = cls(path=Path(name), label=name, now=NOW)
        object.__setattr__(made, "content", content)
        return made

    def raw(self) -> IO[bytes]:
        return io.BytesIO(self.content)

    def beside(self, ending: str) -> str | None:
        return 'account = "ada-m"\ngiven_on = 2026-11-01\npurpose = "to listen"\n'


def check(record: Record) -> None:
    """What every later stage relies on."""
    account = (
        record.author if isinstance(record, Post) else record.account if isinstance(record, Profile) else None
    )
    if account is not None:
        assert account.account_id or account.handle
        for words in (
            account.account_id,
            account.handle,
            account.display_name,
            account.bio,
            account.url,
            *account.links,
        ):
            assert words is None or isinstance(words, str)
    if isinstance(record, Post):
        assert isinstance(record.post_id, str)
        assert record.post_id
        assert record.created_at.tzinfo is not None
        record.text.encode()
        assert record.mentions is None or all(isinstance(name, str) for name in record.mentions)
        for count in (record.likes, record.replies, record.reposts):
            assert count is None or (isinstance(count, int) and count >= 0)


def envelope(source: str, platform: str, payload: Any) -> Envelope:
    return Envelope(source=source, platform=platform, query="Ondine", fetched_at=NOW, run_id="r",
                    collector_version="1", payload=payload)  # fmt: skip


def _parser(name: str, platform: str, payloads: Payloads) -> Target:
    parse = PARSERS[name]

    def target(data: bytes) -> None:
        try:
            for record in parse(envelope(name, platform, payloads.changed(data))):
                check(record)
        except PayloadRejected as refusal:
            assert refusal.reason

    return target


def _parsers() -> Iterator[tuple[str, Target]]:
    import json

    for path in sorted(PAYLOADS.glob("*.json")):
        if path.stem in PARSERS:
            platform = json.loads(path.read_text(encoding="utf-8"))["platform"]
            yield f"parse_{path.stem}", _parser(path.stem, platform, Payloads.of(path))


def _read_whole(name: str, content: bytes) -> None:
    """Reads a file as import does; every thing in it gets an answer."""
    reader = FORMATS[name]
    with suppress(InputInvalid):
        for row in reader.rows(Memory.of(content)):
            if isinstance(row, Row):
                with suppress(PayloadRejected):
                    for record in reader.parse(envelope(reader.PARSER, row.platform, row.payload)):
                        check(record)
            else:
                assert isinstance(row, Bad | Skipped)
                assert row.reason
                assert row.position


def _archived(name: str, data: bytes, members: Mapping[str, str]) -> None:
    """Every second input is the bytes of an archive, the others the words inside one."""
    if not data or data[0] % 2:
        _read_whole(name, data[1:])
        return
    source, held = Bytes(data[1:]), dict(members)
    chosen = sorted(held)[source.number(len(held))]
    words = held[chosen]
    cut = source.number(len(words) + 1)
    held[chosen] = (
        words[:cut] + source.take(4000).decode("utf-8", "replace") + words[cut + source.number(80) :]
    )
    _read_whole(name, _zipped(held))


def _zipped(members: Mapping[str, str]) -> bytes:
    """Stored, not packed, which took a third of the time; packed ones are among the seeds of the other inputs."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, words in members.items():
            archive.writestr(name, words)
    return content.getvalue()


def head(data: bytes) -> None:
    """Recognition: which format, if any."""
    with suppress(InputInvalid):
        found = read_head(Memory.of(data))
        for reader in FORMATS.values():
            reader.recognises(found)


def html(data: bytes) -> None:
    words = data.decode("utf-8", "replace")
    plain_text(words).encode()
    links_in(words)


def feed(data: bytes) -> None:
    from collectors.sources import rss

    # Where bytes are of no encoding, feedparser asks another library for a guess, at ten times the price of the rest.
    if len(data) % 16:
        data = data.decode("utf-8", "replace").encode()
    read = rss.read_feed(data)
    for entry in read.entries if read is not None else ():
        payload = {"feed": rss._feed(read, "https://a.example/feed"), "entry": rss._entry(entry)}
        with suppress(PayloadRejected):
            for record in rss.parse(envelope("rss", "rss", payload)):
                check(record)


def stream(data: bytes) -> None:
    """Frames of both streams of changes; what is refused here is named in the run record and passed over."""
    import cbor2

    from collectors.sources.bluesky_stream import firehose, jetstream
    from girafe.errors import SourceUnavailable

    unreadable = (PayloadRejected, SourceUnavailable, ValueError, TypeError, OverflowError, OSError, EOFError)
    for read in (jetstream, firehose):
        with suppress(*unreadable, cbor2.CBORDecodeError):
            event = read(data)
            assert event is None or event.time.tzinfo is not None


def date(data: bytes) -> None:
    words = data.decode("utf-8", "replace")
    for order in dates.Order:
        with suppress(dates.Ambiguous):
            found = dates.read_date(words, PARIS, order)
            assert found is None or found.at.tzinfo is not None
    dates.decide_order(words.split("\n"))
    times.age(words)
    times.from_activity_id(words, NOW)
    with suppress(PayloadRejected):
        times.twitter_time(words)
    limits.retry_after({"retry-after": words, "x-ratelimit-reset": words}, NOW)


def settings(data: bytes) -> None:
    with suppress(SettingsInvalid):
        parse_settings(data.decode("utf-8", "replace"))


def mapping_names(data: bytes) -> None:
    plain(data.decode("utf-8", "replace"))
    with suppress(InputInvalid):
        import tomllib

        words = suggest_mapping(Memory.of(data))
        tomllib.loads(words)


def jsonl(data: bytes) -> None:
    with suppress(InputInvalid):
        for found in json_lines(Memory.of(data)):
            assert isinstance(found, Bad | tuple)
    _read_whole("girafe_jsonl", data)


def mapping_file(data: bytes) -> None:
    import tomllib

    from pydantic import ValidationError

    with suppress(tomllib.TOMLDecodeError, ValidationError):
        made = ImportMapping.model_validate(tomllib.loads(data.decode("utf-8", "replace")))
        _ = made.zone


@cache
def _company() -> Any:
    from nlp.company import company_names

    made = parse_settings('[company]\nname = "Orange"\naliases = ["Orange SA", "l\'Orangerie"]\n'
                          'negative_aliases = ["Orange County"]\ncommon_word = true\ndomains = ["orange.example"]\n')  # fmt: skip
    return company_names(made.company)


def statements(data: bytes) -> None:
    from nlp.statements import statement

    statement(data.decode("utf-8", "replace"), _company())


def relevance(data: bytes) -> None:
    from nlp.relevance import relevance

    found = relevance(data.decode("utf-8", "replace"), _company())
    assert 0 <= found.probability <= 1


def language(data: bytes) -> None:
    from nlp.language import detect

    assert len(detect([data.decode("utf-8", "replace")])) == 1


def moods_and_themes(data: bytes) -> None:
    import json

    from nlp.texts import texts_lines

    line = json.dumps({"id": "1", "text": data.decode("utf-8", "replace"), "lang": "fr"})
    assert len(list(texts_lines([line], None, fast=True))) == 1


def employment(data: bytes) -> None:
    import sklearn

    from nlp.fold import asks, handles_in, is_copy, words_in
    from nlp.profile import score_profiles

    sklearn.set_config(skip_parameter_validation=True)  # of our own constants, a fifth of the time
    words = data.decode("utf-8", "replace")
    score_profiles([Account(platform="x", handle="ada", bio=words)], [_company()])
    handles_in(words, "x")
    is_copy(words)
    words_in(words)
    asks(words)


def aliases(data: bytes) -> None:
    """A company named by the fuzzer, looked for in text by the fuzzer."""
    from nlp.company import CompanyNames

    name, _, words = data.decode("utf-8", "replace").partition("\n")
    if name.strip():
        CompanyNames(company_id="c", names=(name[:200],), negative=(name[:50] + "x",)).mentions(words)


def _imports() -> Iterator[tuple[str, Target]]:
    import json

    shares = ("Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility\r\n2026-11-02 09:30:00,"
              'https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A7390000000000000001,"Proud of ""Ondine""",,,PUBLIC\r\n')  # fmt: skip
    comments = 'Date,Link,Message\r\n2026-11-03 10:00:00,https://www.linkedin.com/feed/update/urn:li:ugcPost:9,"\\"yes\\""\r\n'
    positions = (
        "Company Name,Title,Description,Location,Started On,Finished On\r\nOndine,Engineer,,,Jan 2020,\r\n"
    )
    public = "https://www.w3.org/ns/activitystreams#Public"
    note = {"id": "n", "type": "Note", "published": "2026-11-20T08:00:00Z", "content": "<p>Ondine</p>"}
    outbox = {"orderedItems": [{"id": "a", "type": "Create", "to": [public], "object": note}]}
    actor = {"id": "https://a.example/users/ada", "preferredUsername": "ada"}
    tweets = [
        {"tweet": {"id_str": "1", "full_text": "Ondine", "created_at": "Wed Nov 16 22:22:28 +0000 2022"}}
    ]
    archives = {
        "linkedin_export": {"Shares.csv": shares, "Comments.csv": comments, "Positions.csv": positions},
        "mastodon_archive": {"actor.json": json.dumps(actor), "outbox.json": json.dumps(outbox)},
        "x_archive": {"data/tweets.js": "window.YTD.tweets.part0 = " + json.dumps(tweets),
                      "data/account.js": 'window.YTD.account.part0 = [{"account": {"accountId": "7", "username": "ada"}}]'},
    }  # fmt: skip
    for name, members in archives.items():
        yield f"read_{name}", lambda data, name=name, members=members: _archived(name, data, members)
    for name in ("zeeschuimer", "brandwatch", "talkwalker", "meltwater", "4cat", "twcs", "girafe_table"):
        yield f"read_{name}", lambda data, name=name: _read_whole(name, data)


LONGEST = {
    "employment": 1000,
    "moods_and_themes": 2000,
    "settings": 2000,
    **dict.fromkeys(
        ("read_4cat", "read_girafe_table", "read_meltwater", "read_talkwalker", "read_twcs"), 2000
    ),
}
"""Bytes of an input, where a usual one is short: a table needs a header and some rows. read_brandwatch stays long, for
workbooks; what was found with other long ones is in the corpus."""


_CELLS = (
    "2026-11-20T08:00:00Z",
    "03/04/2026 08:00",
    "46346.5",
    "https://x.com/ada/status/1",
    "7.39E+18",
    "RT @ada",
    "nan",
    "\r\n",
)
"""What stands in tables and takes a way of its own."""


def words(target: str) -> frozenset[str]:
    """Of tables, the names and values their mapping knows, which chance would need years to spell: with them, 12,000
    inputs found eight times as many new places. Feeds and settings gained nothing; their seeds say enough."""
    mapping = getattr(FORMATS.get(target.removeprefix("read_")), "mapping", None)
    if mapping is None:
        return frozenset()
    columns = {name for names in mapping.columns.values() for name in names}
    return frozenset(
        columns.union(mapping.recognise, mapping.platform_columns, mapping.platforms, mapping.skip, _CELLS)
    )


TARGETS: Mapping[str, Target] = {
    **dict(_parsers()),
    **dict(_imports()),
    "head": head,
    "html": html,
    "feed": feed,
    "stream": stream,
    "date": date,
    "settings": settings,
    "mapping_file": mapping_file,
    "mapping_names": mapping_names,
    "jsonl": jsonl,
    "statements": statements,
    "relevance": relevance,
    "language": language,
    "moods_and_themes": moods_and_themes,
    "employment": employment,
    "aliases": aliases,
}
