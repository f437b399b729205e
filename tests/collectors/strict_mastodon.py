"""Small strict servers that speak the Mastodon API: a parameter they do not know is an error, as is a bad token."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from collectors.collect import collect
from collectors.registry import PARSERS
from girafe.errors import PayloadRejected
from warehouse.landing import landing_files, read_envelopes

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HTML = "<!DOCTYPE html><html><head><title>Not here</title></head></html>"
# Ids as servers make them: ULIDs and snowflakes sort by time only among themselves, others not at all.
IDS = {
    "gotosocial": ["01KZZ9A0", "01M83VGD", "01M83VGE", "01M9AAAA", "01MBBBBB", "01MCCCCC"],
    "takahe": [str(647623423634018080 + n * 7919) for n in range(6)],
    "mitra": ["9c1f", "0a77", "f00d", "1234", "be11", "77aa"],
    "snac": [f"{1795400000 - n}.{n * 37:06d}" for n in range(6)],
    "sharkey": ["ak0zzz", "ak0zzy", "ak0zzx", "aj9001", "aj9000", "ai0001"],
    "pixelfed": [str(900 - n) for n in range(6)],
}
DIALECTS = {
    # What each refuses, as recorded.
    "gotosocial": {"open": False, "batch": (405, "405 method not allowed"), "v2": True, "unknown": 404},
    "takahe": {"open": False, "batch": (404, HTML), "v2": False, "unknown": 200},
    "mitra": {"open": True, "batch": (400, '{"error":"id[] is not supported"}'), "v2": True, "unknown": 200},
    # Invented after their documentation: no next links and no counts of replies; a search without an offset; a
    # smaller page, numbers for ids, threads for those signed in only, a page of markup where a batch was asked.
    "snac": {"open": True, "batch": (404, ""), "v2": False, "unknown": 200, "links": False, "counts": False},
    "sharkey": {"open": True, "batch": (500, HTML), "v2": True, "unknown": 404, "offset": False, "most": 30},
    "pixelfed": {"open": True, "batch": (200, HTML), "v2": True, "unknown": 200, "most": 20, "numbers": True},
}
KNOWN = {
    "timelines": {"limit", "max_id", "min_id", "since_id", "local", "remote", "any[]", "all[]", "none[]"},
    "search": {"q", "type", "limit", "offset", "resolve", "min_id", "max_id"},
}


class Server:
    """Six posts, newest first; a parameter it does not know or a limit beyond 40 is an error, as is a bad token."""

    def __init__(self, dialect, host, *, posts=None):
        self.rules, self.host, self.asked = DIALECTS[dialect], host, []
        self.posts = posts or [self._post(n, local) for n, local in enumerate(IDS[dialect])]

    def _post(self, number, local):
        who = self._account("maria" if number % 2 else "ondine")
        return {
            "id": int(local) if self.rules.get("numbers") else local,
            "uri": f"https://home.example/posts/{number}", "url": f"https://home.example/@x/{number}",
            "created_at": (NOW - timedelta(hours=number + 1)).isoformat().replace("+00:00", "Z"),
            "content": f"<p>{number} <a href='https://home.example/tags/ondine'>#<span>ondine</span></a></p>",
            "account": who, "visibility": "public", "mentions": [{"id": "acc-zoe", "acct": "zoe", "url": "https://home.example/@zoe"}],
            "in_reply_to_id": None, "in_reply_to_account_id": None, "reblog": None, "language": None,
            **({"replies_count": 1 if number == 5 else 0} if self.rules.get("counts", True) else {}),
        }  # fmt: skip

    def _account(self, name):
        return {"id": f"acc-{name}", "username": name, "acct": name, "url": f"https://home.example/@{name}",
                "display_name": name, "note": "", "bot": False, "locked": False, "discoverable": True}  # fmt: skip

    def __call__(self, request):
        path, params = request.url.path, request.url.params
        self.asked.append(str(request.url))
        token = request.headers.get("authorization")
        if token not in (None, "Bearer good"):
            return httpx.Response(400, text="Invalid Bearer token")
        if path == "/api/v2/instance":
            return (
                httpx.Response(200, json={"domain": self.host})
                if self.rules["v2"]
                else httpx.Response(500, html=HTML)
            )
        if path == "/api/v1/instance":
            return httpx.Response(200, json={"uri": self.host, "version": "4.0.0 (compatible)"})
        if refusal := self._refusal(path, params):
            return refusal
        if path == "/api/v1/timelines/public":
            return httpx.Response(200, json=[{**self.posts[0], "id": "p1"}])
        if not token and not self.rules["open"]:
            return httpx.Response(401, json={"error": "Unauthorized: token not supplied"})
        return self._answer(path, params, token)

    def _refusal(self, path, params):
        kind = "timelines" if "/timelines/" in path else "search" if path.endswith("search") else ""
        if kind and not set(params) <= KNOWN[kind]:
            return httpx.Response(422, json={"error": f"unknown parameter {set(params) - KNOWN[kind]}"})
        if int(params.get("limit", 20)) > self.rules.get("most", 40):
            return httpx.Response(422, json={"error": "limit is too large"})
        if {"min_id", "max_id"} <= set(params):
            return httpx.Response(400, json={"error": "min_id and max_id cannot be combined"})
        return None

    def _answer(self, path, params, token):
        if path.startswith("/api/v1/timelines/tag/"):
            return self._timeline(path.rpartition("/")[2], params)
        if path == "/api/v2/search":
            return self._search(params, token)
        if path in ("/api/v1/accounts", "/api/v1/statuses"):
            status, body = self.rules["batch"]
            return httpx.Response(status, text=body)
        kind, _, local = path.removeprefix("/api/v1/").partition("/")
        if kind == "accounts" and local == "acc-zoe":
            return httpx.Response(200, json=self._account("zoe"))
        if path.endswith("/context"):
            shown = any(str(post["id"]) == path.split("/")[-2] for post in self.posts)
            empty = {"ancestors": [], "descendants": []}
            return httpx.Response(200, json=empty) if shown else httpx.Response(404, html=HTML)
        return httpx.Response(404, html=HTML)

    def _timeline(self, tag, params):
        if tag != "ondine":
            return httpx.Response(
                self.rules["unknown"], json={"error": "Not Found"} if self.rules["unknown"] == 404 else []
            )
        ids = [post["id"] for post in self.posts]
        ids = [str(local) for local in ids]
        start = ids.index(params["max_id"]) + 1 if "max_id" in params else 0
        shown = self.posts[start : start + 2]
        if not shown:
            return httpx.Response(200, json=[])
        if not self.rules.get("links", True):
            return httpx.Response(200, json=shown)
        back = f'<http://inside:1/api?limit=2&max_id={shown[-1]["id"]}>; rel="next"'
        link = f'{back}, <http://inside:1/api?limit=2&min_id={shown[0]["id"]}>; rel="prev"'
        return httpx.Response(200, json=shown, headers={"link": link})

    def _search(self, params, token):
        if not token:
            return httpx.Response(401, json={"error": "This method requires an authenticated user"})
        if "offset" in params and "type" not in params:
            return httpx.Response(400, json={"error": "offset needs a type"})
        if not self.rules.get("offset", True) and "Ondine" in params["q"]:
            # It begins anew whatever the offset: asking on and on would never end.
            many = [
                {**self.posts[0], "id": f"s{n}", "uri": f"https://home.example/found/{n}"} for n in range(40)
            ]
            return httpx.Response(200, json={"accounts": [], "statuses": many, "hashtags": []})
        return httpx.Response(200, json={"accounts": [], "statuses": [], "hashtags": []})


def by_host(servers):
    return lambda request: servers[request.url.host](request)


@pytest.fixture
def listen(client_for, data, settings_with):
    def go(servers, *, query="Ondine", token=True):
        hosts = list(servers)
        instances = json.dumps([f"https://{host}" for host in hosts])
        settings = settings_with(f'[[sources]]\nname = "mastodon"\noptions = {{ instances = {instances} }}')
        secrets = {"MASTODON_TOKENS": " ".join(f"{host}=good" for host in hosts)} if token else {}
        return collect(
            "mastodon", query, settings=settings, data=data,
            http=client_for(by_host(servers), *hosts, attempts=3), secrets=secrets,
        )  # fmt: skip

    return go


def landed(data):
    found = []
    for path in landing_files(data.landing):
        for envelope in read_envelopes(path):
            with suppress(PayloadRejected):  # counted in the run record, set aside by classify
                found += PARSERS[envelope.source](envelope)
    return found
