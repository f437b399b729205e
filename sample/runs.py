"""Runs: the world as eight weeks of collection landed it - one run per platform, query and week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from collectors import optout
from girafe.records import Payload
from sample import broken
from sample.ids import account_id, handle, seen_at
from sample.platforms import bluesky, hackernews, mastodon, rss
from sample.run import Run
from sample.world import BLIND_WEEK, END, MONDAYS, Actor, Utterance, World, paris_midnight, run_after

_OVERLAP = timedelta(days=1)
_QUERIES = (
    ("bluesky", "Sillon"),
    ("mastodon", "Sillon"),
    ("mastodon", "Brumeval"),
    ("hackernews", "Sillon"),
    ("rss", "Sillon"),
)


def all_runs(world: World) -> list[Run]:
    """Every run of the eight weeks, in order."""
    threads: dict[str, dict[str, list[Utterance]]] = {}
    for post in sorted(world.posts.values(), key=lambda p: (p.at, p.key)):
        platform = world.actors[post.actor].platform
        threads.setdefault(platform, {}).setdefault(post.root, []).append(post)
    runs = []
    for week, monday in enumerate(MONDAYS):
        for nth, (platform, query) in enumerate(_QUERIES):
            delay = timedelta(minutes=7 * nth, microseconds=1000 * week + nth)
            now = run_after(paris_midnight(monday + timedelta(weeks=1)) - timedelta(minutes=1)) + delay
            run = Run(platform=platform, query=query, now=now)
            if platform == "hackernews" and week == BLIND_WEEK:
                run.blind = "hn.algolia.com refused every search (403), so nothing is known of this week."
            else:
                # A blind run leaves the cursor where it was, so the next one reads both weeks.
                weeks = 2 if platform == "hackernews" and week == BLIND_WEEK + 1 else 1
                _land(world, run, threads[platform], now - timedelta(weeks=weeks), week)
            runs.append(run)
    return runs


def _land(world: World, run: Run, threads: dict[str, list[Utterance]], since: datetime, week: int) -> None:
    for root, posts in threads.items():
        if any(_moved(post, since, run.now) for post in posts):
            _thread(world, run, root, posts)
    _profiles(world, run)
    if run.query == "Sillon":
        _spoil(run, week)


def _moved(post: Utterance, since: datetime, now: datetime) -> bool:
    """Whether a post was written, changed or taken down since the last run, with the usual overlap."""
    if since - _OVERLAP <= post.at < now:
        return True
    changes = (post.edited[0] if post.edited else None, post.deleted_at)
    return any(moment and since <= moment < now for moment in changes)


def _thread(world: World, run: Run, root: str, posts: Sequence[Utterance]) -> None:
    """One conversation, each post in its own payload."""
    now = run.now
    posts = [post for post in posts if post.at < now]
    match run.platform:
        case "mastodon":
            instances = seen_at(world, root)
            instance = instances[0] if run.query == "Sillon" else instances[-1]
            if run.query == "Sillon" or len(instances) == 2:
                readable = [p for p in posts if not (p.never_seen or (p.deleted_at and p.deleted_at <= now))]
                for post, payload in zip(readable, mastodon.thread(world, posts, instance, now), strict=True):
                    _add(world, run, post, payload)
        case "bluesky":
            for post in posts:
                gone = post.never_seen or (post.deleted_at and post.deleted_at <= now)
                if gone:
                    run.payloads.append((run.platform, bluesky.tombstone(world, post)))
                else:
                    _add(world, run, post, bluesky.post_view(world, post, now))
        case "hackernews":
            _story(world, run, posts)
        case _:
            for post in posts:
                _add(world, run, post, rss.entry(world, post))


def _story(world: World, run: Run, posts: Sequence[Utterance]) -> None:
    """A fresh story is known only through the search; a day later its whole tree is read."""
    fresh = run.now - posts[0].at < _OVERLAP
    if fresh and run.now < END:
        for post in posts:
            if "Sillon" in post.text and not post.never_seen:
                _add(world, run, post, hackernews.hit(world, post))
        return
    for post, item in zip(posts, hackernews.tree(world, posts, run.now), strict=True):
        if item.get("deleted") or item.get("dead"):
            run.payloads.append((run.platform, item))
        else:
            _add(world, run, post, item)


def _add(world: World, run: Run, post: Utterance, payload: Payload) -> None:
    """Lands a post, or the notice that its author does not want that."""
    actor = world.actors[post.actor]
    for key in post.mentions:
        run.addressed.setdefault(key, world.actors[key])
    if _refuses(actor, run.now):
        _notice(run, actor)
        return
    run.speakers.setdefault(actor.key, actor)
    run.payloads.append((run.platform, payload))
    run.count_posts += 1
    if int(post.key[1:]) % 150 == 0:
        run.payloads.append((run.platform, payload))  # a retry landed the same answer twice


def _refuses(actor: Actor, now: datetime) -> bool:
    """Whether the collector leaves a notice instead; of some the payload is landed, as a replay would."""
    landed_raw = (
        len(actor.stages) == 1 and int(actor.key.rpartition(":")[2]) % 2 == 1 if actor.opted_out else False
    )
    return bool(actor.at(now).opted_out) and not landed_raw


def _notice(run: Run, actor: Actor) -> None:
    if actor.key in run.noticed:
        return
    run.noticed.add(actor.key)
    signal = {"no_unauthenticated": "no-unauthenticated"}.get(str(actor.opted_out), actor.opted_out)
    payload = {
        "platform": actor.platform,
        "account_id": account_id(actor),
        "handle": handle(actor),
        "signal": signal,
    }
    run.payloads.append((optout.NAME, payload))


def _profiles(world: World, run: Run) -> None:
    """The profiles the platform shows apart from posts."""
    everyone = {**run.speakers, **run.addressed}
    if run.platform == "bluesky":
        found = [(a, bluesky.profile(a, run.now)) for a in everyone.values() if not a.ghost]
    elif run.platform == "mastodon":
        silent = [a for key, a in run.addressed.items() if key not in run.speakers and not a.ghost]
        found = [(a, mastodon.profile(a, _instance(run), run.now)) for a in silent]
    elif run.platform == "hackernews":
        found = [(a, hackernews.user(a, run.now)) for a in run.speakers.values()]
    else:
        found = []
    for actor, payload in found:
        if _refuses(actor, run.now):
            _notice(run, actor)
        else:
            run.payloads.append((run.platform, payload))
    # Somebody who changed their mind is looked up again, so that what was collected can be erased.
    for actor in world.actors.values():
        changed = len(actor.stages) == 2 and actor.opted_out and actor.platform == run.platform
        if (
            changed
            and run.query == "Sillon"
            and run.now - timedelta(weeks=1) <= actor.stages[1].since < run.now
        ):
            _notice(run, actor)


def _instance(run: Run) -> str:
    return "mamoute.example" if run.query == "Sillon" else "rail.example"


def _spoil(run: Run, week: int) -> None:
    """One broken payload in most weeks, in the middle of the file."""
    kinds = broken.payloads(run.platform, run.now)
    if week % 2 == 0 and week // 2 < len(kinds) and run.payloads:
        reason, payload = kinds[week // 2]
        at = len(run.payloads) // 2
        run.payloads.insert(at, (run.platform, payload))
        run.broken.append((at + 1, reason))
