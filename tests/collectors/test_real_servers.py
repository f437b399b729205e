"""Against real servers on loopback: what was said there is landed, whatever faults they are told to inject.

mastodon_mock must be on the PATH (or MASTODON_MOCK name it); BLUESKY_PDS names a running Bluesky stack,
its search index included. What is missing is skipped.
"""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import time as real_time
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from collectors.collect import collect
from collectors.contract import Window
from collectors.cursors import cursor_path, read_cursors
from collectors.gone import look_up_gone
from collectors.http import Http, Manners
from collectors.registry import PARSERS, SOURCES
from girafe.errors import GirafeError
from girafe.records import Deletion, Post, Profile
from warehouse.landing import landing_files, read_envelopes

pytestmark = pytest.mark.servers


def landed(data):
    return [
        record
        for path in landing_files(data.landing)
        for envelope in read_envelopes(path)
        for record in PARSERS[envelope.source](envelope)
    ]


def texts(data):
    return {record.text: record for record in landed(data) if isinstance(record, Post)}


@pytest.fixture
def http():
    with httpx.Client(timeout=5.0) as client:
        yield Http(
            client=client, clock=lambda: datetime.now(UTC), ticks=real_time.monotonic,
            sleep=lambda seconds: real_time.sleep(min(seconds, 0.05)), chance=random.random,
            manners=Manners(attempts=4),
        )  # fmt: skip


# Mastodon


@pytest.fixture
def mastodon(tmp_path):
    """A fresh mastodon_mock with four people; yields its address."""
    command = os.environ.get("MASTODON_MOCK") or shutil.which("mastodon_mock")
    if not command:
        pytest.skip("mastodon_mock is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    names = ("maria", "joao", "ondine", "shy")
    seeds = "".join(f'[[seed.accounts]]\nusername = "{n}"\naccess_token = "t-{n}"\n' for n in names)
    config = tmp_path / "mock.toml"
    config.write_text(f'[database]\npath = ":memory:"\n[server]\nport = {port}\n{seeds}')
    server = subprocess.Popen(
        [command, "serve", "--config", str(config), "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    base = f"http://localhost:{port}"
    try:
        for _ in range(100):
            try:
                httpx.get(f"{base}/api/v1/instance").raise_for_status()
                break
            except httpx.HTTPError:
                real_time.sleep(0.1)
        yield base
    finally:
        server.terminate()
        server.wait(10)


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


# Bluesky


@pytest.fixture
def bluesky():
    """The address of a running personal data server, and a way to make people on it."""
    base = os.environ.get("BLUESKY_PDS")
    if not base:
        pytest.skip("BLUESKY_PDS names no running stack")
    tag = f"{random.randrange(16**6):06x}"

    def person(name, **profile):
        body = {"email": f"{name}{tag}@x.test", "handle": f"{name}{tag}.test", "password": "pw"}
        made = (
            httpx.post(f"{base}/xrpc/com.atproto.server.createAccount", json=body).raise_for_status().json()
        )

        def write(collection, record, **more):
            return httpx.post(
                f"{base}/xrpc/com.atproto.repo.createRecord",
                json={"repo": made["did"], "collection": collection, "record": record, **more},
                headers={"authorization": f"Bearer {made['accessJwt']}"},
            ).raise_for_status().json()  # fmt: skip

        if profile:
            write("app.bsky.actor.profile", {"$type": "app.bsky.actor.profile", **profile}, rkey="self")

        def post(words, **more):
            stamp = datetime.now(UTC).isoformat().replace("+00:00", "Z")
            return write("app.bsky.feed.post", {"text": words, "createdAt": stamp, **more})

        def delete(ref):
            httpx.post(
                f"{base}/xrpc/com.atproto.repo.deleteRecord",
                json={"repo": made["did"], "collection": "app.bsky.feed.post", "rkey": ref["uri"].split("/")[-1]},
                headers={"authorization": f"Bearer {made['accessJwt']}"},
            ).raise_for_status()  # fmt: skip

        person.handles[name] = made["handle"]
        return post, delete

    person.handles = {}
    return base, tag, person


def test_a_bluesky_stack_is_heard_whole(bluesky, http, data, settings_with):
    base, tag, person = bluesky
    maria, delete = person("maria", description="Engineer at Ondine", displayName="Maria")
    joao, _ = person("joao", description="Jornalista")
    shy, _ = person("shy", displayName="Shy", labels={
        "$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "!no-unauthenticated"}],
    })  # fmt: skip
    word = f"ondine{tag}"

    def to(parent, root):
        return {"reply": {"root": root, "parent": parent}}

    root = maria(f"The {word} parcel is late")
    reply = joao("same here", **to(root, root))
    leaf = maria("really?", **to(reply, root))
    shy(f"a secret about {word}")
    lost = maria("to be deleted", **to(root, root))
    joao(f"below the deleted one, {word}", **to(lost, root))
    for number in range(7):
        joao(f"headline {number} {word}")
    delete(lost)
    settings = settings_with(f'[[sources]]\nname = "bluesky"\noptions = {{ service = "{base}" }}')
    secrets = {"BLUESKY_HANDLE": person.handles["maria"], "BLUESKY_APP_PASSWORD": "pw"}
    now = datetime.now(UTC)
    for _ in range(20):
        report = collect(
            "bluesky", word, settings=settings, data=data, http=http, secrets=secrets,
            window=Window(start=now - timedelta(hours=1), end=now + timedelta(hours=1)),
        )  # fmt: skip
        if len(texts(data)) >= 11 and report.count_opted_out:
            break
        real_time.sleep(1)  # the index follows a moment behind
    found = texts(data)
    assert "a secret about " + word not in found
    assert found["same here"].reply_to == root["uri"]
    assert found["really?"].post_id == leaf["uri"]
    assert sum(f"headline {n} {word}" in found for n in range(7)) == 7
    assert any(record.post_id == lost["uri"] for record in landed(data) if isinstance(record, Deletion))
    bios = {record.account.bio for record in landed(data) if isinstance(record, Profile)}
    assert {"Engineer at Ondine", "Jornalista"} <= bios
    # What is deleted afterwards is heard on the firehose of the same server, and nothing else is named.
    known = {record.post_id for record in landed(data) if isinstance(record, Deletion)}
    delete(leaf)
    stream = f"{base.replace('http', 'ws', 1)}/xrpc/com.atproto.sync.subscribeRepos"
    options = f'service = "{base}", stream = "{stream}", stream_idle = 3'
    report = look_up_gone(
        "bluesky", settings=settings_with(f'[[sources]]\nname = "bluesky"\noptions = {{ {options} }}'), data=data,
        http=http, secrets=secrets, sources=SOURCES,
    )  # fmt: skip
    assert report.detail == ""
    named = {record.post_id for record in landed(data) if isinstance(record, Deletion)} - known
    assert named == {leaf["uri"]}
    [cursor] = read_cursors(cursor_path(data, "bluesky", "(recheck)")).values()
    assert cursor.memory["stream"].startswith(stream)
