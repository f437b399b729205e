"""The bench: its world is like a real one and always the same, and it says which bar is missed."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime

from girafe.bench import STAGES, Cost, Runs, missed, table
from girafe.bench_world import WEEKS, invented_posts


def runs(posts: int, *, times: float = 1, new: float = 0.04, peak: float = 900.0) -> Runs:
    cost = Cost(cpu=10.0 * times, seconds=11.0 * times, peak_mb=peak)
    more = Cost(cpu=10.0 * times * new, seconds=1.0, peak_mb=400.0)
    return Runs(
        posts=posts,
        full=dict.fromkeys(("baseline", *STAGES), cost),
        new=dict.fromkeys(STAGES, more),
    )


def test_the_world_spans_a_year_of_weeks_platforms_and_sizes_of_thread() -> None:
    posts = [json.loads(line) for line in invented_posts(5000)]
    times = [datetime.fromisoformat(post["created_at"]) for post in posts]
    answers = Counter(post["reply_to"] for post in posts if post["reply_to"])
    assert times == sorted(times)
    assert (times[-1] - times[0]).days > 7 * (WEEKS - 1)
    assert len({post["platform"] for post in posts}) == 4
    assert len({post["post_id"] for post in posts}) == 5000
    assert max(answers.values()) > 20
    assert list(invented_posts(50)) == list(invented_posts(50))


def test_the_next_run_brings_late_answers_and_edits_too() -> None:
    posts = [json.loads(line) for line in invented_posts(5000, new=500)]
    known, new = {post["post_id"] for post in posts[:5000]}, posts[5000:]
    newest = max(post["created_at"] for post in posts[:5000])
    assert any(post["post_id"] in known and "(edited)" in post["text"] for post in new)
    assert any(post["post_id"] not in known and post["created_at"] < newest for post in new)


def test_every_bar_that_is_missed_is_named_with_its_figures() -> None:
    assert missed(runs(100), runs(1000, times=11)) == []
    assert missed(runs(100), runs(1000, times=12, new=0.2, peak=3000)) == [
        "3000 MB in one process, 2048 allowed",
        "10 times the posts cost 12.0 times as much, 11.0 allowed",
        "a run with 1 % new posts costs 20.0% of the full one, 5% allowed",
    ]


def test_the_table_has_a_line_for_every_stage_and_the_whole() -> None:
    lines = table(runs(100), runs(1000, times=5))
    assert [line[:16].strip() for line in lines[1:]] == [
        "baseline",
        *STAGES,
        "the whole path",
        "on the clock",
    ]
    assert "4.0%" in lines[-2]
