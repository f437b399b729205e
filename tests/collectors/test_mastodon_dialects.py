# ruff: noqa: E501 (payloads are wide)
"""Any mixture of the ways in which strict servers speak the Mastodon API: every post arrives, once."""

from __future__ import annotations

import gzip
import random
import tempfile
from datetime import timedelta, timezone
from email.utils import format_datetime
from pathlib import Path

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.collect import collect
from collectors.http import Http, Manners
from collectors.registry import PARSERS
from girafe.data_dir import DataDir
from girafe.errors import PayloadRejected
from girafe.records import Post
from girafe.settings import parse_settings
from tests.collectors.conftest import GOVERNANCE, Time
from tests.collectors.strict_mastodon import HTML, KNOWN, NOW
from warehouse.landing import landing_files, read_envelopes

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
        "times": st.sampled_from(["Z", "milliseconds", "offset", "naive"]),
        "words": st.sampled_from(["content", "text", "both"]),
        "hidden": st.sampled_from(["private", "direct", "local", "mutuals_only", "subscribers", ""]),
        "budget": st.sampled_from(["none", "epoch", "iso", "odd"]),
        "busy": st.sampled_from(["never", "seconds", "date", "bare"]),
        "quotes": st.booleans(),
    }
)


class Strict:
    """A server by `rules`; what its documentation does not allow, it refuses."""

    def __init__(self, rules):
        self.rules, self.asked = rules, 0
        local = {"ulid": "01M83VG{:04d}", "snowflake": "1115000000000{:05d}", "number": "{}"}[rules["ids"]]
        names = [local.format(900 - number) for number in range(rules["posts"])]
        self.posts = [self._post(number, name) for number, name in enumerate(names)]
        if rules["hidden"] and self.posts:  # shown to its own users only: no words of it may be kept
            hidden = {"uri": f"https://{HOST}/hidden", "visibility": rules["hidden"], "content": "secret"}
            self.posts[-1] = {**self.posts[-1], **hidden}

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
            "created_at": self._time(NOW - timedelta(hours=number + 1)), **self._words(), "account": who, "mentions": [{"id": "z", "acct": "zoe", "url": f"https://{HOST}/@zoe"}],
            "in_reply_to_id": None, "replies_count": 0,
        }  # fmt: skip
        if self.rules["quotes"]:
            post["quote"] = {"state": "accepted", "quoted_status": {"id": "q1", "uri": f"https://{HOST}/q"}}
            post |= {"edited_at": post["created_at"], "card": None, "language": "fr", "poll": None}
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

    def _time(self, when):
        return {
            "Z": f"{when:%Y-%m-%dT%H:%M:%SZ}", "milliseconds": f"{when:%Y-%m-%dT%H:%M:%S.123Z}", "naive": f"{when:%Y-%m-%dT%H:%M:%S}",
            "offset": when.astimezone(timezone(timedelta(hours=-5))).isoformat(),
        }[self.rules["times"]]  # fmt: skip

    def _words(self):
        told = {"content": "<p>#ondine</p>", "text": "#ondine"}
        if self.rules["words"] == "text":
            return {"content": None, "text": "#ondine"}
        return told if self.rules["words"] == "both" else {"content": told["content"], "text": None}

    def __call__(self, request):
        answer = self._answer(request)
        reset = {
            "epoch": str(int(NOW.timestamp()) + 300),
            "iso": "2026-11-23T12:05:00.000000Z",
            "odd": "soon",
        }
        if self.rules["budget"] in reset:
            answer.headers["x-ratelimit-remaining"] = "7"
            answer.headers["x-ratelimit-reset"] = reset[self.rules["budget"]]
        return answer

    def _answer(self, request):
        self.asked += 1
        if self.asked == 2 and self.rules["busy"] != "never":
            wait = {"seconds": "3", "date": format_datetime(NOW + timedelta(seconds=9), usegmt=True)}
            told = {"retry-after": wait[self.rules["busy"]]} if self.rules["busy"] in wait else {}
            return httpx.Response(429, json={"error": "Too many requests"}, headers=told)
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


def read(data):
    """The posts that landed, and how many payloads are for quarantine."""
    posts, unread = [], 0
    for path in landing_files(data.landing):
        for envelope in read_envelopes(path):
            try:
                posts += [post for post in PARSERS[envelope.source](envelope) if isinstance(post, Post)]
            except PayloadRejected:
                unread += 1
    return posts, unread


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
        posts, unread = read(data)
        kept = b"".join(gzip.decompress(path.read_bytes()) for path in landing_files(data.landing))
    shown = rules["posts"] - bool(rules["hidden"] and rules["posts"])
    assert sorted(post.post_id for post in posts) == sorted(f"https://{HOST}/p/{n}" for n in range(shown)), (
        report
    )
    assert {post.text for post in posts} <= {"#ondine"}
    assert b"secret" not in kept
    # Of a post for few nothing is kept; of one under a word nobody knows a shell, for quarantine to show.
    is_unknown = bool(rules["hidden"] == "subscribers" and rules["posts"])
    assert unread == report.count_quarantined == is_unknown
    assert report.health == ("heard" if shown else "blind" if is_unknown else "silent"), report
    assert server.asked < 120
