# ruff: noqa: E501 (tables are wide)
"""Exports of other tools: recognised by their columns, below any preamble, in any encoding, to one format."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet

from collectors.imports.land import import_file
from collectors.imports.mapping import SHIPPED, read_mapping
from collectors.registry import FORMATS
from girafe.errors import InputInvalid
from girafe.records import Post
from tests.collectors.landed import landed

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
EXACT = 1795161600000 << 22  # 2026-11-20T08:00:00Z in the upper bits of a LinkedIn id

EXPORTS = {
    "twcs": [
        ["tweet_id", "author_id", "inbound", "created_at", "text", "response_tweet_id", "in_response_to_tweet_id"],
        ["1", "ondine_fr", "False", "Tue Oct 31 22:10:47 +0000 2017", "@115712 Bonjour", "2", "3"],
        ["3", "115712", "True", "Tue Oct 31 22:08:27 +0000 2017", "@ondine_fr en panne", "1", ""],
    ],
    "brandwatch": [
        ["Report:", "Ondine"], ["From:", "Mon Nov 16 2026"], [],
        ["Query Id", "Query Name", "Date", "Title", "Snippet", "Url", "Domain", "Page Type", "Language",
         "Account Type", "Author", "Full Text", "Thread Entry Type", "Mentioned Authors", "Likes"],
        ["1", "Ondine", "2026-11-20 08:00:00.0", "", "Bravo...", "https://twitter.com/ada/statuses/7",
         "twitter.com", "twitter", "fr", "individual", "@ada", "Bravo @ondine_fr", "post", "@ondine_fr", "1,204"],
        ["1", "Ondine", "2026-11-20 09:00:00.0", "Ondine recrute", "Cent postes", "https://presse.example/a",
         "presse.example", "news", "fr", "organizational", "", "Cent postes en 2027", "", "", ""],
        ["1", "Ondine", "2026-11-20 09:00:00.0", "", "RT", "https://twitter.com/bo/statuses/8",
         "twitter.com", "twitter", "fr", "individual", "bo", "RT @ada", "share", "", ""],
    ],
    "talkwalker": [
        ["url", "indexed", "published", "title", "content", "root_url", "domain_url", "parent_url", "lang",
         "source_type", "extra_author_attributes.name", "extra_author_attributes.short_name",
         "extra_author_attributes.description"],
        ["https://x.com/ada/status/9", "1795161700000", "1795161600000", "", "Bonjour Ondine", "", "x.com",
         "https://x.com/bo/status/8", "fr", "SOCIALMEDIA,SOCIALMEDIA_TWITTER", "Ada", "ada", "Works at Ondine"],
    ],
    "meltwater": [
        ["Ondine coverage"], [],
        ["Date", "Time", "Document ID", "URL", "Author Handle", "Opening Text", "Hit Sentence", "Source Domain",
         "Language"],
        ["20-Nov-2026", "08:00AM", "m1", "https://x.com/ada/status/1", "@ada", "Ondine !", "Ondine !", "x.com", "fr"],
    ],
    "4cat_bluesky": [
        ["collected_at", "id", "thread_id", "created_at", "author", "author_id", "body", "replied_to_post",
         "replied_to_user", "mentions", "author_display_name", "author_profile", "timestamp"],
        ["2026-11-21T00:00:00", "at://did:plc:a/app.bsky.feed.post/1", "at://did:plc:b/app.bsky.feed.post/0",
         "2026-11-20T08:00:00Z", "ada.example", "did:plc:a", "Oui", "at://did:plc:b/app.bsky.feed.post/0",
         "bo.example", "", "Ada", "At Ondine", "2026-11-20 08:00:00"],
    ],
    "4cat_linkedin": [
        ["id", "thread_id", "body", "timestamp", "author", "author_name", "author_description",
         "author_is_company", "is_promoted"],
        [str(EXACT), str(EXACT), "Fière", "2023-11-20 08:00:00", "ada-m", "Ada M.", "Chez Ondine", "no", "no"],
        [str(EXACT + 1), "", "Nous", "2023-11-20 08:00:00", "ondine", "Ondine", "1 200 abonnés", "yes", "no"],
        [str(EXACT + 2), "", "Achetez", "", "pub", "Pub", "", "yes", "yes"],
    ],
    "4cat_x": [
        ["id", "thread_id", "timestamp", "unix_timestamp", "body", "author", "author_fullname", "author_id",
         "is_retweet", "quote_tweet_id", "mentions"],
        ["5", "4", "2026-11-20 08:00:00", "1795161600", "@ondine_fr merci", "ada", "Ada", "77", "no", "", "ondine_fr"],
        ["6", "6", "2026-11-20 08:00:00", "1795161600", "RT", "bo", "Bo", "78", "yes", "", ""],
    ],
    "4cat": [
        ["id", "thread_id", "author", "body", "timestamp"],
        ["c2", "c1", "ada", "Bonjour", "2026-11-20 08:00:00"],
    ],
    "girafe_table": [
        ["platform", "post_id", "created_at", "text", "handle", "bio", "reply_to", "likes"],
        ["Forum", 17, "2026-11-20T08:00:00Z", "Bonjour Ondine", "ada", "at Ondine", "", 3],
    ],
    "youtube_data_tools": [
        ["id", "isReplyTo", "authorName", "text", "publishedAt"],
        ["y2", "y1", "@ada", "Bravo", "2026-11-20T08:00:00Z"],
    ],
}  # fmt: skip


def written(rows, *, separator=",", encoding="utf-8"):
    words = io.StringIO()
    csv.writer(words, delimiter=separator).writerows(rows)
    return words.getvalue().encode(encoding)


@pytest.fixture
def land(tmp_path, data):
    def go(content, name="export.csv", **more):
        path = tmp_path / name
        path.write_bytes(content)
        report = import_file(path, data, now=NOW, **more)
        return report, {post.post_id: post for post in landed(data) if isinstance(post, Post)}

    return go


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_recognised_and_read_without_loss(land, name):
    report, posts = land(written(EXPORTS[name]))
    assert report.format == name
    assert not report.rejected
    assert posts
    assert all(post.author.account_id or post.author.handle for post in posts.values())


def test_support_threads_keep_their_parents_and_times(land):
    _, posts = land(written(EXPORTS["twcs"]))
    assert posts["1"].reply_to == "3"
    assert posts["3"].reply_to is None
    assert posts["3"].created_at == datetime(2017, 10, 31, 22, 8, 27, tzinfo=UTC)
    assert posts["1"].mentions is None  # taken from the text


def test_a_media_monitoring_export_tells_people_from_publishers(land):
    report, posts = land(written(EXPORTS["brandwatch"]))
    tweet, article = posts["7"], posts["https://presse.example/a"]
    assert report.landed == {"x": 1, "web": 1}
    assert (tweet.text, tweet.author.handle, tweet.mentions, tweet.likes) == (
        "Bravo @ondine_fr", "ada", ("ondine_fr",), 1204,
    )  # fmt: skip
    assert article.text == "Ondine recrute\n\nCent postes en 2027"
    assert (article.author.handle, article.author.is_organisation) == ("presse.example", True)


def test_times_without_iso_form_are_read(land):
    _, posts = land(written(EXPORTS["meltwater"], separator="\t", encoding="utf-16"))
    assert posts["1"].created_at == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    _, posts = land(written(EXPORTS["talkwalker"]), name="other.csv")
    found = posts["9"]
    assert found.created_at == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    assert (found.platform, found.author.bio) == ("x", "Works at Ondine")
    assert found.reply_to == "8"  # the number, as every other tool writes it


def test_linkedin_times_come_from_the_id_where_the_tool_misread_french_ages(land):
    _, posts = land(written(EXPORTS["4cat_linkedin"]))
    assert set(posts) == {str(EXACT), str(EXACT + 1)}
    assert posts[str(EXACT)].created_at == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    assert posts[str(EXACT + 1)].author.is_organisation is True


@pytest.mark.parametrize(
    ("separator", "encoding"),
    [(",", "utf-8-sig"), (";", "cp1252"), ("\t", "utf-16"), ("|", "utf-8")],
)
def test_separator_and_encoding_do_not_matter(land, separator, encoding):
    rows = [EXPORTS["4cat"][0], ["c1", "c1", "hélène", "déjà ; vu, ici | là", "2026-11-20 08:00:00"]]
    _, posts = land(written(rows, separator=separator, encoding=encoding))
    assert posts["c1"].text == "déjà ; vu, ici | là"
    assert posts["c1"].author.handle == "hélène"


def test_a_workbook_and_a_parquet_file_are_tables_too(land, tmp_path):
    book = openpyxl.Workbook()
    for row in EXPORTS["brandwatch"]:
        book.active.append(row)
    book.active.cell(5, 3).value = datetime(2026, 11, 20, 8, 0)  # noqa: DTZ001
    book.save(tmp_path / "made.xlsx")
    report, posts = land((tmp_path / "made.xlsx").read_bytes(), name="export.xlsx")
    assert report.format == "brandwatch"
    assert posts["7"].created_at == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    header, *rows = EXPORTS["twcs"]
    table = pa.table({name: [row[index] for row in rows] for index, name in enumerate(header)})
    parquet.write_table(table, tmp_path / "made.parquet")
    report, _ = land((tmp_path / "made.parquet").read_bytes(), name="export.parquet")
    assert (report.format, report.landed) == ("twcs", {"x": 2})


def test_a_row_that_cannot_be_read_is_set_aside_with_its_number(land, data):
    rows = [
        *EXPORTS["4cat"],
        ["", "", "bo", "no id", "2026-11-20 08:00:00"],
        ["c4", "", "cy", "no time", "soon"],
    ]
    report, posts = land(written(rows))
    assert set(posts) == {"c2"}
    assert posts["c2"].mentions is None  # no such column: the text tells
    assert report.rejected == {"missing_field": 1, "bad_time": 1}


def test_a_table_of_ones_own_is_read_through_a_mapping(land):
    content = written(
        [["My forum"], ["Message ID", "Posted at", "Message", "Member", "Answer to", "Status"],
         ["1", "20/11/2026 09:00", "Bonjour", "ada", "", "sent"], ["2", "20/11/2026 09:05", "Oups", "bo", "1", "draft"]],
        separator=";",
    )  # fmt: skip
    report, posts = land(content, name="mine.csv", format=str(SHIPPED / "example.toml"))
    assert set(posts) == {"1"}
    assert posts["1"].created_at == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)  # 09:00 in Paris
    assert report.landed == {"forum": 1}


def test_a_table_without_the_column_of_words_is_refused_and_other_missing_columns_are_named(land):
    head = ["Message ID", "Posted at", "Message", "Member"]
    row = ["1", "20/11/2026 09:00", "Bonjour", "ada"]
    mapping = str(SHIPPED / "example.toml")
    report, _ = land(written([head, row]), format=mapping)
    assert "no column for bio, reply_to, conversation_id, Status of the mapping" in report.notes[0]
    renamed = ["Message ID", "Posted at", "Body", "Member"]
    with pytest.raises(InputInvalid, match="Message among them"):  # else every post would be empty
        land(written([renamed, row]), format=mapping)


def test_a_localised_header_is_known(land):
    rows = [["Rapport :", "Ondine"], ["Nom de la requête", "Date", "Type de page", "Extrait", "Url", "Auteur"],
            ["Ondine", "20/11/2026 09:00:00", "twitter", "Bravo", "https://x.com/ada/status/1", "ada"]]  # fmt: skip
    report, posts = land(written(rows, separator=";"))
    assert (report.format, report.landed) == ("brandwatch", {"x": 1})
    assert posts["1"].created_at == datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def test_a_mapping_may_call_a_network_as_people_do(land, tmp_path):
    path = tmp_path / "ours.toml"
    path.write_text(
        (SHIPPED / "example.toml").read_text().replace('platform = "forum"', 'platform = "Twitter"')
    )
    head, row = ["Message ID", "Posted at", "Message", "Member"], ["1", "20/11/2026 09:00", "Bonjour", "ada"]
    report, posts = land(written([head, row]), format=str(path))
    assert report.landed == {"x": 1}
    assert posts["1"].platform == posts["1"].author.platform == "x"


def test_a_wrong_mapping_file_is_explained(land, tmp_path):
    path = tmp_path / "wrong.toml"
    path.write_text('name = "wrong"\nabout = "x"\nplatform = "x"\n[columns]\nhandel = ["Member"]\n')
    with pytest.raises(InputInvalid, match="handel"):
        land(b"a,b\n", format=str(path))


def test_every_mapping_file_is_valid_and_in_the_registry():
    for path in SHIPPED.glob("*.toml"):
        assert read_mapping(path).name == path.stem
        assert path.stem in FORMATS
