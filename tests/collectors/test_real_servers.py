"""Against real servers on loopback: what was said there is landed, whatever faults they are told to inject.

Everything is started here, and installed first where it can be (scripts/social_servers.py); what cannot is skipped
with the reason. Who speaks, what is deleted and what is labelled is drawn from GIRAFE_SEED, or from chance; the
seed stands in the name of a test. BLUESKY_PDS and BLUESKY_OZONE may name a stack that is running already.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time as real_time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from collectors.collect import collect
from collectors.contract import Window
from collectors.cursors import cursor_path, read_cursors
from collectors.gone import look_up_gone
from collectors.http import Http, Manners
from collectors.outward import outward_client
from collectors.registry import SOURCES
from girafe.errors import GirafeError
from girafe.records import Deletion, Post, Profile
from scripts import social_servers
from scripts.services import ServiceMissing
from tests.collectors.bluesky_world import World
from tests.collectors.landed import landed
from warehouse.landing import landing_files, read_envelopes

pytestmark = pytest.mark.servers
SEED = int(os.environ.get("GIRAFE_SEED", 0)) or random.randrange(1, 10**6)


def texts(data):
    return {record.text: record for record in landed(data) if isinstance(record, Post)}


@pytest.fixture
def http():
    """The client that collects in earnest; only its waits are short."""
    with outward_client(timeout=20.0) as client:
        yield Http(
            client=client, clock=lambda: datetime.now(UTC), ticks=real_time.monotonic,
            sleep=lambda seconds: real_time.sleep(min(seconds, 0.05)), chance=random.random,
            manners=Manners(attempts=4),
        )  # fmt: skip


# Mastodon


@pytest.fixture
def mastodon(tmp_path):
    """A fresh mastodon_mock with four people; yields its address."""
    try:
        with social_servers.mastodon_mock(tmp_path, ("maria", "joao", "ondine", "shy")) as base:
            yield base
    except ServiceMissing as missing:
        pytest.skip(str(missing))


def toot(base, who, words, **more):
    answer = httpx.post(
        f"{base}/api/v1/statuses", data={"status": words, "visibility": "public", **more},
        headers={"authorization": f"Bearer t-{who}"},
    )  # fmt: skip
    return answer.raise_for_status().json()["id"]


def say_things(base):
    """A thread of four, of which only one carries the tag, and thirty lone posts."""
    for who in ("maria", "joao", "ondine"):
        httpx.patch(
            f"{base}/api/v1/accounts/update_credentials", data={"discoverable": "true"},
            headers={"authorization": f"Bearer t-{who}"},
        ).raise_for_status()  # fmt: skip
    root = toot(base, "maria", "My parcel is late. Anyone else?")
    reply = toot(base, "ondine", "@maria Sorry! #ondine", in_reply_to_id=root)
    toot(base, "maria", "@ondine thanks", in_reply_to_id=reply)
    toot(base, "joao", "@maria same here", in_reply_to_id=root)
    for number in range(30):
        toot(base, "joao", f"headline {number:02d} #ondine")
    httpx.patch(
        f"{base}/api/v1/accounts/update_credentials", data={"note": "please #nobot"},
        headers={"authorization": "Bearer t-shy"},
    )  # fmt: skip
    toot(base, "shy", "a secret about #ondine")
    toot(base, "maria", "for followers only #ondine", visibility="private")


def listen(base, http, data, settings_with):
    settings = settings_with(f'[[sources]]\nname = "mastodon"\noptions = {{ instances = ["{base}"] }}')
    return collect("mastodon", "Ondine", settings=settings, data=data, http=http, secrets={})


def test_a_mastodon_server_is_heard_whole(mastodon, http, data, settings_with):
    say_things(mastodon)
    report = listen(mastodon, http, data, settings_with)
    found = texts(data)
    root = found["My parcel is late. Anyone else?"]
    assert len(found) == 34
    assert found["@maria Sorry! #ondine"].reply_to == root.post_id
    assert found["@ondine thanks"].reply_to == found["@maria Sorry! #ondine"].post_id
    assert found["@maria same here"].reply_to == root.post_id
    assert report.count_opted_out == 1
    before = set(found)
    listen(mastodon, http, data, settings_with)
    assert set(texts(data)) == before


@pytest.mark.parametrize(
    ("effect", "named"),
    [
        ({"type": "status", "status": 503}, "status 503"),
        ({"type": "ratelimit", "headers": {"Retry-After": "1"}}, "status 429"),
        ({"type": "malformed"}, "malformed"),
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/timelines/tag/*", "/api/v1/statuses/*/context", "*"])
def test_every_injected_fault_is_named_and_loses_nothing(
    mastodon, http, data, settings_with, effect, named, path
):
    say_things(mastodon)
    control = f"{mastodon}/api/v1/_mock/faults"
    httpx.post(control, json={"match": {"path": path}, "effect": effect}).raise_for_status()
    with pytest.raises(GirafeError):
        listen(mastodon, http, data, settings_with)
    records = "".join(path.read_text() for path in data.runs.glob("*/*.json"))
    assert named in records
    httpx.delete(control).raise_for_status()
    httpx.post(control, json={"match": {"path": path}, "effect": effect, "count": 1}).raise_for_status()
    for _ in range(3):
        try:
            listen(mastodon, http, data, settings_with)
            break
        except GirafeError:
            continue
    assert len(texts(data)) == 34


# A feed


@pytest.fixture
def isso(tmp_path):
    """A fresh Isso; yields its address."""
    try:
        with social_servers.isso(tmp_path) as base:
            yield base
    except ServiceMissing as missing:
        pytest.skip(str(missing))


def test_the_comments_of_a_website_are_heard_by_its_feed_with_who_answers_whom(
    isso, http, data, settings_with
):
    def comment(text, author, **more):
        made = httpx.post(
            f"{isso}/new", params={"uri": "/offres/"},
            json={"text": text, "author": author, "title": "Offres", **more},
        ).raise_for_status()  # fmt: skip
        return made.json()["id"], made.cookies

    first, _ = comment("Ondine recrute-t-elle encore ?", "Maria")
    comment("Oui, chez Ondine, à Lyon <script>alert(1)</script>", "Joao", parent=first)
    lost, own = comment("Ondine, à effacer", "Maria")
    feed = f'feeds = ["{isso}/feed?uri=%2Foffres%2F"]'
    settings = settings_with(f'[[sources]]\nname = "rss"\noptions = {{ {feed} }}')

    def listen_to_feed():
        return collect("rss", "Ondine", settings=settings, data=data, http=http, secrets={})

    assert listen_to_feed().health == "heard"
    found = {post.text: post for post in landed(data) if isinstance(post, Post)}
    assert len(found) == 3
    [question] = [post for words, post in found.items() if "encore" in words]
    [answer] = [post for words, post in found.items() if "Lyon" in words]
    assert answer.reply_to == question.post_id
    assert not any("<p>" in words for words in found)
    before = len(found)
    assert listen_to_feed().health in ("silent", "heard")
    comment("Ondine : merci", "Maria")  # first: an Isso gives the id of its last comment, once deleted, anew
    httpx.delete(f"{isso}/id/{lost}", cookies=own).raise_for_status()
    listen_to_feed()
    assert len({post.post_id for post in landed(data) if isinstance(post, Post)}) == before + 1


# Bluesky


@pytest.fixture(scope="session")
def stack():
    """A Bluesky stack for all tests: addresses of its servers."""
    if os.environ.get("BLUESKY_PDS"):
        yield {"pds": os.environ["BLUESKY_PDS"], "ozone": os.environ.get("BLUESKY_OZONE", "")}
        return
    # Not in pytest's folder: PostgreSQL runs as a user who may not look into it.
    folder = Path(tempfile.mkdtemp(prefix="girafe-bluesky-"))
    folder.chmod(0o755)
    try:
        with social_servers.bluesky(folder) as running:
            yield running
    except ServiceMissing as missing:
        pytest.skip(str(missing))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=(SEED, SEED + 1), ids=lambda seed: f"GIRAFE_SEED={seed}")
def world(stack, request):
    """People, threads, quotes, deletions and labels on the stack, all drawn from a seed."""
    return World(stack, random.Random(request.param))


def settings_for(world, settings_with, extra=""):
    return settings_with(f'[[sources]]\nname = "bluesky"\noptions = {{ service = "{world.pds}"{extra} }}')


def heard(world, http, data, settings_with):
    """Collects until the index, which follows a moment behind, has everything that may be heard."""
    now = datetime.now(UTC)
    for _ in range(30):
        report = collect(
            "bluesky", world.word, settings=settings_for(world, settings_with), data=data, http=http,
            secrets=world.secrets, window=Window(start=now - timedelta(hours=1), end=now + timedelta(hours=1)),
        )  # fmt: skip
        if world.expected().keys() <= {r.post_id for r in landed(data) if isinstance(r, Post)}:
            break
        real_time.sleep(1)
    return report


def test_a_bluesky_stack_is_heard_whole_and_only_what_may_be_heard(world, http, data, settings_with):
    world.speak()
    world.wait_until_indexed()
    report = heard(world, http, data, settings_with)
    assert report.health == "heard", report.health_detail
    found = {record.post_id: record for record in landed(data) if isinstance(record, Post)}
    expected = world.expected()
    assert set(found) == set(expected)
    for uri, said in expected.items():
        assert (found[uri].text, found[uri].reply_to, found[uri].quote_of) == (
            said.text,
            said.parent,
            said.quoted,
        )
        assert set(found[uri].mentions) == set(said.mentions)
    raw = "".join(
        str(envelope.payload) for path in landing_files(data.landing) for envelope in read_envelopes(path)
    )
    for said in world.hidden():
        assert said.text not in raw, "what asks to be hidden is not landed"
    bios = {r.account.account_id: r.account for r in landed(data) if isinstance(r, Profile)}
    for person in world.listed():
        assert bios[person.did].bio == person.bio
        assert (bios[person.did].is_bot is True) == person.is_bot
    again = set(found)
    heard(world, http, data, settings_with)
    assert {record.post_id for record in landed(data) if isinstance(record, Post)} == again


def test_what_leaves_a_bluesky_stack_later_is_found_gone_by_the_firehose(world, http, data, settings_with):
    world.speak()
    world.wait_until_indexed()
    heard(world, http, data, settings_with)
    known = {(r.post_id, r.account_id) for r in landed(data) if isinstance(r, Deletion)}
    posts, account = world.leave()
    stream = f"{world.pds.replace('http', 'ws', 1)}/xrpc/com.atproto.sync.subscribeRepos"
    report = look_up_gone(
        "bluesky", settings=settings_for(world, settings_with, f', stream = "{stream}", stream_idle = 3'),
        data=data, http=http, secrets=world.secrets, sources=SOURCES,
    )  # fmt: skip
    assert report.detail == ""
    named = {(r.post_id, r.account_id) for r in landed(data) if isinstance(r, Deletion)} - known
    assert {post for post, _ in named if post} == posts
    assert {account_id for _, account_id in named if account_id} == {account}
    [cursor] = read_cursors(cursor_path(data, "bluesky", "(recheck)")).values()
    assert cursor.memory["stream"].startswith(stream)
