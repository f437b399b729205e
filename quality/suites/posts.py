"""Raw posts: whole, pseudonymised, dated; volume, freshness and language watched as warnings."""

from great_expectations.expectations.expectation import Expectation

from quality.contract import Summary
from quality.rules import (
    CRITICAL,
    WARNING,
    between,
    filled,
    matching,
    one_of,
    ordered,
    plausible_time,
    pseudonyms,
)
from warehouse.tables import POSTS

TABLE = POSTS

EXPECTATIONS: tuple[Expectation, ...] = (
    *filled(
        "post_id",
        "content_hash",
        "platform",
        "account_id",
        "created_at",
        "first_seen_at",
        "last_seen_at",
        "is_bare_repost",
        "language",
        "is_question",
        "count_words",
        "time_precision",
        "source",
    ),
    *pseudonyms(
        "post_id",
        "account_id",
        "reply_to_id",
        "conversation_id",
        "root_post_id",
        "quote_of_id",
        "repost_of_id",
    ),
    one_of("time_precision", ("second", "minute", "hour", "day", "week", "month", "year")),
    matching(
        "language",
        "^(?:[a-z]{2}|und)$",
        "A language has a code that is none of ISO 639-1; the classifier changed.",
    ),
    ordered("last_seen_at", "first_seen_at"),
    *plausible_time("created_at"),
    *(
        between(
            column, 0, None, f"{column} is a count and cannot be negative; the parser reads another field."
        )
        for column in ("count_words", "likes", "replies", "reposts")
    ),
)

SUMMARIES: tuple[Summary, ...] = (
    Summary(
        name="posts (whole table)",
        key=("source",),
        sql="""
            select
                source,
                count(*) filter (where created_at > $latest) / count(*) as future_share,
                count(*) filter (where language not in ('fr', 'en') and count_words >= 8) / count(*)
                    as no_language_share,
                count(*) filter (where reply_to_id = post_id or quote_of_id = post_id) as count_self_answers
            from raw.posts
            group by source
        """,
        expectations=(
            between(
                "future_share",
                0,
                0.01,
                "More than 1 % of this source's posts lie in the future: it reads times in another unit or "
                "zone. Correct its parser, then run: girafe classify && girafe load",
                severity=CRITICAL,
            ),
            between(
                "no_language_share",
                0,
                0.2,
                "A fifth of the longer posts is in no language girafe reads (fr, en): check the queries.",
                severity=WARNING,
            ),
            between("count_self_answers", 0, 0, "Posts answer themselves; the parser confuses two ids."),
        ),
    ),
    Summary(
        name="posts (volume by week)",
        key=("source",),
        sql="""
            with weeks as (
                select source, date_trunc('week', created_at) as week, count(distinct post_id) as count_posts
                from raw.posts
                where created_at <= $latest
                group by all
            ),
            last as (
                select source, max(week) as week
                from weeks
                where week < date_trunc('week', $now::timestamptz)
                group by source
            )
            select
                last.source,
                any_value(now.count_posts) / median(weeks.count_posts) as ratio
            from last
            join weeks as now on now.source = last.source and now.week = last.week
            join weeks on weeks.source = last.source and weeks.week < last.week
                and weeks.week >= last.week - interval 56 day
            group by last.source
            having count(*) >= 3
        """,
        expectations=(
            between(
                "ratio",
                0.3,
                3,
                "The last full week differs threefold from the usual one. Look whether the source was blind "
                "(girafe status) or something happened, before you read a trend into it.",
                severity=WARNING,
            ),
        ),
    ),
)
