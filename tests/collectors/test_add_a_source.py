"""docs/how-to/add-a-source.md, followed word by word: one file, one line, one payload, and it is heard."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from collectors.collect import collect
from collectors.registry import SOURCES
from girafe.records import Envelope, Post
from warehouse.landing import landing_files, read_envelopes

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "add-a-source.md").read_text()
MODULE, LINE = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
CASE = json.loads(re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)[1])


@pytest.fixture
def agora(tmp_path):
    path = tmp_path / "agora.py"
    path.write_text(MODULE)
    spec = importlib.util.spec_from_file_location("agora", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_the_file_and_the_line_satisfy_the_contract(tmp_path):
    """mypy accepts the module in the registry, as it would in the repository."""
    (tmp_path / "agora.py").write_text(MODULE)
    (tmp_path / "registered.py").write_text(
        f"import agora\nfrom collectors.contract import Source\nSOURCES: dict[str, Source] = {{\n{LINE}}}\n"
    )
    options = ["--strict", "--no-error-summary", "--follow-imports=silent", "--ignore-missing-imports"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "registered.py"],
        cwd=tmp_path, env={**os.environ, "MYPYPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_the_payload_is_read_as_the_page_says(agora, time):
    for payload, expected in zip(CASE["payloads"], CASE["expect"], strict=True):
        [post] = agora.parse(
            Envelope(source="agora", platform="agora", query="", fetched_at=time.now, run_id="r",
                     collector_version="1", payload=payload)
        )  # fmt: skip
        known = {name: getattr(post, name) for name in expected if name != "handle"}
        assert {**known, "handle": post.author.handle} == expected


def test_the_new_source_is_collected_like_any_other(agora, client_for, data, settings_with):
    message = CASE["payloads"][0]
    root = {"id": 1, "topic": 1, "at": "2026-11-19T08:00:00Z", "words": "Qui recrute ?", "by": {"name": "bo"}}

    def forum(request):
        found = [message] if "search" in request.url.path else [root, message]
        return httpx.Response(200, json=found)

    report = collect(
        "agora", "Ondine", settings=settings_with('[[sources]]\nname = "agora"'), data=data,
        http=client_for(forum, "agora.example"), secrets={}, sources={**SOURCES, "agora": agora},
    )  # fmt: skip
    [path] = landing_files(data.landing)
    posts = [record for envelope in read_envelopes(path) for record in agora.parse(envelope)]
    assert {post.post_id for post in posts if isinstance(post, Post)} == {"1", "2"}
    assert report.health == "heard"
