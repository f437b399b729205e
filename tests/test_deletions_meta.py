"""Meta from end to end: collected, published, deleted on the platform, looked up, gone from every file and number."""

from __future__ import annotations

import gzip
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest

from collectors.http import Http
from girafe import erasure
from girafe import run as path
from girafe.data_dir import DataDir
from girafe.errors import GirafeError
from girafe.settings import parse_settings
from tests.collectors.conftest import GOVERNANCE
from warehouse.connection import connect

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SETTINGS = parse_settings(
    f"""
[company]
name = "Orée"
official_accounts = ["facebook:9", "instagram:oree"]
[[sources]]
name = "meta"
enabled = true
options = {{ pages = ["facebook:9", "instagram:8"] }}
{GOVERNANCE}
"""
)
FACEBOOK = {"9_1": [f"9_1_{number}" for number in range(6)], "9_2": ["9_2_0"]}
INSTAGRAM = {"m1": [f"m1_{number}" for number in range(6)]}
GONE = {"9_1_2", "9_2", "9_2_0", "m1_1"}
LOST_TOKEN = {
    "error": {"code": 190, "type": "OAuthException", "message": "The session has been invalidated."}
}
NO_SUCH_THING = {"error": {"code": 100, "error_subcode": 33, "message": "Object does not exist."}}


class Graph:
    """The Graph API with a page on each network; `gone` is what was deleted, `trouble` how it misbehaves."""

    def __init__(self, gone: frozenset[str] | set[str] = frozenset(), trouble: str = "") -> None:
        self.gone, self.trouble = gone, trouble

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.trouble == "token":
            return httpx.Response(400, json=LOST_TOKEN)
        what = request.url.path.removeprefix("/v24.0").strip("/")
        if what in ("9/posts", "8/media"):
            if self.trouble == "page":
                return httpx.Response(400, json=NO_SUCH_THING)
            roots = FACEBOOK if what == "9/posts" else INSTAGRAM
            return httpx.Response(
                200, json={"data": [self.said(root, roots[root]) for root in self.there(roots)]}
            )
        names = request.url.params["ids"].split(",")
        hidden = {"right": names, "comments": [name for name in names if name not in {*FACEBOOK, *INSTAGRAM}]}
        if hidden.get(self.trouble) or len(self.there(names)) < len(names):
            return httpx.Response(400, json=NO_SUCH_THING)
        return httpx.Response(200, json={name: {"id": name} for name in names})

    def there(self, names: Any) -> list[str]:
        return [name for name in names if name not in self.gone]

    def said(self, name: str, under: list[str]) -> dict[str, Any]:
        """As each network tells it; whoever comments is a person of their own."""
        on_facebook, is_root = name.startswith("9"), bool(under)
        when = (NOW - timedelta(days=9, minutes=len(name))).isoformat()
        who, words = "9" if is_root else f"u-{name}", f"Chez Orée, mots[{name}]"
        told: dict[str, Any] = (
            {"message": words, "created_time": when, "from": {"id": who, "name": who}}
            if on_facebook
            else {
                "caption" if is_root else "text": words,
                "timestamp": when,
                "username": "oree" if is_root else who,
            }
        )
        below = {"comments": {"data": [self.said(each, []) for each in self.there(under)]}} if is_root else {}
        return {"id": name, **told, **below}


def http(graph: Graph) -> Http:
    return Http(
        client=httpx.Client(transport=httpx.MockTransport(graph)), clock=lambda: NOW, sleep=lambda seconds: None,
        ticks=lambda: 0.0, chance=random.Random(1).random, allowed_hosts=frozenset({"graph.facebook.com"}),
    )  # fmt: skip


def publish(here: path.Context) -> None:
    path.run_stages(here, path.AFTER_COLLECT, lambda name, call: call())


def collected(root: Path, graph: Graph) -> path.Context:
    here = path.Context(data=DataDir(root), settings=SETTINGS, now=NOW)
    [query] = {query for _, query in path.queries(here)}
    path.collect(here, "meta", query, http=http(graph), window=(NOW - timedelta(days=20), NOW))
    return here


def words(here: path.Context) -> set[str]:
    """The names of the posts whose words stand in any file, packed or not."""
    found = set()
    for file in here.data.root.rglob("*"):
        if file.is_file():
            content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
            found |= {name for name in everything() if f"mots[{name}]".encode() in content}
    return found


def everything() -> set[str]:
    return {
        name for roots in (FACEBOOK, INSTAGRAM) for root, under in roots.items() for name in (root, *under)
    }


def classified(here: path.Context) -> set[str]:
    """The pseudonyms of the posts that lie in classified files."""
    return {
        str(row["post_id"])
        for file in here.data.classified.rglob("posts.parquet")
        for row in pq.read_table(str(file)).to_pylist()
    }


def stored(here: path.Context) -> set[str]:
    """The pseudonyms of the posts that lie in the warehouse."""
    with connect(here.data.warehouse, read_only=True) as connection:
        return {name for (name,) in connection.execute("select post_id from raw.posts").fetchall()}


def released(here: path.Context) -> dict[str, list[Any]]:
    """Every number that leaves but those about the runs themselves: a round of looking up is a run too."""
    return {
        file.name: pq.read_table(file).to_pylist()
        for file in sorted(here.data.exports.glob("rpt_*.parquet"))
        if "source_health" not in file.name
    }


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIRAFE_PSEUDONYM_KEY", "k" * 40)
    monkeypatch.setenv("META_PAGE_TOKEN", "a-token-of-the-page")


def pseudonyms(here: path.Context, names: set[str]) -> set[str]:
    return {
        here.pseudonymiser.post("facebook" if name.startswith("9") else "instagram", name) for name in names
    }


def test_what_is_deleted_on_the_pages_leaves_landing_classified_and_the_tables(tmp_path: Path) -> None:
    here = collected(tmp_path / "data", Graph())
    path.classify(here)
    path.load(here)
    assert words(here) == everything()
    assert classified(here) == stored(here) == pseudonyms(here, everything())
    report = path.recheck(here, "meta", http=http(Graph(GONE)))
    assert (report.looked_up, report.gone, report.detail) == (len(everything()), len(GONE), "")
    erasure.propagate_deletions(here)
    assert words(here) == everything() - GONE
    assert classified(here) == stored(here) == pseudonyms(here, everything() - GONE)
    again = path.recheck(here, "meta", http=http(Graph(GONE)))
    assert (again.looked_up, again.gone) == (len(everything() - GONE), 0)


@pytest.mark.slow
def test_the_next_release_is_that_of_a_world_in_which_it_was_never_said(tmp_path: Path) -> None:
    here = collected(tmp_path / "data", Graph())
    publish(here)
    before = released(here)
    path.recheck(here, "meta", http=http(Graph(GONE)))
    erasure.propagate_deletions(here)
    publish(here)
    other = collected(tmp_path / "other", Graph(GONE))
    publish(other)
    assert released(here) == released(other) != before


@pytest.mark.parametrize("trouble", ["token", "page", "right", "comments"])
def test_a_lost_token_or_right_is_named_and_deletes_nothing(tmp_path: Path, trouble: str) -> None:
    here = collected(tmp_path / "data", Graph())
    with pytest.raises(GirafeError):
        path.recheck(here, "meta", http=http(Graph(trouble=trouble)))
    path.classify(here)
    report = erasure.propagate_deletions(here)
    assert (report.payloads, words(here)) == (0, everything())
