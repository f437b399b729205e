# ruff: noqa: E501 (tables are wide)
"""Exports as other people's machines write them: other languages, layouts, encodings, dates and dialects."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.imports.made import gz, lines, parquet, table, tarred, workbook, zipped

EIGHT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
EXACT = 1795161600000 << 22  # EIGHT in the upper bits of a LinkedIn id
SEEN = 1795420800000  # 2026-11-23T08:00:00Z in milliseconds


# Brandwatch, Meltwater, Talkwalker

BRANDWATCH = {
    "fr": [
        "ID de la requête",
        "Nom de la requête",
        "Date",
        "Titre",
        "Extrait",
        "Url",
        "Domaine",
        "Sentiment",
        "Type de page",
        "Langue",
        "Auteur",
        "Texte intégral",
    ],
    "en": [
        "Query Id",
        "Query Name",
        "Date",
        "Title",
        "Snippet",
        "Url",
        "Domain",
        "Sentiment",
        "Page Type",
        "Language",
        "Author",
        "Full Text",
    ],
    "de": [
        "Abfrage-ID",
        "Abfragename",
        "Datum",
        "Titel",
        "Ausschnitt",
        "Url",
        "Domain",
        "Stimmung",
        "Seitentyp",
        "Sprache",
        "Autor",
        "Volltext",
    ],
    "shouted": [
        "QUERY_ID",
        "QUERY_NAME",
        "DATE",
        "TITLE",
        "SNIPPET",
        "URL",
        "DOMAIN",
        "SENTIMENT",
        "PAGE_TYPE",
        "LANGUAGE",
        "AUTHOR",
        "FULL_TEXT",
    ],
}
SAID = [
    "1",
    "Ondine",
    "2026-11-20 08:00:00.0",
    "",
    "Bravo…",
    "https://twitter.com/ada/statuses/7",
    "twitter.com",
    "positive",
    "twitter",
    "fr",
    "@ada",
    "Bravo Ondine",
]
NEWS = [
    "1",
    "Ondine",
    "2026-11-20 08:00:00.0",
    "Ondine recrute",
    "Cent postes",
    "https://presse.example/a",
    "presse.example",
    "",
    "news",
    "fr",
    "",
    "Cent postes",
]


@pytest.mark.parametrize("language", BRANDWATCH)
@pytest.mark.parametrize("preamble", [0, 3, 9])
@pytest.mark.parametrize(("separator", "encoding"), [(",", "utf-8-sig"), (";", "cp1252"), ("\t", "utf-16")])
def test_a_brandwatch_export_in_any_language_below_any_preamble(
    land, language, preamble, separator, encoding
):
    above = [["Report:", "Ondine, Rivage"], ["From:", "Mon Nov 16 2026"], [], ["Note", "a; b; c"]] * 3
    rows = [*above[:preamble], BRANDWATCH[language], [*SAID[:4], "Bravo...", *SAID[5:]], NEWS]
    found = land(table(rows, separator=separator, encoding=encoding), "mentions")
    assert found.report.format == "brandwatch"
    assert found.report.landed == {"x": 1, "web": 1}
    post, article = found.posts["7"], found.posts["https://presse.example/a"]
    assert (post.text, post.author.handle, post.created_at) == ("Bravo Ondine", "ada", EIGHT)
    assert (article.text, article.author.handle, article.author.is_organisation) == (
        "Ondine recrute\n\nCent postes",
        "presse.example",
        True,
    )


def test_columns_may_stand_in_any_order_and_unknown_ones_are_passed_over(land):
    header = ["Anything", *reversed(BRANDWATCH["en"]), "", "More"]
    found = land(table([header, ["x", *reversed(SAID), "", "y"]]))
    assert found.posts["7"].text == "Bravo Ondine"


def test_the_api_layout_of_brandwatch_keeps_thread_and_parent(land):
    header = [
        "Resource Id",
        "Account Type",
        "Author",
        "Date",
        "Full Text",
        "Full name",
        "Page Type",
        "Query Id",
        "Query Name",
        "Reply To",
        "Snippet",
        "Thread Id",
        "Twitter Author Id",
        "Twitter Followers",
        "Url",
    ]
    row = [
        "r1",
        "individual",
        "ada",
        "2026-11-20T08:00:00.000+0000",
        "Oui",
        "Ada M.",
        "twitter",
        "1",
        "Ondine",
        "https://twitter.com/bo/statuses/6",
        "Oui",
        "6",
        "77",
        "1204",
        "https://twitter.com/ada/statuses/7",
    ]
    [post] = land(table([header, row])).posts.values()
    assert (
        post.reply_to,
        post.conversation_id,
        post.author.account_id,
        post.author.followers,
        post.created_at,
    ) == ("6", "6", "77", 1204, EIGHT)


MELTWATER = {
    "older": (["Date", "Headline", "URL", "Opening Text", "Hit Sentence", "Source", "Influencer", "Country", "Language", "Reach"],
              ["20-Nov-2026 08:00AM", "", "https://x.com/ada/status/1", "Ondine !", "Ondine !", "Twitter", "@ada", "France", "French", "12"]),
    "newer": (["Date", "Time", "Document ID", "URL", "Author Name", "Author Handle", "Opening Text", "Hit Sentence", "Links", "Source Domain", "Language"],
              ["20-Nov-2026", "08:00 AM", "1", "https://x.com/ada/status/1", "Ada", "@ada", "Ondine !", "Ondine !", "", "x.com", "French"]),
    "fr": (["Date", "Titre", "URL", "Texte d’ouverture", "Phrase clé", "Source", "Influenceur", "Pays", "Langue"],
           ["20 nov. 2026 08:00", "", "https://x.com/ada/status/1", "Ondine !", "Ondine !", "Twitter", "@ada", "France", "Français"]),
    "de": (["Datum", "Schlagzeile", "URL", "Einleitungstext", "Treffersatz", "Quelle", "Influencer", "Land", "Sprache"],
           ["20.11.2026 08:00", "", "https://x.com/ada/status/1", "Ondine !", "Ondine !", "Twitter", "@ada", "Frankreich", "Deutsch"]),
}  # fmt: skip


@pytest.mark.parametrize("layout", MELTWATER)
@pytest.mark.parametrize("pack", [lambda rows: table(rows, separator="\t", encoding="utf-16"), table, lambda rows: gz(table(rows, separator=";")),
                                  lambda rows: workbook({"Résumé": [["Total", 1]], "Données": rows})], ids=["utf-16", "csv", "gz", "xlsx"])  # fmt: skip
def test_a_meltwater_export_of_any_layout(land, layout, pack):
    header, row = MELTWATER[layout]
    found = land(pack([["Ondine coverage"], [], header, row]), "export.dat")
    assert (found.report.format, found.report.landed) == ("meltwater", {"x": 1})
    [post] = found.posts.values()
    assert (post.post_id, post.author.handle, post.text, post.created_at) == ("1", "ada", "Ondine !", EIGHT)


def test_a_publisher_speaks_as_an_organisation_where_no_author_is_named(land):
    header, row = MELTWATER["older"]
    article = [
        row[0],
        "Ondine recrute",
        "https://presse.example/1",
        "Cent postes",
        "…",
        "La Presse",
        "",
        "France",
        "French",
        "9",
    ]
    [post] = land(table([header, article])).posts.values()
    assert (post.author.handle, post.author.is_organisation, post.text) == (
        "La Presse",
        True,
        "Ondine recrute\n\nCent postes",
    )


@pytest.mark.parametrize(
    "when",
    ["1795161600000", "1795161600", "2026-11-20 08:00:00", "2026-11-20T08:00:00Z", "2026-11-20 08:00:00 UTC"],
)
def test_a_talkwalker_export(land, when):
    header = ["url", "indexed", "published", "title_snippet", "content_snippet", "domain_url", "parent_url", "lang", "source_type", "post_type",
              "extra_author_attributes.id", "extra_author_attributes.name", "extra_author_attributes.short_name", "extra_author_attributes.description"]  # fmt: skip
    row = ["https://twitter.com/ada/status/9", when, when, "Bonjour", "Bonjour Ondine", "http://twitter.com/", "https://twitter.com/bo/status/8", "fr",
           "SOCIALMEDIA,SOCIALMEDIA_TWITTER", "TEXT", "id:tw-77", "Ada M.", "ada", "Works at Ondine"]  # fmt: skip
    [post] = land(table([header, row])).posts.values()
    assert (post.platform, post.post_id, post.reply_to, post.author.bio, post.text, post.created_at) == (
        "x",
        "9",
        "8",
        "Works at Ondine",
        "Bonjour Ondine",
        EIGHT,
    )


# Dates


def forum(*dates, header="Date"):
    return table(
        [
            ["platform", "post_id", "text", "handle", "created_at"],
            *(["forum", str(number), "Ondine", "ada", when] for number, when in enumerate(dates)),
        ]
    )


@pytest.mark.parametrize(
    ("dates", "first", "note"),
    [
        (("03/04/2026 10:00", "25/04/2026 10:00"), datetime(2026, 4, 3, 10, tzinfo=UTC), "day first"),
        (("03/04/2026 10:00", "04/25/2026 10:00"), datetime(2026, 3, 4, 10, tzinfo=UTC), "month first"),
        (
            ("03/04/2026 10:00", "05/06/2026 10:00"),
            datetime(2026, 3, 4, 10, tzinfo=UTC),
            "no date of the file decides",
        ),
        (("03.04.2026 10:00", "05.06.2026 10:00"), datetime(2026, 4, 3, 10, tzinfo=UTC), ""),
        (("3/4/26 1:05 PM", "4/25/26 1:05 PM"), datetime(2026, 3, 4, 13, 5, tzinfo=UTC), "month first"),
        (("46115.4166667",), datetime(2026, 4, 3, 10, 0, tzinfo=UTC), ""),
        (("3 avril 2026 à 10h00",), datetime(2026, 4, 3, 10, tzinfo=UTC), ""),
        (("Apr 3, 2026 10:00 AM",), datetime(2026, 4, 3, 10, tzinfo=UTC), ""),
        (("3. April 2026, 10:00 Uhr",), datetime(2026, 4, 3, 10, tzinfo=UTC), ""),
    ],
)
def test_which_of_day_and_month_comes_first_is_decided_from_the_whole_file(land, dates, first, note):
    found = land(forum(*dates))
    assert found.posts["0"].created_at == first
    assert note in " ".join(found.report.notes)
    assert not found.report.rejected


def test_a_file_that_writes_both_orders_keeps_what_is_certain_and_sets_the_rest_aside(land):
    found = land(forum("25/04/2026", "04/25/2026", "03/04/2026", "05/05/2026"))
    assert found.report.rejected == {"ambiguous_date": 1}
    assert {post.created_at.month for post in found.posts.values()} == {4, 5}


def test_a_day_alone_says_that_it_is_one(land):
    assert land(forum("20/11/2026")).posts["0"].time_precision == "day"


# 4CAT


def test_4cat_pseudonyms_are_handles_and_blanked_authors_are_set_aside(land):
    header = ["id", "thread_id", "author", "author_name", "body", "timestamp", "unix_timestamp"]
    rows = [["a", "a", "5d41402abc4b2a76b9719d911017c592", "REDACTED", "Ondine", "2026-11-20 08:00:00", "1795161600"],
            ["b", "a", "REDACTED", "REDACTED", "Ondine", "2026-11-20 08:00:00", "1795161600"]]  # fmt: skip
    found = land(table([header, *rows]))
    assert found.posts["a"].author.handle == "5d41402abc4b2a76b9719d911017c592"
    assert found.report.rejected == {"author_redacted": 1}


@pytest.mark.parametrize(("ago", "precision", "when"), [("3 j • Modifié •", "day", datetime(2026, 11, 20, 8, tzinfo=UTC)), ("2 sem", "week", datetime(2026, 11, 9, 8, tzinfo=UTC)),
                                                        ("18h •", "hour", datetime(2026, 11, 22, 14, tzinfo=UTC))])  # fmt: skip
def test_a_4cat_linkedin_row_without_a_telling_id_is_dated_by_its_french_age(land, ago, precision, when):
    header = [
        "id",
        "thread_id",
        "body",
        "timestamp",
        "timestamp_collected",
        "timestamp_ago",
        "author",
        "author_description",
        "author_is_company",
        "is_promoted",
    ]
    row = [
        "urn-1",
        "",
        "Fière",
        "2023-11-20 08:00:00",
        "2026-11-23 08:00:00",
        ago,
        "ada-m",
        "Chez Ondine",
        "no",
        "no",
    ]
    [post] = land(table([header, row])).posts.values()
    assert (post.time_precision, post.created_at, post.observed_at) == (
        precision,
        when,
        datetime(2026, 11, 23, 8, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("extra", "expected"),
    [({"author_username": "ada", "chat": "ondine", "link": "https://t.me/ondine/5"}, "telegram"), ({"subject": "Ondine ?", "url": "https://www.reddit.com/r/a/1"}, "reddit"),
     ({"post_url": "https://www.tiktok.com/@ada/video/1"}, "tiktok"), ({}, "web")],
)  # fmt: skip
def test_any_4cat_datasource_is_read_by_its_common_columns(land, extra, expected):
    row = {
        "id": "1",
        "thread_id": "1",
        "author": "ada",
        "body": "Ondine",
        "timestamp": "2026-11-20 08:00:00",
    } | extra
    found = land(table([list(row), list(row.values())], encoding="utf-8-sig"))
    assert found.report.landed == {expected: 1}


# Zeeschuimer


def update(layout, ago="3 j • Modifié", number=EXACT):
    person = {"publicIdentifier": "bo-b", "firstName": "Bo"}
    text = {"text": "Ondine recrute, dixit Bo"}
    if layout == "V1":
        text["attributes"] = [{"type": "PROFILE_MENTION", "*miniProfile": person}]
    else:
        text["attributesV2"] = [{"detailData": {"*profileFullName": person}}]
    key = (
        {"updateMetadata": {"urn": f"urn:li:activity:{number}"}}
        if layout == "V1"
        else {"preDashEntityUrn": f"urn:li:fs_feedUpdate:(urn:li:activity:{number},X)"}
    )
    actor = {"name": {"text": "Ada M."}, "description": {"text": "Ingénieure chez Ondine"}, "subDescription": {"text": ago},
             "navigationContext": {"actionTarget": "https://fr.linkedin.com/in/ada-m/?x=1"}}  # fmt: skip
    return {
        "source_platform": "linkedin.com",
        "timestamp_collected": SEEN,
        "data": key | {"commentary": {"text": text}, "actor": actor},
    }


@pytest.mark.parametrize("layout", ["V1", "V2"])
def test_both_layouts_of_linkedin_are_read(land, layout):
    [post] = land(lines(update(layout)), "zeeschuimer.ndjson").posts.values()
    assert (post.created_at, post.time_precision, post.mentions, post.author.handle, post.author.bio) == (
        EIGHT,
        "second",
        ("bo-b",),
        "ada-m",
        "Ingénieure chez Ondine",
    )


@pytest.mark.parametrize("listed", [False, True])
def test_a_capture_whose_first_line_is_a_hundred_kilobytes_is_still_one(land, listed):
    content = lines(update("V1") | {"last_updated": "x" * 100_000})
    found = land(b"[%s]" % content.strip() if listed else content, "export.ndjson")
    assert (found.report.format, len(found.posts)) == ("zeeschuimer", 1)


@pytest.mark.parametrize(
    ("ago", "days", "precision"),
    [("3 j", 3, "day"), ("2 sem", 14, "week"), ("2 sem. • Modifié", 14, "week"), ("1 an", 365.25, "year"), ("6 mois", 6 * 30.44, "month"), ("18h", 0.75, "hour"),
     ("1w", 7, "week"), ("1w • Edited •", 7, "week"), ("5mo", 5 * 30.44, "month"), ("2yr", 730.5, "year"), ("45 min", 45 / 1440, "minute"), ("il y a 3 jours", 3, "day"),
     ("Hier", 1, "day"), ("à l’instant", 0, "minute"), ("2\u00a0ans", 730.5, "year"), ("3 d", 3, "day"), ("1 h", 1 / 24, "hour")],
)  # fmt: skip
def test_relative_ages_in_french_and_english(land, ago, days, precision):
    [post] = land(lines(update("V1", ago=ago, number=7)), "z.ndjson").posts.values()
    assert (datetime(2026, 11, 23, 8, tzinfo=UTC) - post.created_at).total_seconds() == pytest.approx(
        days * 86400
    )
    assert post.time_precision == precision


@pytest.mark.parametrize("number", [1, 2**62, EXACT + (400 << 45), 10**25])
def test_an_id_outside_the_sane_window_dates_nothing(land, number):
    [post] = land(lines(update("V1", number=number)), "z.ndjson").posts.values()
    assert post.time_precision == "day"


# LinkedIn export

LINK = "https://www.linkedin.com/feed/update/urn%3Ali%3A{}%3A{}"
HEAD = "Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility"
WHOLE = 'Fière de "nous" !\n\nRejoignez-nous, vite.'
DIALECTS = {
    "quotes doubled": f'2026-11-20 08:00:00,{LINK.format("share", EXACT)},"Fière de ""nous"" !\n\nRejoignez-nous, vite.",,,PUBLIC',
    "every line wrapped, quotes doubled": f'2026-11-20 08:00:00,{LINK.format("share", EXACT)},"Fière de ""nous"" !""\n""\n""Rejoignez-nous, vite.",,,PUBLIC',
    "every line wrapped": f'2026-11-20 08:00:00,{LINK.format("share", EXACT)},"Fière de ""nous"" !"\n""\n"Rejoignez-nous, vite.",,,PUBLIC',
    "quotes behind a backslash": f'2026-11-20 08:00:00,{LINK.format("share", EXACT)},"Fière de \\"nous\\" !\n\nRejoignez-nous, vite.",,,PUBLIC',
    "the date is blank": f',{LINK.format("ugcPost", EXACT)},"Fière de ""nous"" !\n\nRejoignez-nous, vite.",,,PUBLIC',
}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "name",
    ["Shares.csv", "Complete_LinkedInDataExport_11-20-2026/Shares_1.csv", "Basic/Shares_68409926788.csv"],
)
def test_every_dialect_of_shares_is_read(land, dialect, end, name):
    more = f"2026-11-19 08:00:00,{LINK.format('share', 7390000000000000001)},Simple,,,PUBLIC"
    hidden = f"2026-11-18 08:00:00,{LINK.format('share', 7390000000000000002)},Entre nous,,,MEMBER_NETWORK"
    content = "\n".join([HEAD, DIALECTS[dialect], hidden, more, ""]).replace("\n", end)
    found = land(
        zipped({name: content, "Connections.csv": "Notes:\nSECRET", "messages.csv": "SECRET"}), "export.zip"
    )
    assert {post.text.replace("\r\n", "\n") for post in found.posts.values()} == {WHOLE, "Simple"}
    assert found.posts[str(EXACT)].created_at == EIGHT
    assert (found.report.rows, found.report.skipped) == (3, {"not_public": 1})
    assert found.posts[str(EXACT)].author.handle == "ada-m"


def test_a_comment_without_a_date_is_dated_by_its_own_id(land):
    link = f"https://www.linkedin.com/feed/update/urn:li:activity:9?commentUrn=urn%3Ali%3Acomment%3A%28activity%3A9%2C{EXACT}%29"
    [post] = land(
        zipped({"Comments.csv": f'Date,Link,Message\n,{link},"Oui"\n'}), "export.zip"
    ).posts.values()
    assert (post.created_at, post.reply_to) == (EIGHT, "9")


# People's own archives

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


def activity(number, **where):
    note = {
        "id": f"https://a.example/{number}",
        "type": "Note",
        "published": "2026-11-20T08:00:00Z",
        "content": "<p>Ondine</p>",
    }
    return {
        "id": f"{number}",
        "type": "Create",
        "actor": "https://a.example/users/ada",
        "object": note,
    } | where


@pytest.mark.parametrize(
    "pack",
    [tarred, zipped, lambda made: tarred(made, mode="w"), lambda made: gz(zipped(made))],
    ids=["tar.gz", "zip", "tar", "zip.gz"],
)
@pytest.mark.parametrize("with_actor", [True, False])
def test_a_mastodon_archive_however_it_is_packed(land, pack, with_actor):
    items = [activity(1, to=[PUBLIC]), activity(2, to=["https://a.example/followers"], cc=[PUBLIC]), activity(3, to=["https://a.example/followers"], cc=[]),
             activity(4, to=PUBLIC), activity(5, to=["as:Public"]), activity(6, to=["https://b.example/users/bo"]), activity(7)]  # fmt: skip
    made = {
        "archive/outbox.json": json.dumps({"type": "OrderedCollection", "orderedItems": items}),
        "archive/likes.json": "SECRET",
    }
    if with_actor:
        made["archive/actor.json"] = json.dumps(
            {"id": "https://a.example/users/ada", "preferredUsername": "ada", "name": "Ada"}
        )
    found = land(pack(made), "download")
    assert {post_id.rpartition("/")[2] for post_id in found.posts} == {"1", "2", "4", "5"}
    assert found.report.skipped == {"not_public": 3}
    assert {post.author.handle for post in found.posts.values()} == {"ada@a.example"}


def tweet(number):
    return {
        "id_str": str(number),
        "id": str(number),
        "full_text": f"Ondine &amp; co {number}",
        "created_at": "Fri Nov 20 08:00:00 +0000 2026",
        "favorite_count": "3",
    }


@pytest.mark.parametrize(
    "members",
    [{"data/tweets.js": "window.YTD.tweets.part0 = " + json.dumps([{"tweet": tweet(1)}, {"tweet": tweet(2)}])},
     {"data/tweet.js": "window.YTD.tweet.part0 = " + json.dumps([tweet(1), tweet(2)])},
     {"twitter-2026/data/tweets.js": "\ufeffwindow.YTD.tweets.part0 =\n" + json.dumps([{"tweet": tweet(1)}], indent=2), "twitter-2026/data/tweets-part1.js": "window.YTD.tweets.part1 = " + json.dumps([{"tweet": tweet(2)}]),
      "twitter-2026/data/deleted-tweets.js": "window.YTD.deleted_tweets.part0 = " + json.dumps([{"tweet": tweet(3)}])}],
    ids=["today", "older", "in parts"],
)  # fmt: skip
def test_an_x_archive_of_any_age(land, members):
    found = land(zipped(members), "twitter-archive")
    assert set(found.posts) == {"1", "2"}
    assert (found.posts["1"].text, found.posts["1"].likes, found.posts["1"].created_at) == (
        "Ondine & co 1",
        3,
        EIGHT,
    )


def test_tweets_js_alone_packed_by_gzip(land):
    assert set(
        land(
            gz(("window.YTD.tweets.part0 = " + json.dumps([{"tweet": tweet(1)}])).encode()), "tweets.js.gz"
        ).posts
    ) == {"1"}


# Tables of one's own


@pytest.mark.parametrize("pack", [lambda rows: table(rows), lambda rows: workbook({"A": rows}), parquet, lambda rows: gz(workbook({"A": rows})), lambda rows: gz(parquet(rows)),
                                  lambda rows: b"sep=;\r\n" + table(rows, separator=";"), lambda rows: table(rows, encoding="utf-16-le"), lambda rows: table(rows, end="\r")],
                         ids=["csv", "xlsx", "parquet", "xlsx.gz", "parquet.gz", "sep=", "utf-16 without a mark", "old line ends"])  # fmt: skip
@pytest.mark.parametrize("name", ["posts.csv", "posts.xlsx", "posts"])
def test_a_table_is_read_by_what_it_is_and_not_by_its_name(land, pack, name):
    rows = [
        ["platform", "post_id", "created_at", "text", "handle"],
        ["forum", "1", "2026-11-20T08:00:00Z", "Ondine, déjà", "ada"],
    ]
    found = land(pack(rows), name)
    assert (found.report.format, found.posts["1"].text, found.posts["1"].created_at) == (
        "girafe_table",
        "Ondine, déjà",
        EIGHT,
    )


def test_customer_support_threads_as_a_workbook_or_parquet(land):
    rows = [["tweet_id", "author_id", "inbound", "created_at", "text", "response_tweet_id", "in_response_to_tweet_id"],
            [1, "ondine", False, "Tue Oct 31 22:10:47 +0000 2017", "@115712 Bonjour", "2", 3.0], [3, "115712", True, "Tue Oct 31 22:08:27 +0000 2017", "@ondine ?", "1", None]]  # fmt: skip
    for pack in (lambda rows: workbook({"twcs": rows}), parquet, table):
        found = land(pack(rows), "twcs")
        assert (found.report.format, found.posts["1"].reply_to, found.posts["3"].author.handle) == (
            "twcs",
            "3",
            "115712",
        )


ROW = b"forum,p2,2026-11-20,Ondine hires,ada,p1,12"


@pytest.mark.parametrize("kept", [17, 23, 30, 35, ROW.rindex(b",")])
def test_a_row_in_whose_middle_a_file_was_cut_is_set_aside(land, kept):
    head = b"platform,post_id,created_at,text,handle,reply_to,likes\nforum,p1,2026-11-20,Ondine ?,bo,,\n"
    found = land(head + ROW[:kept])
    assert (set(found.posts), found.report.rejected) == ({"p1"}, {"file_damaged": 1})
    assert set(land(head + ROW).posts) == {"p1", "p2"}  # without an end of its line, but whole


@pytest.mark.parametrize("pack", [table, lambda rows: workbook({"A": rows})], ids=["csv", "xlsx"])
def test_an_id_that_a_spreadsheet_has_rounded_is_set_aside_before_two_posts_become_one(land, pack):
    rounded = "1.79516E+18" if pack is table else 1.79516e18
    rows = [
        ["platform", "post_id", "created_at", "text", "handle"],
        ["forum", rounded, "2026-11-20", "one", "ada"],
        ["forum", 17.0, "2026-11-20", "two", "bo"],
    ]
    found = land(pack(rows))
    assert (set(found.posts), found.report.rejected) == ({"17"}, {"id_rounded": 1})


@pytest.mark.parametrize(("written", "likes"), [
    ("1234", 1234), ("1,234", 1234), ("1.234", 1234), ("1 234", 1234), ("1'234", 1234), ("1.234.567", 1234567),
    ("12,34,567", 1234567), ("1,234.0", 1234), ("1.234,0", 1234), ("3.0", 3), ("3,0", 3), ("12,50", 12),
    ("0.000", 0), ("1.2K", None), ("-1", None), (-3, None),
])  # fmt: skip
def test_a_count_is_read_whatever_marks_thousands_and_decimals(land, written, likes):
    head = ["platform", "post_id", "created_at", "text", "handle", "likes"]
    row = ["forum", "p1", "2026-11-02T09:30:00Z", "Ondine", "ada", written]
    assert land(table([head, row], separator=";"), "posts.csv").posts["p1"].likes == likes
