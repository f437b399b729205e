"""Facts: the truth about the sample as files a test can read, per account, per conversation, and in sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from sample.ids import account_id, handle, post_id
from sample.platforms.showing import iso
from sample.run import Run
from sample.truth import View, about, counts_for, headline, kind_of_thread, view
from sample.world import COMPANIES, MONDAYS, SEED, World, week_of


def account_facts(world: World) -> Iterator[dict[str, Any]]:
    """One line per account: who it is towards each company, from when, and what it asked for."""
    for actor in world.actors.values():
        yield {
            "platform": actor.platform,
            "account_id": account_id(actor),
            "handle": handle(actor),
            "lang": actor.lang,
            "kind": actor.stages[0].kind,
            "voices": [
                {"since": iso(stage.since), "kind": stage.kind, **stage.voices} for stage in actor.stages
            ],
            "official_of": actor.official_of,
            "opted_out": actor.opted_out,
            "opted_out_since": next((iso(s.since) for s in actor.stages if s.opted_out), None),
            "never_seen": actor.ghost,
            "count_posts": actor.count,
        }


def conversation_facts(seen: View) -> Iterator[dict[str, Any]]:
    """One line per conversation or monologue that can be put together from what was seen."""
    world = seen.world
    for key, thread in seen.threads.items():
        root = seen.posts[key]
        yield {
            "platform": world.actors[root.actor].platform,
            "root": post_id(world, root),
            "scenario": root.scenario,
            "week": week_of(root.at).isoformat(),
            "lang": root.lang,
            "count_posts": len(thread),
            "count_speakers": len({post.actor for post in thread}),
            "posts": [post_id(world, post) for post in thread],
            "about": {
                company: [post_id(world, p) for p in thread if company in about(world, p)]
                for company in COMPANIES
            },
            "counts_for": [company for company in COMPANIES if counts_for(seen, thread, company)],
            "kind": {company: kind_of_thread(seen, thread, company) for company in COMPANIES},
        }


def summary(world: World, seen: View, runs: Sequence[Run]) -> dict[str, Any]:
    """The numbers a reader must arrive at, and what must be kept out and why."""
    posts = list(world.posts.values())
    return {
        "seed": SEED,
        "weeks": [monday.isoformat() for monday in MONDAYS],
        "counts": {
            "accounts": sum(1 for actor in world.actors.values() if actor.count),
            "posts_written": len(posts),
            "posts_seen": len(seen.posts),
            "conversations_and_monologues": len(seen.threads),
            "posts_by_platform": _count(world.actors[p.actor].platform for p in seen.posts.values()),
            "posts_by_language": _count(p.lang for p in seen.posts.values()),
            "payloads_landed": sum(len(run.payloads) for run in runs),
        },
        "headline": headline(seen),
        "headline_all_threads": headline(seen, all_threads=True),
        "headline_given": headline(view(world, looked_up=False)),
        "headline_given_all_threads": headline(view(world, looked_up=False), all_threads=True),
        "opted_out": sorted(account_id(a) for a in world.actors.values() if a.opted_out),
        "deleted": sorted(post_id(world, p) for p in posts if p.deleted_at),
        "edited": sorted(post_id(world, p) for p in posts if p.edited),
        "never_seen": sorted(post_id(world, p) for p in posts if p.never_seen),
        "bare_reposts": sorted(post_id(world, p) for p in posts if p.repost_of and not p.text),
        "blind": [run.run_id for run in runs if run.blind],
    }


def _count(values: Any) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))
