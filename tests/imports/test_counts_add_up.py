# ruff: noqa: E501 (tables are wide)
"""Whatever the format: things in the file = landed + in quarantine + said to be left out."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest

from collectors.registry import FORMATS
from tests.imports.made import gz, lines, parquet, table, tarred, workbook, zipped

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
HOME = "https://a.example/users/ada"
EXACT = 1795161600000 << 22  # 2026-11-20T08:00:00Z in the upper bits of a LinkedIn id
LINK = "https://www.linkedin.com/feed/update/urn%3Ali%3A{}%3A739000000000000000{}"


@dataclass
class Case:
    """A file, and what a person counting by hand would find in it."""

    content: bytes
    name: str
    landed: int
    rejected: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return self.landed + sum(self.rejected.values()) + sum(self.skipped.values())


def line(**changes):
    good = {
        "platform": "forum",
        "post_id": "p1",
        "created_at": "2026-11-02T09:30:00Z",
        "text": "Ondine",
        "author": {"handle": "ada"},
    }
    return good | changes


def update(number=EXACT, ago="3 j •", **changes):
    data = {
        "updateMetadata": {"urn": f"urn:li:activity:{number}"},
        "commentary": {"text": {"text": "Ondine recrute"}},
        "actor": {
            "name": {"text": "Ada M."}, "description": {"text": "Ingénieure chez Ondine"}, "subDescription": {"text": ago},
            "navigationContext": {"actionTarget": "https://www.linkedin.com/in/ada-m?trk=x"},
        },
    } | changes  # fmt: skip
    return {"source_platform": "linkedin.com", "timestamp_collected": 1795420800000, "data": data}


def note(number, to=(PUBLIC,), **changes):
    thing = {
        "id": f"{HOME}/{number}",
        "type": "Note",
        "published": "2026-11-20T08:00:00Z",
        "content": "<p>Ondine</p>",
    }
    return {"id": f"{HOME}/{number}/activity", "type": "Create", "to": list(to), "object": thing} | changes


def tweet(number, words="Bonjour Ondine", when="Wed Nov 16 22:22:28 +0000 2022"):
    return {"tweet": {"id_str": str(number), "full_text": words, "created_at": when}}


OUTBOX = {
    "type": "OrderedCollection",
    "orderedItems": [note(1), note(2, to=(f"{HOME}/followers",)), note(3, type="Flag"), 7, note(4)],
}
ACTOR = {"id": HOME, "preferredUsername": "ada", "summary": "<p>at Ondine</p>"}
BRANDWATCH = [
    "Query Id",
    "Query Name",
    "Date",
    "Title",
    "Snippet",
    "Url",
    "Domain",
    "Page Type",
    "Author",
    "Full Text",
    "Thread Entry Type",
]


def brandwatch(number, when="2026-11-20 08:00:00.0", entry="post", author="ada"):
    return [
        "1",
        "Ondine",
        when,
        "",
        "Bravo",
        f"https://x.com/{author}/status/{number}",
        "x.com",
        "twitter",
        author,
        "Bravo Ondine",
        entry,
    ]


MENTIONS = [
    ["Report:", "Ondine"],
    [],
    BRANDWATCH,
    brandwatch(1),
    brandwatch(2, entry="share"),
    brandwatch(3, when="soon"),
    [],
    brandwatch(4),
]
SHARES = (
    "Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility\r\n"
    f'2026-11-02 09:30:00,{LINK.format("share", 1)},"Proud of ""Ondine""\n\nJoin us!",,,PUBLIC\r\n'
    f'2026-11-02 10:30:00,{LINK.format("share", 2)},"for friends",,,MEMBER_NETWORK\r\n'
    f'2026-11-02 11:30:00,{LINK.format("ugcPost", 3)},"no word",,,\r\n'
    f'not a date,{LINK.format("share", 4)},"undated",,,PUBLIC\r\n'
)
COMMENTS = (
    "Date,Link,Message\r\n"
    f'2026-11-03 10:00:00,{LINK.format("ugcPost", 9)},"yes"\r\n'
    f'2026-11-03 10:00:00,{LINK.format("share", 2)},"under a hidden post"\r\n'
    f'2026-11-03 10:00:00,{LINK.format("groupPost", 8)},"in a group"\r\n'
)  # fmt: skip
GIRAFE = lines(
    line(), line(post_id="p2"), b"not json", line(created_at="soon"), b"", b"[1]", line(post_id="p3")
)

CASES: dict[str, Case] = {
    "girafe_jsonl": Case(GIRAFE, "posts.jsonl", 3, {"not_json": 1, "bad_time": 1, "not_an_object": 1}),
    "girafe_jsonl, packed and misnamed": Case(gz(GIRAFE), "posts.txt", 3, {"not_json": 1, "bad_time": 1, "not_an_object": 1}),
    "zeeschuimer": Case(
        lines(update(), update(EXACT + 1, ago="Promoted"), update(7, ago="2 sem"), {"source_platform": "tiktok.com", "data": {}},
              {"source_platform": "linkedin.com", "timestamp_collected": 1, "data": {}}, b"{"),
        "zeeschuimer-export.ndjson", 2, {"unknown_platform": 1, "payload_changed": 1, "not_json": 1}, {"promoted": 1},
    ),
    "linkedin_export": Case(
        zipped({"Complete_LinkedInDataExport/Shares.csv": SHARES, "Comments_17.csv": COMMENTS, "Connections.csv": "x", "messages.csv": "y"}),
        "export.zip", 2, {"payload_changed": 1},
        {"not_public": 1, "visibility_not_said": 1, "under_a_post_not_public": 1, "in_a_group": 1},
    ),
    "mastodon_archive, tar.gz": Case(
        tarred({"actor.json": json.dumps(ACTOR), "outbox.json": json.dumps(OUTBOX)}), "archive.tar.gz",
        3, {"payload_changed": 1, "not_an_object": 1}, {"not_public": 1},
    ),
    "mastodon_archive, zip": Case(
        zipped({"a/actor.json": json.dumps(ACTOR), "a/outbox.json": json.dumps(OUTBOX)}), "archive.bin",
        3, {"payload_changed": 1, "not_an_object": 1}, {"not_public": 1},
    ),
    "x_archive": Case(
        zipped({"data/account.js": 'window.YTD.account.part0 = [{"account": {"accountId": "7", "username": "ada"}}]',
                "data/tweets.js": "window.YTD.tweets.part0 = " + json.dumps([tweet(1), tweet(2, "RT @bo: words"), tweet(3, when="soon"), 5]),
                "data/tweets-part1.js": "window.YTD.tweets.part1 = " + json.dumps([tweet(6)["tweet"]])}),
        "twitter.zip", 3, {"payload_changed": 1, "not_an_object": 1}, {"repost": 1},
    ),
    "brandwatch": Case(table(MENTIONS), "export.csv", 2, {"bad_time": 1}, {"thread_entry_type_share": 1}),
    "brandwatch, UTF-16 and tabs": Case(table(MENTIONS, separator="\t", encoding="utf-16"), "export", 2, {"bad_time": 1}, {"thread_entry_type_share": 1}),
    "brandwatch, a workbook with a summary first": Case(
        workbook({"Summary": [["Mentions", 4], ["Date", "today"]], "Mentions": MENTIONS}), "export.xlsx", 2, {"bad_time": 1}, {"thread_entry_type_share": 1},
    ),
    "brandwatch, a row cut in two": Case(table([*MENTIONS, ["x"] * 14]), "export.csv", 2, {"bad_time": 1, "row_misshapen": 1}, {"thread_entry_type_share": 1}),
    "talkwalker": Case(
        table([["url", "published", "title", "content", "domain_url", "source_type", "extra_author_attributes.name"],
               ["https://x.com/ada/status/9", "1795161600000", "", "Bonjour", "x.com", "SOCIALMEDIA,SOCIALMEDIA_TWITTER", "Ada"],
               ["https://x.com/ada/status/10", "", "", "Bonjour", "x.com", "SOCIALMEDIA,SOCIALMEDIA_TWITTER", "Ada"]]),
        "tw.csv", 1, {"missing_field": 1},
    ),
    "meltwater": Case(
        table([["Ondine"], [], ["Date", "Time", "Document ID", "URL", "Author Handle", "Opening Text", "Hit Sentence", "Source Domain"],
               ["20-Nov-2026", "08:00AM", "m1", "https://x.com/ada/status/1", "@ada", "Ondine !", "Ondine !", "x.com"],
               ["20-Nov-2026", "08:00AM", "m2", "https://presse.example/1", "", "Ondine !", "Ondine !", "presse.example"]]),
        "mw.csv", 2,
    ),
    "twcs": Case(
        table([["tweet_id", "author_id", "inbound", "created_at", "text", "response_tweet_id", "in_response_to_tweet_id"],
               ["1", "ondine", "False", "Tue Oct 31 22:10:47 +0000 2017", "@1 Bonjour", "2", "3"],
               ["2", "", "True", "Tue Oct 31 22:10:47 +0000 2017", "who am I", "", ""]]),
        "twcs.csv", 1, {"missing_field": 1},
    ),
    "4cat": Case(
        table([["id", "thread_id", "author", "body", "timestamp"], ["a", "a", "ada", "Ondine", "2026-11-20 08:00:00"],
               ["b", "a", "REDACTED", "Ondine", "2026-11-20 08:00:00"], ["id", "thread_id", "author", "body", "timestamp"]]),
        "4cat.csv", 1, {"author_redacted": 1}, {"header_again": 1},
    ),
    "4cat_linkedin": Case(
        table([["id", "thread_id", "body", "timestamp", "author", "author_name", "author_description", "author_is_company", "is_promoted"],
               [EXACT, "", "Fière", "2023-11-20 08:00:00", "ada-m", "Ada", "", "no", "no"], [EXACT + 1, "", "Pub", "", "p", "", "", "yes", "yes"]]),
        "4cat.csv", 1, {}, {"is_promoted_yes": 1},
    ),
    "4cat_x": Case(
        table([["id", "thread_id", "timestamp", "body", "author", "author_fullname", "author_id", "is_retweet", "quote_tweet_id"],
               ["5", "4", "2026-11-20 08:00:00", "merci", "ada", "Ada", "77", "no", ""], ["6", "6", "2026-11-20 08:00:00", "RT", "bo", "Bo", "78", "yes", ""]]),
        "4cat.csv", 1, {}, {"is_retweet_yes": 1},
    ),
    "4cat_reddit": Case(
        table([["thread_id", "id", "timestamp", "body", "subject", "author", "subreddit", "parent", "score"],
               ["abc", "abc", "2026-11-20 08:00:00", "", "Ondine ?", "ada", "emploi", "", "3"], ["abc", "def", "2026-11-20 09:00:00", "oui", "", "bo", "emploi", "t3_abc", "1"],
               ["abc", "ghi", "soon", "oui", "", "bo", "emploi", "t3_abc", "1"]]),
        "4cat.csv", 2, {"bad_time": 1},
    ),
    "4cat_telegram": Case(
        table([["id", "thread_id", "chat", "author", "author_username", "body", "reply_to", "timestamp"],
               ["ondine-5", "ondine", "ondine", "77", "ada", "Oui", "4", "2026-11-20 08:00:00"], ["ondine-6", "ondine", "ondine", "", "", "Qui ?", "", "2026-11-20 08:00:00"]]),
        "4cat.csv", 1, {"missing_field": 1},
    ),
    "4cat_bluesky": Case(
        table([["id", "thread_id", "created_at", "author", "author_id", "body", "replied_to_post", "replied_to_user", "author_display_name"],
               ["at://a/1", "at://a/0", "2026-11-20T08:00:00Z", "ada.example", "did:plc:a", "Oui", "at://a/0", "", "Ada"]]),
        "4cat.csv", 1,
    ),
    "girafe_table": Case(
        table([["platform", "post_id", "created_at", "text", "handle"], ["forum", "1", "2026-11-20", "Ondine", "ada"], ["two words", "2", "2026-11-20", "Ondine", "ada"]], separator=";"),
        "mine.csv", 1, {"bad_value": 1},
    ),
    "girafe_table, Parquet": Case(
        parquet([["platform", "post_id", "created_at", "text", "handle"], ["forum", "1", "2026-11-20", "Ondine", "ada"], ["forum", "", "2026-11-20", "Ondine", "ada"]]),
        "mine.parquet", 1, {"missing_field": 1},
    ),
    "girafe_table, a quote left open": Case(
        b"platform,post_id,created_at,text,handle\n" + b"forum,1,2026-11-20,ok,ada\n" + b'forum,2,2026-11-20,"open,ada\n' + b"forum,3,2026-11-20,ok,ada\n" * 1 + b"forum,4,2026-11-20,ok,ada\n",
        "mine.csv", 3, {"row_unreadable": 1},
    ),
    "crowdtangle": Case(
        table([["Page Name", "User Name", "Facebook Id", "Post Created", "Type", "URL", "Message"],
               ["Ondine", "ondine", "77", "2023-01-02 10:00:00 EST", "Link", "https://www.facebook.com/77/posts/1", "Bonjour"]]), "ct.csv", 1,
    ),
    "youtube_data_tools": Case(
        table([["id", "isReplyTo", "authorName", "text", "publishedAt"], ["y2", "y1", "@ada", "Bravo", "2026-11-20T08:00:00Z"]]), "yt.csv", 1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_every_thing_in_a_file_is_landed_set_aside_or_said_to_be_left_out(land, name):
    case = CASES[name]
    found = land(case.content, case.name)
    report = found.report
    assert report.format == name.partition(",")[0]
    assert (sum(report.landed.values()), dict(report.rejected), dict(report.skipped)) == (
        case.landed, case.rejected, case.skipped,
    )  # fmt: skip
    assert report.rows == case.rows
    assert found.landed_lines == case.landed
    assert len(found.rejected) == sum(case.rejected.values())
    assert all(item.position.rpartition(":")[2].isdecimal() and item.detail for item in found.rejected)


@pytest.mark.parametrize("name", CASES)
def test_the_record_of_an_import_counts_what_was_refused_among_what_came(land, tmp_path, name):
    """More refused than landed made a share above one, which no rule lets through: the flow stopped for good."""
    found = land(CASES[name].content, CASES[name].name)
    records = [json.loads(path.read_text()) for path in (tmp_path / "0/data/runs").rglob("*.json")]
    assert records
    opted_out = found.report.rejected.get("opted_out", 0)
    assert sum(record["count_quarantined"] for record in records) == len(found.rejected) - opted_out
    assert all(record["count_payloads"] >= record["count_quarantined"] for record in records)
    landed = sum(record["count_payloads"] - record["count_quarantined"] for record in records)
    assert landed == found.landed_lines


@pytest.mark.parametrize("name", CASES)
def test_a_dry_run_tells_the_same_counts_and_writes_nothing(land, tmp_path, name):
    case = CASES[name]
    told, real = land(case.content, case.name, dry_run=True), land(case.content, case.name)
    assert told.report.dry_run
    assert told.landed_lines == 0
    assert not list(tmp_path.glob("0/data/**/*"))
    same = ("rows", "landed", "rejected", "skipped", "posts", "first", "last", "format")
    assert all(getattr(told.report, field) == getattr(real.report, field) for field in same)
    assert "would land" in told.report.summary


def test_every_format_that_recognises_files_is_counted_here():
    counted = {name.partition(",")[0] for name in CASES}
    assert counted == set(FORMATS) - {"example"}
