# ruff: noqa: E501, DTZ001 (tables are wide; a workbook has no zones)
"""Exports in the layouts people post in the open: whatever the tool's year, language or accidents on the way, every
row is landed, set aside with its reason or said to be left out, and what lands has the right id, time and author."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from girafe.errors import InputInvalid
from girafe.records import Voice
from tests.imports.made import lines, parquet, table, tarred, workbook, zipped

EIGHT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
EXACT = 1795161600000 << 22  # EIGHT in the upper bits of a LinkedIn id
SEEN = 1795420800000  # 2026-11-23T08:00:00Z in milliseconds


@dataclass
class Case:
    """A file, and what a careful reader finds in it."""

    content: bytes
    name: str
    posts: dict[str, dict[str, Any]]
    rejected: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)


def look(post, path):
    for part in path.split("."):
        post = getattr(post, part)
    return post


def check(found, case, format):
    report = found.report
    assert report.format == format
    assert (dict(report.rejected), dict(report.skipped)) == (case.rejected, case.skipped), report.examples
    assert report.rows == sum(report.landed.values()) + sum(case.rejected.values()) + sum(
        case.skipped.values()
    )
    assert set(found.posts) == set(case.posts)
    for post_id, wanted in case.posts.items():
        assert {path: look(found.posts[post_id], path) for path in wanted} == wanted


AT = {"created_at": EIGHT}

# Tables of one's own

FORUM = ["Message ID", "Posted at", "Message", "Member", "Answer to", "Hour"]
MAPPING = """name = "mine"
about = "x"
platform = "forum"
time_zone = "Europe/Paris"
day_first = true
[columns]
post_id = ["Message ID"]
created_at = ["Posted at"]
clock_time = ["Hour"]
text = ["Message"]
handle = ["Member"]
reply_to = ["Answer to"]
"""


def said(number, when, answer="", hour="", text="Ondine"):
    return [number, when, text, "ada", answer, hour]


@pytest.fixture
def mapping(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(MAPPING)
    return str(path)


DATES = [
    "20.11.2026 09.00", "2026-11-20 03:00 America/New_York", "2026-11-20 17:00 JST", "20/11/2026 09:00 Paris", "20 nov. 2026, 9 h 00",
    "Fri Nov 20 2026 09:00:00 GMT+0100 (heure normale d’Europe centrale)", "Fri Nov 20 03:00:00 -0500 2026", "8:00 AM UTC · Nov 20, 2026",
    "20/11/2026 - 09:00", "Nov. 20, 2026, 9 a.m.", "46346.375", "46346,375", "20/11/26 09h", 
    "1795161600", "1795161600000", "1795161600000000", "20-Nov-26 9:00:00 AM",
]  # fmt: skip


@pytest.mark.parametrize("when", DATES)
def test_a_moment_is_read_however_it_is_written(land, mapping, when):
    content = table([["Export"], [], FORUM, said("1", when)], separator=";")
    check(land(content, format=mapping), Case(content, "", {"1": AT}), "mine")


@pytest.mark.parametrize("when", ["20/11/2026 09:00 XYZ", "20/11/2026 25:00", "20NOV2026:09:00:00", "20/11/2026 at 3 past", "31/02/2026"])  # fmt: skip
def test_a_moment_that_is_not_understood_is_set_aside_and_not_guessed(land, mapping, when):
    content = table([FORUM, said("1", when), said("2", "20/11/2026 09:00")], separator=";")
    check(land(content, format=mapping), Case(content, "", {"2": AT}, {"bad_time": 1}), "mine")


def test_a_workbook_holds_moments_days_and_clocks_in_many_ways(land, mapping):
    rows = [said(1, datetime(2026, 11, 20, 9)), said(2, datetime(2026, 11, 20), hour=time(9)), said(3, "20/11/2026", hour=0.375),
            said(4, 46346, hour=time(9)), said(5, date(2026, 11, 20)), said("#REF!", "20/11/2026 09:00"), said(7, "#N/A"), [], ["Total", None, 7]]  # fmt: skip
    content = workbook({"Posts": [["Forum"], [], FORUM, *rows], "Notes": [["read me"]]})
    day = {"time_precision": "day", "created_at": datetime(2026, 11, 20, tzinfo=UTC)}
    posts = {"1": AT, "2": AT, "3": AT, "4": AT, "5": day}
    check(land(content, "m.xlsx", format=mapping), Case(content, "", posts, {"missing_field": 3}), "mine")


def test_dates_of_which_a_spreadsheet_took_only_some_are_told(land, mapping):
    """A column of 03/04 and 13/04 opened in a program that writes the month first: the former became the 4th of March."""
    words, early, late = (
        said(1, "13/04/2026 09:00"),
        said(2, datetime(2026, 3, 4, 9)),
        said(3, datetime(2026, 3, 20, 9)),
    )
    found = land(workbook({"Posts": [FORUM, words, early]}), "m.xlsx", format=mapping)
    assert "day and month may be swapped" in " ".join(found.report.notes)
    for rows in ((words, early, late), (words,), (early,)):
        assert not land(workbook({"Posts": [FORUM, *rows]}), "m.xlsx", format=mapping).report.notes


NEUTRAL = ["platform", "post_id", "created_at", "text", "handle", "reply_to"]
WHEN = "2026-11-20T08:00:00Z"


def neutral(*rows):
    return [NEUTRAL, *(["forum", number, WHEN, "Ondine", handle, above] for number, handle, above in rows)]


TABLES = {
    "ids a spreadsheet has rounded": Case(
        table(neutral(["1.23E+18", "ada", ""], ["1,23E+18", "ada", ""], ["5", "ada", "1.23E+18"], ["1795161600000123000.0", "ada", ""], ["18", "ada", "12.0"])),
        "t.csv", {"18": {"reply_to": "12"}}, {"id_rounded": 4}),
    "a Parquet file that holds ids as floating numbers": Case(
        parquet([["platform", "post_id", "created_at", "text", "handle"], ["forum", 1.795161600000123e18, WHEN, "a", "ada"], ["forum", 17.0, WHEN, "b", "bo"]]),
        "t.parquet", {"17": AT}, {"id_rounded": 1}),
    "empty cells as programs write them": Case(
        table(neutral(["1", "ada", "nan"], ["2", "bo", "NULL"], ["3", "nan", ""], ["4", "cy", "0"])),
        "t.csv", {"1": {"reply_to": None}, "2": {"reply_to": None}, "4": {"reply_to": None}}, {"missing_field": 1}),
    "two columns of one name": Case(table([[*NEUTRAL, "handle"], ["forum", "1", WHEN, "a", "ada", "", "SECOND"]]), "t.csv", {"1": {"author.handle": "ada"}}),
    "an index column without a name": Case(table([["", *NEUTRAL], ["0", "forum", "1", WHEN, "a", "ada", ""]]), "t.csv", {"1": AT}),
    "a zip around a table, as a Mac packs it": Case(zipped({"out/t.csv": table(neutral(["1", "ada", ""])), "__MACOSX/out/._t.csv": b"\x00junk"}), "t.zip", {"1": AT}),
    "what annotators added, and a row of no platform": Case(
        table([[*NEUTRAL, "voice", "about", "time_precision"], ["forum", "1", WHEN, "a", "ada", "", "employee", "Groupe Ondine; Lumora", "hour"],
               ["forum", "2", WHEN, "b", "bo", "", "", "[]", ""], ["", "3", WHEN, "c", "cy", "", "", "", ""], ["forum", "4", WHEN, "d", "di", "", "boss", "", ""]]), "t.csv",
        {"1": {"author.voice": Voice.EMPLOYEE, "about": ("Groupe Ondine", "Lumora"), "time_precision": "hour"}, "2": {"author.voice": None, "about": (), "time_precision": "second"}},
        {"missing_field": 1, "bad_value": 1}),
    "what annotators added, in Parquet": Case(
        parquet([[*NEUTRAL, "voice", "about"], ["forum", "1", WHEN, "a", "ada", None, "brand", ["Groupe Ondine", "Lumora"]], ["forum", "2", WHEN, "b", "bo", None, None, None]]), "t.parquet",
        {"1": {"author.voice": Voice.BRAND, "about": ("Groupe Ondine", "Lumora")}, "2": {"author.voice": None, "about": None}}),
    "an answer by address": Case(
        table([NEUTRAL, ["x", "https://x.com/ada/status/7", WHEN, "a", "ada", "https://twitter.com/bo/status/6?s=20"]]), "t.csv", {"7": {"reply_to": "6"}}),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_a_table(land, name):
    check(land(TABLES[name].content, TABLES[name].name), TABLES[name], "girafe_table")


# Media monitoring

BW = [
    "Query Id",
    "Query Name",
    "Date",
    "Title",
    "Snippet",
    "Url",
    "Domain",
    "Page Type",
    "Language",
    "Account Type",
    "Added",
    "Author",
    "Full Name",
    "Full Text",
    "Mentioned Authors",
    "Resource Id",
    "Thread Created Date",
    "Thread Entry Type",
    "Thread Id",
    "Twitter Author ID",
    "Twitter Followers",
    "Twitter Reply to",
    "Engagement Type",
]
MW = [
    "Date",
    "Time",
    "Document ID",
    "URL",
    "Input Name",
    "Keywords",
    "Information Type",
    "Source Type",
    "Source Name",
    "Source Domain",
    "Content Type",
    "Author Name",
    "Author Handle",
    "Title",
    "Opening Text",
    "Hit Sentence",
    "Hashtags",
    "Links",
    "Country",
    "Language",
    "Sentiment",
    "Reach",
    "Shares",
    "Quotes",
    "Likes",
    "Replies",
    "Reposts",
    "Comments",
    "Views",
    "Custom Fields",
]
MW_OLD = [
    "Date",
    "Headline",
    "URL",
    "Opening Text",
    "Hit Sentence",
    "Source",
    "Influencer",
    "Country",
    "Language",
    "Reach",
    "AVE",
    "Tweet Id",
    "Twitter Id",
    "Twitter Screen Name",
    "User Profile Url",
    "Twitter Bio",
    "Twitter Followers",
    "Alternate Date Format",
    "Time",
]
TW = [
    "url",
    "indexed",
    "published",
    "title_snippet",
    "content_snippet",
    "title",
    "content",
    "root_url",
    "domain_url",
    "parent_url",
    "lang",
    "source_type",
    "post_type",
    "extra_author_attributes.id",
    "extra_author_attributes.type",
    "extra_author_attributes.name",
    "extra_author_attributes.short_name",
    "extra_author_attributes.description",
    "extra_source_attributes.name",
]
BASE = {
    "bw": {"Query Id": "1", "Query Name": "Ondine", "Date": "2026-11-20 08:00:00.0", "Title": "Ada M. (@ada): Bravo Ondine", "Snippet": "Bravo", "Url": "http://twitter.com/ada/statuses/7",
           "Domain": "twitter.com", "Page Type": "twitter", "Author": "ada", "Full Text": "Bravo Ondine", "Resource Id": "r7", "Thread Entry Type": "post"},
    "mw": {"Date": "20-Nov-2026", "Time": "08:00 AM", "Document ID": "d7", "URL": "https://twitter.com/ada/statuses/7", "Source Name": "X", "Source Domain": "x.com", "Content Type": "Post",
           "Author Name": "Ada M.", "Author Handle": "@ada", "Opening Text": "Bravo Ondine", "Hit Sentence": "Bravo", "Replies": "1", "Reposts": "2"},
    "mw_old": {"Date": "20-Nov-2026 08:00AM", "URL": "https://twitter.com/ada/statuses/7", "Hit Sentence": "Bravo Ondine", "Source": "Twitter", "Influencer": "@ada", "Twitter Id": "77",
               "Twitter Screen Name": "Ada M.", "Twitter Bio": "works at Ondine", "Twitter Followers": "12", "Time": "8:00 AM"},
    "tw": {"url": "http://twitter.com/ada/statuses/7", "published": "1795161600000", "content": "Bravo Ondine", "domain_url": "http://twitter.com/", "source_type": "SOCIALMEDIA,SOCIALMEDIA_TWITTER",
           "extra_author_attributes.id": "tw:77", "extra_author_attributes.name": "Ada M.", "extra_author_attributes.short_name": "ada"},
}  # fmt: skip
HEADERS = {"bw": BW, "mw": MW, "mw_old": MW_OLD, "tw": TW}


def row(kind, **changes):
    known = BASE[kind] | {name.replace("__", "."): value for name, value in changes.items()}
    return [known.get(column, "") for column in HEADERS[kind]]


def sheet(kind, *rows):
    return table(
        [["Report:", "Ondine"], ["Query:", '(ondine OR "ondine group")\nAND NOT x'], [], HEADERS[kind], *rows]
    )


BRAVO = AT | {"platform": "x", "author.handle": "ada", "text": "Bravo Ondine"}
MONITORS = {
    "brandwatch: an answer finds its parent, whatever the tool calls it": Case(
        sheet("bw", row("bw"), row("bw", **{"Url": "https://x.com/bo/statuses/8", "Resource Id": "r8", "Author": "bo", "Twitter Reply to": "http://twitter.com/ada/statuses/7", "Thread Id": "0"})),
        "b.csv", {"7": BRAVO, "8": {"reply_to": "7", "conversation_id": None}}),
    "brandwatch: a workbook that rounds author ids keeps the handle": Case(
        workbook({"Mentions": [BW, row("bw", **{"Date": datetime(2026, 11, 20, 8), "Twitter Author ID": 1.2345678901234567e18, "Twitter Followers": 12.0})]}),
        "b.xlsx", {"7": BRAVO | {"author.account_id": None, "author.followers": 12}}),
    "brandwatch: as its interface for programs names the columns": Case(
        table([["queryId", "queryName", "date", "snippet", "url", "pageType", "author", "fullText", "replyTo"],
               ["1", "O", "2026-11-20T08:00:00.000+0000", "", "https://twitter.com/ada/statuses/7", "twitter", "ada", "Bravo Ondine", "https://twitter.com/bo/statuses/6"]]),
        "b.csv", {"7": BRAVO | {"reply_to": "6"}}),
    "brandwatch: a retweet, a row of totals, and a network that names no author": Case(
        sheet("bw", row("bw", **{"Thread Entry Type": "retweet"}), ["Total mentions:", "2"], row("bw", **{"Author": "", "Page Type": "instagram_public", "Url": "https://www.instagram.com/p/a"}), row("bw")),
        "b.csv", {"7": BRAVO}, {"missing_field": 2}, {"thread_entry_type_retweet": 1}),
    "brandwatch: German columns of another year": Case(
        table([["Abfrage-ID", "Abfragename", "Datum", "Titel", "Textauszug", "URL", "Seitentyp", "Autor", "Gesamttext"],
               ["1", "O", "20.11.2026 08:00", "", "", "https://x.com/ada/status/7", "twitter", "ada", "Bravo Ondine"]], separator=";", encoding="cp1252"), "b.csv", {"7": BRAVO}),
    "brandwatch: German columns somebody chose, below a preamble": Case(
        table([["Bericht:", "O"], [], ["Datum", "Titel", "Ausschnitt", "Url", "Seitentyp", "Autor", "Volltext", "Erwähnte Autoren", "X-Autoren-ID"],
               ["2026-11-20 08:00:00.0", "", "", "http://twitter.com/ada/statuses/7", "twitter", "ada", "Bravo Ondine", "@bo", "77"]], separator=";", encoding="utf-8-sig"),
        "b.csv", {"7": BRAVO | {"mentions": ("bo",), "author.account_id": "77"}}),
    "brandwatch: French columns in UTF-16": Case(
        table([["Rapport :", "O"], ["Nom de la requête", "Date", "Extrait", "Url", "Type de page", "Auteur", "Texte intégral", "Auteurs mentionnés", "ID auteur X"],
               ["O", "20/11/2026 08:00", "", "http://twitter.com/ada/statuses/7", "twitter", "ada", "Bravo Ondine", "@bo", "77"]], separator=";", encoding="utf-16"),
        "b.csv", {"7": BRAVO | {"mentions": ("bo",), "author.account_id": "77"}}),
    "talkwalker: German columns": Case(
        table([["URL", "Veröffentlicht", "Titel", "Inhalt", "Quelle", "Quelltyp", "Sprache", "Autor"],
               ["https://twitter.com/ada/status/7", "20.11.2026 08:00", "", "Bravo Ondine", "twitter.com", "Twitter", "de", "ada"]], separator=";"),
        "t.csv", {"7": BRAVO}),
    "meltwater: today's columns in UTF-16": Case(
        table([MW, row("mw"), row("mw", **{"Content Type": "Repost"}), row("mw", **{"URL": "https://x.com/bo/status/8", "Opening Text": "RT @ada: Bravo"})], separator="\t", encoding="utf-16"),
        "m.csv", {"7": BRAVO | {"replies": 1, "reposts": 2, "author.display_name": "Ada M."}}, {}, {"content_type_repost": 1, "repost": 1}),
    "meltwater: a rounded document id beside an address": Case(sheet("mw", row("mw", **{"Document ID": "1.23E+18"})), "m.csv", {"7": BRAVO}),
    "meltwater: an article is its paper's, a page's post its page's": Case(
        sheet("mw", row("mw", **{"URL": "https://presse.example/1", "Source Name": "La Presse", "Source Domain": "presse.example", "Author Handle": "", "Author Name": "Jean Plume"}),
              row("mw", **{"Document ID": "d8", "URL": "https://www.facebook.com/1", "Source Name": "Facebook", "Source Domain": "facebook.com", "Author Handle": "", "Author Name": "Ondine FR"})),
        "m.csv", {"d7": {"author.handle": "La Presse", "author.is_organisation": True}, "d8": {"author.handle": "Ondine FR", "author.is_organisation": None, "platform": "facebook"}}),
    "meltwater: the classic columns hold the bio": Case(
        table([MW_OLD, row("mw_old")]), "m.csv", {"7": BRAVO | {"author.bio": "works at Ondine", "author.followers": 12, "author.display_name": "Ada M."}}),
    "talkwalker: a page is not its own parent": Case(
        sheet("tw", row("tw", parent_url="http://twitter.com/ada/statuses/7"), row("tw", url="http://twitter.com/bo/statuses/8", parent_url="http://twitter.com/ada/statuses/7")),
        "t.csv", {"7": BRAVO | {"reply_to": None}, "8": {"reply_to": "7"}}),
    "talkwalker: columns for people": Case(
        table([["Published", "Title", "Content", "URL", "Source", "Source Type", "Author"], ["2026-11-20 08:00:00", "", "Bravo Ondine", "https://x.com/ada/status/7", "x.com", "Twitter", "ada"]]),
        "t.csv", {"7": BRAVO}),
    "meltwater: an afternoon written in the date and beside it": Case(
        table([MW_OLD, row("mw_old", Date="20-Nov-2026 01:00PM", Time="1:00 PM")]), "m.csv", {"7": {"created_at": EIGHT.replace(hour=13)}}),
    "meltwater: columns somebody chose, without ids or handles": Case(
        table([["Date", "URL", "Source Name", "Title", "Opening Text", "Hit Sentence"], ["2026-11-20", "https://presse.example/1", "La Presse", "Titre", "Bravo Ondine", ""]]),
        "m.csv", {"https://presse.example/1": {"text": "Titre\n\nBravo Ondine", "author.handle": "La Presse"}}),
    "meltwater: an answer names its parent by address": Case(
        table([[*MW_OLD, "Parent URL"], [*row("mw_old"), "https://x.com/bo/status/6"]]), "m.csv", {"7": BRAVO | {"reply_to": "6"}}),
    "meltwater: a parent by its address, the posts by numbers of their own": Case(
        table([["Date", "Document ID", "URL", "Author Handle", "Opening Text", "Hit Sentence", "Parent URL"],
               ["2026-11-20 08:00", "D1", "https://www.facebook.com/a/1", "ada", "Ondine ?", "", ""],
               ["2026-11-20 08:00", "D2", "https://www.facebook.com/a/1?c=2", "bo", "Oui", "", "https://facebook.com/a/1/"]]),
        "m.csv", {"D1": {"reply_to": None}, "D2": {"reply_to": "D1"}}),
    "brandwatch: columns somebody chose, and counts of one network beside the zeros of others": Case(
        table([["Date", "Url", "Domain", "Author", "Full Text", "Thread Entry Type", "X Likes", "X Replies", "Bluesky Likes", "Bluesky Replies", "Bluesky Followers"],
               ["2026-11-20 08:00:00.0", "https://bsky.app/profile/did:plc:a/post/3k", "bsky.app", "ada.example", "Bravo Ondine", "post", "0", "0", "9", "4", "7"]]),
        "b.csv", {"at://did:plc:a/app.bsky.feed.post/3k": AT | {"platform": "bluesky", "likes": 9, "replies": 4, "author.followers": 7}}),
    "brandwatch: a title that is only a name, and one that is another's": Case(
        sheet("bw", row("bw", Title="Ada M. (@ada)", **{"Full Name": "Ada M."}),
              row("bw", Title="Ondine ?", Url="https://www.reddit.com/r/emploi/comments/1abc/x/kx9", Domain="reddit.com", **{"Page Type": "reddit"})),
        "b.csv", {"7": BRAVO, "t1_kx9": {"text": "Bravo Ondine"}}),
    "brandwatch: a title that has a short text in it, and one that only repeats it": Case(
        sheet("bw", row("bw", Title="Qui travaille chez Ondine à Lyon ?", **{"Full Text": "Ondine"}),
              row("bw", Title="Ada M. : « Ondine »", Url="https://x.com/ada/status/8", **{"Full Text": "Ondine"})),
        "b.csv", {"7": {"text": "Qui travaille chez Ondine à Lyon ?\n\nOndine"}, "8": {"text": "Ondine"}}),
    "talkwalker: columns somebody chose": Case(
        workbook({"S": [["content", "published", "extra_author_attributes.short_name", "reach", "url", "red_social"], ["Bravo Ondine", "2026-11-20 08:00:00", "ada", 12, "https://twitter.com/ada/status/7", "Twitter"]]}),
        "t.xlsx", {"7": BRAVO}),
    "youtube_data_tools: markup of the web": Case(
        table([["id", "isReplyTo", "authorName", "text", "publishedAt"], ["7", "", "ada", "I&#39;m at Ondine &amp; Co<br>since 2024 &lt;3", "2026-11-20 08:00:00"]]),
        "y.csv", {"7": AT | {"text": "I'm at Ondine & Co\nsince 2024 <3", "platform": "youtube"}}),
    "brandwatch: markup of the web": Case(
        sheet("bw", row("bw", Title="", Url="https://www.instagram.com/p/C7/", Domain="instagram.com", **{"Page Type": "instagram", "Resource Id": "C7", "Full Text": "Ondine &amp; Co, c&#39;est <b>top"})),
        "b.csv", {"C7": {"text": "Ondine & Co, c'est <b>top"}}),
    "twcs: without `inbound`, numbers as floats, markup of the web": Case(
        table([["tweet_id", "author_id", "created_at", "text", "response_tweet_id", "in_response_to_tweet_id"], ["1.0", "115712.0", "Tue Oct 31 22:10:47 +0000 2017", "a &amp; b", "", "3.0"]]),
        "twcs.csv", {"1": {"author.handle": "115712", "reply_to": "3", "text": "a & b", "created_at": datetime(2017, 10, 31, 22, 10, 47, tzinfo=UTC)}}),
}  # fmt: skip


@pytest.mark.parametrize("name", MONITORS)
def test_a_monitoring_export(land, name):
    check(land(MONITORS[name].content, MONITORS[name].name), MONITORS[name], name.partition(":")[0])


@pytest.mark.parametrize(("written", "name"), [
    ("https://twitter.com/ada", "ada"), ("x.com/ada/", "ada"), ("https://www.instagram.com/ada?hl=fr", "ada"), ("https://www.tiktok.com/@ada", "ada"),
    ("https://bsky.app/profile/ada.example", "ada.example"), ("u/ada", "ada"), ("https://www.reddit.com/user/ada/", "ada"), ("Ada M. (@ada)", "ada"),
    ("@ada", "ada"), ("Ada M. (Lyon)", "Ada M. (Lyon)"), ("https://ada.example/me", "https://ada.example/me"),
])  # fmt: skip
def test_one_person_has_one_name_however_an_export_writes_it(land, written, name):
    [post] = land(sheet("mw", row("mw", **{"Author Handle": written})), "m.csv").posts.values()
    assert post.author.handle == name


# 4CAT

FOUR = {
    "4cat_x: columns of another year": Case(
        table([["id", "thread_id", "timestamp", "unix_timestamp", "link", "body", "author", "author_fullname", "author_id", "retweet_count", "is_retweet", "retweeted_user", "is_quote_tweet", "quoted_user"],
               ["7", "7", "2026-11-20 08:00:00", "1795161600", "https://x.com/ada/status/7", "Bravo &amp; merci", "ada", "Ada", "77", "1", "no", "", "no", ""],
               ["8", "8", "2026-11-20 08:00:00", "1795161600", "https://x.com/bo/status/8", "RT @ada: x", "bo", "Bo", "78", "1", "yes", "ada", "no", ""]]),
        "4.csv", {"7": AT | {"text": "Bravo & merci", "platform": "x"}}, {}, {"is_retweet_yes": 1}),
    "4cat_bluesky: fewer columns": Case(
        table([["id", "thread_id", "created_at", "author", "author_id", "body", "replied_to_post", "author_display_name", "timestamp"],
               ["at://did:plc:a/app.bsky.feed.post/3k", "", "2026-11-20T08:00:00.000Z", "ada.example", "did:plc:a", "oui", "at://did:plc:b/app.bsky.feed.post/3j", "Ada", "2026-11-20 08:00:00"]]),
        "4.csv", {"at://did:plc:a/app.bsky.feed.post/3k": AT | {"platform": "bluesky", "reply_to": "at://did:plc:b/app.bsky.feed.post/3j", "author.account_id": "did:plc:a"}}),
    "4cat_bluesky: parents and quotes by the handle of their author": Case(
        table([["id", "thread_id", "created_at", "author", "author_id", "body", "link", "replied_to_post", "quoted_post", "author_display_name"],
               ["at://did:plc:a/app.bsky.feed.post/3k", "at://did:plc:c/app.bsky.feed.post/3i", "2026-11-20T08:00:00Z", "ada.example", "did:plc:a", "oui", "https://bsky.app/profile/ada.example/post/3k", "https://bsky.app/profile/bo.example/post/3j", "", "Ada"],
               ["at://did:plc:b/app.bsky.feed.post/3j", "at://did:plc:c/app.bsky.feed.post/3i", "2026-11-20T08:00:00Z", "bo.example", "did:plc:b", "non", "https://bsky.app/profile/bo.example/post/3j", "https://bsky.app/profile/eve.example/post/3i", "https://bsky.app/profile/ada.example/post/3k", "Bo"]]),
        "4.csv", {"at://did:plc:a/app.bsky.feed.post/3k": AT | {"reply_to": "at://did:plc:b/app.bsky.feed.post/3j"},
                  "at://did:plc:b/app.bsky.feed.post/3j": AT | {"reply_to": "at://did:plc:c/app.bsky.feed.post/3i", "quote_of": "at://did:plc:a/app.bsky.feed.post/3k"}}),
    "4cat_linkedin: names as addresses": Case(
        table([["id", "thread_id", "body", "timestamp", "author", "author_description", "author_is_company", "is_promoted"],
               [str(EXACT), "", "Fière", "2023-11-20 08:00:00", "in/ada-m", "", "no", "no"], [str(EXACT + 1), "", "Fière", "2023-11-20 08:00:00", "company/ondine", "", "no", "no"]]),
        "4.csv", {str(EXACT): AT | {"author.handle": "ada-m", "author.is_organisation": None}, str(EXACT + 1): {"author.handle": "ondine", "author.is_organisation": True}}),
    "4cat_reddit: posts and comments": Case(
        table([["thread_id", "id", "timestamp", "body", "subject", "author", "subreddit", "parent", "score"],
               ["abc", "abc", "2026-11-20 08:00:00", "", "Ondine ?", "ada", "emploi", "", "3"], ["abc", "def", "2026-11-20 08:00:00", "oui", "", "bo", "emploi", "t3_abc", "1"]]),
        "4.csv", {"t3_abc": AT, "t1_def": {"reply_to": "t3_abc", "conversation_id": "t3_abc"}}),
    "4cat_reddit: what was deleted or removed": Case(
        table([["thread_id", "id", "timestamp", "body", "subject", "author", "subreddit", "parent", "score"],
               *(["abc", name, "2026-11-20 08:00:00", body, "", author, "emploi", "t3_abc", "1"]
                 for name, body, author in (("def", "oui", "bo"), ("ghi", "[removed]", "bo"), ("jkl", "[deleted]", "bo"), ("mno", "non", "[deleted]")))]),
        "4.csv", {"t1_def": AT}, {}, {"body_[removed]": 1, "body_[deleted]": 1, "author_[deleted]": 1}),
    "4cat_telegram: a chat is not one conversation": Case(
        table([["id", "thread_id", "chat", "author", "author_username", "author_is_bot", "body", "reply_to", "timestamp", "unix_timestamp"],
               ["ondine-17", "ondine", "ondine", "123", "ada", "no", "Oui", "12", "2026-11-20 08:00:00", "1795161600"]]),
        "4.csv", {"ondine-17": AT | {"reply_to": "ondine-12", "conversation_id": None, "author.account_id": "123"}}),
    "4cat_telegram: messages of two chats, each numbered from 1": Case(
        table([["id", "thread_id", "chat", "author", "body", "reply_to", "timestamp", "unix_timestamp"],
               ["17", "ondine", "ondine", "123", "Oui", "12", "2026-11-20 08:00:00", "1795161600"], ["17", "lumora", "lumora", "45", "Non", "", "2026-11-20 08:00:00", "1795161600"]]),
        "4.csv", {"ondine-17": AT | {"reply_to": "ondine-12"}, "lumora-17": AT | {"author.account_id": "45"}}),
    "4cat: facebook, whose posts name no thread": Case(
        table([["id", "url", "body", "timestamp", "author", "author_name", "is_in_group", "unix_timestamp"],
               ["9", "https://www.facebook.com/ada.m/posts/9", "Ondine", "2026-11-20 09:00:00", "ada.m", "Ada M.", "no", "1795161600"]]),
        "4.csv", {"9": AT | {"platform": "facebook", "author.handle": "ada.m", "conversation_id": None}}),
    "4cat: tiktok": Case(
        table([["id", "thread_id", "author", "author_full", "body", "timestamp", "tiktok_url", "likes"], ["7", "7", "ada", "Ada", "Ondine", "2026-11-20T08:00:00", "https://www.tiktok.com/@ada/video/7", "3"]]),
        "4.csv", {"7": AT | {"platform": "tiktok", "likes": 3, "author.display_name": "Ada"}}),
}  # fmt: skip


@pytest.mark.parametrize("name", FOUR)
def test_a_4cat_export(land, name):
    check(land(FOUR[name].content, FOUR[name].name), FOUR[name], name.partition(":")[0])


# What a browser saw


def wrapped(data, platform="x.com", **more):
    return {"source_platform": platform, "timestamp_collected": SEEN, "data": data} | more


def legacy(number, **more):
    return {
        "id_str": str(number),
        "created_at": "Fri Nov 20 08:00:00 +0000 2026",
        "full_text": "Bravo &amp; merci",
        "user_id_str": "77",
        "conversation_id_str": str(number),
    } | more


def seen(number, user=None, **more):
    who = {
        "rest_id": "77",
        "core": {"screen_name": "ada", "name": "Ada"},
        "legacy": {"description": "at Ondine"},
    } | (user or {})
    return {
        "__typename": "Tweet",
        "rest_id": str(number),
        "core": {"user_results": {"result": who}},
        "legacy": legacy(number),
    } | more


def update(number=EXACT, ago="3 j •", **more):
    actor = {"name": {"text": "Ada"}, "description": {"text": "Chez Ondine"}, "subDescription": {"text": ago}, "navigationContext": {"actionTarget": "https://www.linkedin.com/in/ada-m"}}  # fmt: skip
    return wrapped(
        {
            "updateMetadata": {"urn": f"urn:li:activity:{number}"},
            "commentary": {"text": {"text": "Ondine"}},
            "actor": actor,
        }
        | more,
        "linkedin.com",
    )


TWEET = AT | {
    "text": "Bravo & merci",
    "author.handle": "ada",
    "author.account_id": "77",
    "author.bio": "at Ondine",
}
OLDER = EXACT - (1 << 40)
BROWSED = {
    "an older layout keeps the author beside the post": Case(
        lines(wrapped({"type": "adaptive", "id": 7, "legacy": legacy(7), "user": {"id_str": "77", "screen_name": "ada", "description": "at Ondine"}})), "z.ndjson", {"7": TWEET}),
    "the module for comments": Case(
        lines(wrapped(seen(7, legacy=legacy(7, in_reply_to_status_id_str="6"), user={"id": "77", "unique_id": "ada"}), "twitter-comments")), "z.ndjson", {"7": TWEET | {"reply_to": "6"}}),
    "4CAT gives it out again": Case(lines(seen(7) | {"__import_meta": {"source_platform": "twitter.com", "timestamp_collected": SEEN}}), "4.ndjson", {"7": TWEET}),
    "one JSON list": Case(json.dumps([wrapped(seen(7)), wrapped(seen(8)), 9], indent=1).encode(), "z.json", {"7": TWEET, "8": TWEET}, {"not_an_object": 1}),
    "one JSON list that was cut": Case(json.dumps([wrapped(seen(7)), wrapped(seen(8)), wrapped(seen(9))]).encode()[:-50], "z.json", {"7": TWEET, "8": TWEET}, {"file_damaged": 1}),
    "one JSON list on one line, half a surrogate pair in one item": Case(json.dumps([wrapped(seen(7)), wrapped(seen(8)), 9]).replace("9]", '{"half": "\\ud800"}]').encode(), "z.json", {"7": TWEET, "8": TWEET}, {"unknown_platform": 1}),
    "advertisements, the withheld and the gone": Case(
        lines(wrapped(seen(7, promoted=True)), wrapped({"__typename": "TweetTombstone", "tombstone": {}}), wrapped({"__typename": "TweetWithVisibilityResults", "tweet": seen(8)})),
        "z.ndjson", {"8": TWEET}, {}, {"withheld": 1, "promoted": 1}),
    "protected and business accounts of today's layout": Case(
        lines(wrapped(seen(7, {"privacy": {"protected": True}})), wrapped(seen(8, {"verification": {"verified_type": "Business"}}))), "z.ndjson", {"8": {"author.is_organisation": True}}, {"opted_out": 1}),
    "a quote of what is gone, a repost by number": Case(
        lines(wrapped(seen(7, quoted_status_result={"result": {"__typename": "TweetTombstone"}}, quotedRefResult={"result": {"rest_id": "4"}})), wrapped(seen(8, legacy=legacy(8, retweeted_status_id_str="5")))),
        "z.ndjson", {"7": {"quote_of": "4"}, "8": {"repost_of": "5", "text": ""}}),
    "a repost of what is gone, and a post whose author's profile is": Case(
        lines(wrapped(seen(7, legacy=legacy(7, full_text="RT @bo: Ondine re…", retweeted_status_result={"result": {"__typename": "TweetTombstone"}}))), wrapped(seen(8) | {"core": {"user_results": {}}})),
        "z.ndjson", {"8": {"author.account_id": "77", "author.is_name_only": True}}, {}, {"repost": 1}),
    "LinkedIn: passed on, with words and without": Case(
        lines(update(**{"*resharedUpdate": {"updateMetadata": {"urn": f"urn:li:activity:{OLDER}"}}}), update(EXACT + 1, resharedUpdate={"metadata": {"backendUrn": f"urn:li:activity:{OLDER}"}}, commentary=None)),
        "z.ndjson", {str(EXACT): {"quote_of": str(OLDER)}, str(EXACT + 1): {"repost_of": str(OLDER)}}),
    "LinkedIn: counts of the older layout": Case(
        lines(update(**{"*socialDetail": {"comments": {"paging": {"total": 4}}, "totalShares": 2, "likes": {"paging": {"total": 9}}}})), "z.ndjson", {str(EXACT): {"likes": 9, "replies": 4, "reposts": 2}}),
    "LinkedIn: an age in a language not read is no advertisement": Case(
        lines(update(ago="3 Tage •"), update(7, ago="3 Tage •"), update(EXACT + 1, ago="Gesponsert")), "z.ndjson", {str(EXACT): AT}, {"payload_changed": 1}, {"promoted": 1}),
}  # fmt: skip


@pytest.mark.parametrize("name", BROWSED)
def test_what_a_browser_saw(land, name):
    check(land(BROWSED[name].content, BROWSED[name].name), BROWSED[name], "zeeschuimer")


@pytest.mark.parametrize(("ago", "days", "precision"), [("il y a un mois", 30.44, "month"), ("il y a une semaine", 7, "week"), ("a day ago", 1, "day"), ("avant-hier", 2, "day"),
                                                        ("2 sem. • Modifié • Visible de tous sur LinkedIn et en dehors", 14, "week"), ("3mo • Edited • Visible to anyone", 91.32, "month")])  # fmt: skip
def test_an_age_in_words(land, ago, days, precision):
    [post] = land(lines(update(7, ago=ago)), "z.ndjson").posts.values()
    told = datetime(2026, 11, 23, 8, tzinfo=UTC) - post.created_at
    assert (told.total_seconds() / 86400, post.time_precision) == (pytest.approx(days), precision)


# People's own exports

SHARE = f"https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A{EXACT}"
SHARES = "Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility"
ROW = f"2026-11-20 08:00:00,{SHARE},Bravo,,,PUBLIC"
MINE = {str(EXACT): AT | {"text": "Bravo", "author.handle": "ada-m"}}


def shares(*rows, head=SHARES):
    return "\n".join([head, *rows, ""])


EXPORTED = {
    "semicolons": Case(zipped({"Shares.csv": shares(ROW).replace(",", ";")}), "x.zip", MINE),
    "posts in a group": Case(zipped({"Shares.csv": shares(ROW, *(ROW.replace(f"share%3A{EXACT}", f"groupPost%3A12-{number}") for number in (OLDER, OLDER + 1)))}), "x.zip", MINE, {}, {"in_a_group": 2}),
    "notes above the table": Case(zipped({"Shares.csv": 'Notes:\n"Some text, here"\n\n' + shares(ROW)}), "x.zip", MINE),
    "column names apart": Case(zipped({"Shares.csv": shares(ROW, head="Date,Share Link,Share Commentary,Shared URL,Media URL,Visibility")}), "x.zip", MINE),
    "French files and columns": Case(
        zipped({"Export/Partages.csv": shares(ROW, head="Date,Lien du partage,Commentaire du partage,URL partagée,URL du média,Visibilité")}), "x.zip", MINE),
    "columns in a language nobody has shown us, told by their place": Case(
        zipped({"Publications (1).csv": shares(ROW, head="Dato,Lenke,Kommentar,Delt,Medie,Synlighet")}), "x.zip", MINE),
    "an American date, told by the id": Case(zipped({"Shares.csv": shares(ROW.replace("2026-11-20 08:00:00", "11/20/2026 08:00"))}), "x.zip", MINE),
    "an address of the web page": Case(zipped({"Shares.csv": shares(f"2026-11-20 08:00:00,https://www.linkedin.com/posts/ada-m_x-activity-{EXACT}-AbCd,Bravo,,,PUBLIC")}), "x.zip", MINE),
    "Shares.csv alone": Case(shares(ROW).encode(), "Shares.csv", MINE),
    "a table with nothing in it": Case(zipped({"Comments.csv": "", "Shares.csv": shares(ROW)}), "x.zip", MINE),
    "rows of no dialect are set aside, not forgotten": Case(
        zipped({"Comments.csv": f"Date,Link,Message\n11/20/26, 8:00 AM,{SHARE},x\n", "Shares.csv": shares(ROW)}), "x.zip", MINE, {"row_misshapen": 1}),
    "other words for everybody": Case(zipped({"Shares.csv": shares(ROW.replace("PUBLIC", "Anyone"), ROW.replace("PUBLIC", "CONNECTIONS"))}), "x.zip", MINE, {}, {"not_public": 1}),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPORTED)
def test_a_linkedin_export(land, name):
    check(land(EXPORTED[name].content, EXPORTED[name].name), EXPORTED[name], "linkedin_export")


HOME, PUBLIC = "https://a.example/users/ada", "https://www.w3.org/ns/activitystreams#Public"


def activity(number, kind="Create", **note):
    thing = {
        "id": f"{HOME}/{number}",
        "type": "Note",
        "published": "2026-11-20T08:00:00Z",
        "content": "<p>Ondine</p>",
    } | note
    return {
        "id": f"{HOME}/{number}/activity",
        "type": kind,
        "actor": HOME,
        "published": thing["published"],
        "to": [PUBLIC],
        "object": thing,
    }


def outbox(*items, kind="OrderedCollection"):
    return json.dumps({"type": kind, "orderedItems": list(items)})


ARCHIVED = {
    "quotes of four servers": Case(
        tarred({"./outbox.json": outbox(*(activity(number, **{key: "https://b.example/9"}) for number, key in enumerate(("quote", "quoteUri", "quoteUrl", "_misskey_quote")))), "./actor.json": json.dumps({"id": HOME, "preferredUsername": "ada"})}),
        "a.tar.gz", {f"{HOME}/{number}": AT | {"quote_of": "https://b.example/9", "author.handle": "ada@a.example"} for number in range(4)}),
    "what is no post": Case(outbox(activity(1), activity(2, "Like"), activity(3, "Delete"), kind="OrderedCollectionPage").encode(), "outbox.json", {f"{HOME}/1": AT}, {}, {"not_a_post": 2}),
    "posts listed as they are": Case(outbox(activity(1)["object"] | {"to": [PUBLIC], "attributedTo": HOME}, activity(2)["object"] | {"type": "Question", "to": "as:Public"}).encode(), "outbox.json", {f"{HOME}/1": AT, f"{HOME}/2": AT}),
    "words by language only": Case(outbox(activity(1, content=None, contentMap={"fr": "<p>Bonjour Ondine</p>"})).encode(), "outbox.json", {f"{HOME}/1": AT | {"text": "Bonjour Ondine", "lang": "fr"}}),
    "a post edited since": Case(outbox(activity(1, updated="2026-11-21T08:00:00Z"), activity(2, updated="soon")).encode(), "outbox.json",
        {f"{HOME}/1": AT | {"observed_at": datetime(2026, 11, 21, 8, tzinfo=UTC)}, f"{HOME}/2": AT | {"observed_at": EIGHT}}),
    "a boost that holds the post": Case(outbox(activity(1, "Announce")).encode(), "outbox.json", {f"{HOME}/1/activity": {"repost_of": f"{HOME}/1"}}),
}  # fmt: skip


@pytest.mark.parametrize("name", ARCHIVED)
def test_a_mastodon_archive(land, name):
    check(land(ARCHIVED[name].content, ARCHIVED[name].name), ARCHIVED[name], "mastodon_archive")


@pytest.mark.parametrize(
    "pack", [str.encode, lambda box: tarred({"outbox.json": box})], ids=["alone", "tar.gz"]
)
def test_an_outbox_without_its_list_is_not_taken_for_one_of_nothing(land, pack):
    box = {"type": "OrderedCollection", "totalItems": 5, "orderedItems": None}
    with pytest.raises(InputInvalid, match="no list of posts"):
        land(pack(json.dumps(box)), "outbox.json", format="mastodon_archive")
    assert not land(pack(json.dumps(box | {"totalItems": 0})), "outbox.json").posts


def tweet(number, **more):
    return {
        "tweet": {"id_str": str(number), "full_text": "Bravo", "created_at": "Fri Nov 20 08:00:00 +0000 2026"}
        | more
    }


def script(name, *items, part=0):
    return f"window.YTD.{name}.part{part} = " + json.dumps(items)


LONG = "Long words here that are cut off no more"
OLD = {"id_str": "1", "text": "Ondine", "created_at": "2014-01-05 12:00:00 +0000", "user": {"screen_name": "ada", "id_str": "77"}, "in_reply_to_status_id_str": "9"}  # fmt: skip
TWEETED = {
    "long posts are whole": Case(
        zipped({"data/tweets.js": script("tweets", tweet(1, full_text="Long words here that are cut… https://t.co/a"), tweet(2)),
                "data/note-tweet.js": script("note_tweet", {"noteTweet": {"createdAt": "2026-11-20T08:00:00.000Z", "core": {"text": LONG}}})}), "t.zip", {"1": AT | {"text": LONG}, "2": AT | {"text": "Bravo"}}),
    "times in ISO 8601, a quote by address": Case(
        zipped({"tweets.js": script("tweets", tweet(1, created_at="2026-11-20T08:00:00.000Z", entities={"urls": [{"expanded_url": "https://www.twitter.com/bo/status/9"}]}))}), "t.zip", {"1": AT | {"quote_of": "9"}}),
    "one damaged part costs only itself": Case(
        zipped({"data/tweets.js": script("tweets", tweet(1)), "data/tweets-part1.js": "window.YTD.tweets.part1 = [{", "data/account.js": "window.YTD.account.part0 = [{"}), "t.zip", {"1": AT}, {"file_damaged": 1}),
    "communities are not everybody": Case(zipped({"data/tweets.js": script("tweets", tweet(1)), "data/community-tweet.js": script("community_tweet", tweet(2))}), "t.zip", {"1": AT}, {}, {"in_a_community": 1}),
    "an archive of 2014": Case(
        zipped({"data/js/tweets/2014_01.js": "Grailbird.data.tweets_2014_01 = \n " + json.dumps([OLD, OLD | {"id_str": "2", "retweeted_status": {"id_str": "5"}}]),
                "data/js/user_details.js": 'var user_details =  {"screen_name": "ada", "id": "77"}'}),
        "t.zip", {"1": {"created_at": datetime(2014, 1, 5, 12, tzinfo=UTC), "reply_to": "9", "author.handle": "ada", "author.account_id": "77"}}, {}, {"repost": 1}),
    "several assignments, UTF-16": Case(
        ("window.YTD = window.YTD || {};\nwindow.YTD.tweets.part0 = " + json.dumps([tweet(1)])).encode("utf-16"), "tweets.js", {"1": AT}),
}  # fmt: skip


@pytest.mark.parametrize("name", TWEETED)
def test_an_x_archive(land, name):
    check(land(TWEETED[name].content, TWEETED[name].name, format="x_archive"), TWEETED[name], "x_archive")
