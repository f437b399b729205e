# ruff: noqa: E501 (payloads are wide)
"""Any mixture of the ways in which strict servers speak the Mastodon API: every post arrives, once."""

from __future__ import annotations

import random
import tempfile
from datetime import timedelta
from pathlib import Path

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.collect import collect
from collectors.http import Http, Manners
from girafe.data_dir import DataDir
from girafe.records import Post
from girafe.settings import parse_settings
from tests.collectors.conftest import GOVERNANCE, Time
from tests.collectors.landed import landed
from tests.collectors.strict_mastodon import HTML, KNOWN, NOW

HOST = "strict.example"
SETTINGS = parse_settings(
    f'[company]\nname = "Ondine"\n[[sources]]\nname = "mastodon"\noptions = {{ instances = ["https://{HOST}"] }}\n{GOVERNANCE}'
)
RULES = st.fixed_dictionaries(
    {
        "posts": st.integers(0, 13),
        "links": st.sampled_from(["absolute", "relative", "unquoted", "none"]),
        "most": st.sampled_from([1, 3, 20, 40]),
        "too_many": st.sampled_from(["refused", "clamped"]),
        "ids": st.sampled_from(["ulid", "number", "snowflake"]),
        "batch": st.sampled_from([200, 400, 404, 405, 500, "html", "empty"]),
        "context": st.sampled_from([200, 401, 403, 404]),
        "counts": st.sampled_from(["number", "null", "absent"]),
        "instance": st.sampled_from(["v2", "v1", "html"]),
        "nulls": st.booleans(),
        "search": st.sampled_from([200, 401, 404, 422, 501]),
    }
)


class Strict:
    """A server by `rules`; what its documentation does not allow, it refuses."""

    def __init__(self, rules):
        self.rules, self.asked = rules, 0
        local = {"ulid": "01M83VG{:04d}", "snowflake": "1115000000000{:05d}", "number": "{}"}[rules["ids"]]
        names = [local.format(900 - number) for number in range(rules["posts"])]
        self.posts = [self._post(number, name) for number, name in enumerate(names)]

    def _post(self, number, name):
        who = {
            "id": "a1",
            "username": "ada",
            "acct": "ada",
            "url": f"https://{HOST}/@ada",
            "note": "",
            "discoverable": True,
        }
        post = {
            "id": int(name) if self.rules["ids"] == "number" else name,
            "uri": f"https://{HOST}/p/{number}", "url": f"https://{HOST}/@ada/{number}", "visibility": "public",
            "created_at": (NOW - timedelta(hours=number + 1)).isoformat().replace("+00:00", "Z"),
            "content": "<p>#ondine</p>", "account": who, "mentions": [{"id": "z", "acct": "zoe", "url": f"https://{HOST}/@zoe"}],
            "in_reply_to_id": None, "replies_count": 0,
        }  # fmt: skip
        if self.rules["counts"] != "number":
            post["replies_count"] = None
        if self.rules["counts"] == "absent":
            del post["replies_count"]
        if self.rules["nulls"]:
            nothing = (
                "url",
                "language",
                "edited_at",
                "reblog",
                "card",
                "poll",
                "application",
                "tags",
                "emojis",
                "mentions",
            )
            post |= dict.fromkeys(nothing)
            post["account"] = who | dict.fromkeys(
                ("fields", "display_name", "bot", "avatar", "roles", "followers_count")
            )
        return post

    def __call__(self, request):
        self.asked += 1
        path, params = request.url.path, request.url.params
        if "girafe" not in request.headers["user-agent"] or request.headers["authorization"] != "Bearer good":
            return httpx.Response(403, html=HTML)
        if path.startswith("/api/v1/timelines/tag/"):
            return self._timeline(params)
        if path == "/api/v1/timelines/public":
            return httpx.Response(200, json=[self._post(99, "999")])
        if path in ("/api/v1/accounts", "/api/v1/statuses"):
            return self._batch()
        if path.endswith("/context"):
            return self._reply(self.rules["context"], {"ancestors": [], "descendants": []})
        if path == "/api/v2/search":
            return self._reply(self.rules["search"], {"accounts": [], "statuses": [], "hashtags": []})
        if path.endswith("/instance"):
            known = self.rules["instance"] == path.split("/")[2]
            return httpx.Response(200, json={"domain": HOST}) if known else httpx.Response(404, html=HTML)
        return httpx.Response(
            200, json={"id": "z", "acct": "zoe", "url": f"https://{HOST}/@zoe", "note": None}
        )

    def _reply(self, status, body):
        return httpx.Response(status, json=body if status == 200 else {"error": "no"})

    def _batch(self):
        kind = self.rules["batch"]
        if kind == "html":
            return httpx.Response(200, html=HTML)
        return (
            httpx.Response(200, json=[])
            if kind in (200, "empty")
            else httpx.Response(kind, json={"error": "no"})
        )

    def _timeline(self, params):
        if not set(params) <= KNOWN["timelines"] or {"min_id", "max_id"} <= set(params):
            return httpx.Response(422, json={"error": "unknown parameter"})
        most = self.rules["most"]
        if int(params.get("limit", 1)) > most and self.rules["too_many"] == "refused":
            return httpx.Response(422, json={"error": "limit is too large"})
        ids = [str(post["id"]) for post in self.posts]
        if "max_id" in params and params["max_id"] not in ids:
            return httpx.Response(400, json={"error": "max_id is no id"})
        start = ids.index(params["max_id"]) + 1 if "max_id" in params else 0
        shown = self.posts[start : start + min(int(params.get("limit", 20)), most)]
        base = {
            "absolute": f"http://inside:3000{'/api/v1/x'}",
            "relative": "/api/v1/x",
            "unquoted": f"https://{HOST}/x",
        }
        if not shown or self.rules["links"] == "none":
            return httpx.Response(200, json=shown)
        rel = "next" if self.rules["links"] == "unquoted" else '"next"'
        link = f"<{base[self.rules['links']]}?max_id={shown[-1]['id']}>; rel={rel}"
        return httpx.Response(200, json=shown, headers={"link": link})


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(rules=RULES)
def test_every_post_arrives_once_whatever_dialect_a_server_speaks(rules):
    server, time = Strict(rules), Time()
    with tempfile.TemporaryDirectory() as folder:
        data = DataDir(Path(folder))
        http = Http(
            client=httpx.Client(transport=httpx.MockTransport(server)), clock=time.clock, ticks=time.ticks, sleep=time.sleep,
            chance=random.Random(1).random, manners=Manners(attempts=2), allowed_hosts=frozenset({HOST}),
        )  # fmt: skip
        secrets = {"MASTODON_TOKENS": f"{HOST}=good"}
        report = collect("mastodon", "Ondine", settings=SETTINGS, data=data, http=http, secrets=secrets)
        found = [record.post_id for record in landed(data) if isinstance(record, Post)]
    assert sorted(found) == sorted(f"https://{HOST}/p/{number}" for number in range(rules["posts"])), report
    assert report.health == ("heard" if rules["posts"] else "silent")
    assert server.asked < 120
