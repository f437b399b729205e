"""A small world for kill schedules: three platforms, one of them asked over loopback HTTP, and its stages."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from graphlib import TopologicalSorter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq

from collectors.http import Http
from girafe import run as path
from girafe.data_dir import DataDir
from girafe.settings import Settings, parse_settings
from tests.collectors.conftest import GOVERNANCE
from warehouse.connection import connect
from warehouse.manifest import manifest

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
START = datetime(2026, 11, 2, 8, tzinfo=UTC)
POSTS = 120
"""Per platform."""


def settings(port: int) -> Settings:
    return parse_settings(
        f"""
[company]
name = "Ondine"
official_accounts = ["forum:ondine", "mastodon:ondine@loop.example"]
[[sources]]
name = "mastodon"
queries = ["#ondine"]
options = {{ instances = ["http://127.0.0.1:{port}"] }}
{GOVERNANCE}"""
    )


def status(number: int) -> dict[str, Any]:
    """One invented Mastodon post."""
    who = number % 23
    return {
        "id": str(number),
        "uri": f"https://loop.example/users/u{who}/statuses/{number}",
        "url": f"https://loop.example/@u{who}/{number}",
        "created_at": (NOW - timedelta(hours=3 * number + 1)).isoformat(),
        "in_reply_to_id": str(number + 1) if number % 3 else None,
        "in_reply_to_account_id": str((number + 1) % 23) if number % 3 else None,
        "visibility": "public",
        "language": "fr",
        "content": f"<p>Chez Ondine, jour {number}</p>",
        "reblog": None,
        "mentions": [],
        "account": {
            "id": str(who),
            "username": f"u{who}",
            "acct": f"u{who}",
            "display_name": f"U {who}",
            "url": f"https://loop.example/@u{who}",
            "uri": f"https://loop.example/users/u{who}",
            "note": "<p>Je travaille chez Ondine</p>" if who % 4 == 0 else "",
            "bot": False,
            "discoverable": True,
            "indexable": True,
            "followers_count": who,
            "fields": [],
        },
    }


class _Instance(BaseHTTPRequestHandler):
    """Answers as a small Mastodon instance would: its settings, and one page of the tag's timeline."""

    def do_GET(self) -> None:
        answer: Any = {"domain": "loop.example", "version": "4.3.0"} if "instance" in self.path else []
        if "/timelines/tag/" in self.path and "max_id" not in self.path:
            answer = [status(number) for number in range(POSTS)]
        if self.path.endswith("/context"):
            answer = {"ancestors": [], "descendants": []}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The clock of the story, so that nobody finds it ahead or behind."""
        return super().date_time_string(NOW.timestamp())

    def log_message(self, *arguments: Any) -> None:
        """Keeps quiet."""


@contextmanager
def instance() -> Iterator[int]:
    """A loopback server while the block runs; yields its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Instance)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()


def exports(folder: Path) -> list[Path]:
    """Two files to import: a forum, and an export of another platform."""
    chance, files = random.Random(3), []
    for platform in ("forum", "reddit"):
        lines = []
        for number in range(POSTS):
            who = chance.randrange(25)
            author = {"handle": "ondine" if platform == "forum" and who == 0 else f"p{who}"}
            if who and who % 3 == 0:
                author["voice"] = "person"
            lines.append(
                {
                    "platform": platform,
                    "post_id": f"{platform}{number}",
                    "created_at": (START + timedelta(hours=3 * number)).isoformat(),
                    "text": chance.choice(
                        ["Qui travaille chez Ondine ?", "Chez Ondine depuis un an", "Ok !"]
                    ),
                    "author": author,
                    "reply_to": f"{platform}{number - 1}" if number % 4 else None,
                }
            )
        lines_and_bad = [*map(json.dumps, lines), "{broken"]
        file = folder / f"{platform}.jsonl"
        file.write_text("\n".join(lines_and_bad))
        files.append(file)
    return files


def stages(files: list[Path]) -> list[tuple[str, Callable[[path.Context], object]]]:
    """Every stage of the path as one call, in order."""
    return [
        ("collect", _collect),
        ("import", lambda context: path.import_files(context, files)),
        *((name, stage) for name, stage, _ in path.AFTER_COLLECT),
    ]


def _collect(context: path.Context) -> None:
    client = httpx.Client(timeout=30.0, trust_env=False)
    # Waiting is what a polite client does all the time; here nobody has to be spared.
    http = Http(
        client=client,
        clock=lambda: NOW,
        sleep=lambda seconds: None,
        ticks=iter(range(10**9)).__next__,  # type: ignore[arg-type]
        chance=lambda: 0.5,
    )
    for source, query in path.queries(context):
        path.collect(context, source, query, http=http)


def context(root: Path, known: Settings) -> path.Context:
    """The world at `root`."""
    return path.Context(data=DataDir(root), settings=known, now=NOW)


def tables(context: path.Context) -> Counter[str]:
    """Every row of every raw table: what dbt reads."""
    with connect(context.data.warehouse, read_only=True) as connection:
        names = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'raw'"
        ).fetchall()
        return Counter(
            f"{name} {row!r}"
            for (name,) in names
            for row in connection.execute(f"from raw.{name}").fetchall()
        )


Model = tuple[str, str, str]
"""Where a model stands in the warehouse, what it is (a table, a view), and its SQL as dbt compiled it."""


def models(context: path.Context) -> list[Model]:
    """Every model that `measure` built last, in an order in which they can be built again."""
    target = context.data.warehouse.parent / "dbt" / "target"
    nodes = json.loads(manifest(path.DBT_PROJECT).read_bytes())["nodes"]
    known = {name: node for name, node in nodes.items() if node["resource_type"] == "model"}
    needs = {name: set(node["depends_on"]["nodes"]) & set(known) for name, node in known.items()}
    return [
        (
            known[name]["relation_name"],
            known[name]["config"]["materialized"],
            (target / "compiled" / "girafe" / known[name]["original_file_path"]).read_text(),
        )
        for name in TopologicalSorter(needs).static_order()
    ]


def build_marts(context: path.Context, plan: list[Model]) -> None:
    """The marts of the tables as they are, beside those in place: the statements of dbt at a tenth of its cost."""
    with connect(context.data.warehouse) as connection:
        schemas = {
            name for (name,) in connection.execute("select schema_name from duckdb_schemas()").fetchall()
        }
        if "seeds" not in schemas:  # load had to begin a new file
            connection.close()
            path.measure(context)
            shutil.copytree(context.data.marts, fresh_marts(context), dirs_exist_ok=True)
            return
        for relation, kind, sql in plan:
            connection.execute(f"create or replace {kind} {relation} as ({sql}\n)")
            if '"reports"' in relation:
                file = fresh_marts(context) / f"{relation.split('.')[-1].strip(chr(34))}.parquet"
                connection.execute(f"copy {relation} to '{file}' (format parquet)")


def fresh_marts(context: path.Context) -> Path:
    """Where `build_marts` writes."""
    folder = context.data.root / "marts-built-again"
    folder.mkdir(exist_ok=True)
    return folder


def release(context: path.Context) -> Counter[str]:
    """Every row that is published, and that the release is whole: its files are those of its manifest."""
    told = json.loads((context.data.exports / "manifest.json").read_bytes())
    for name, file in told["files"].items():
        found = (context.data.exports / name).read_bytes()
        assert hashlib.sha256(found).hexdigest() == file["sha256"], name
    return marts(context.data.exports)


def marts(folder: Path) -> Counter[str]:
    """Every row of every mart in a folder."""
    files = sorted(folder.glob("rpt_*.parquet"))
    return Counter(f"{file.name} {row!r}" for file in files for row in pq.read_table(file).to_pylist())


def preload(*, everything: bool) -> None:
    """Imports what the stages need, so that each fork begins where the work begins. Starts no thread."""
    names = ["collectors.registry", "collectors.imports.land", "nlp.classify", "nlp.judge", "warehouse.load"]
    if everything:
        names += ["dbt.cli.main", "great_expectations", "quality.batches", "quality.docs", "quality.engine"]
        names += ["quality.registry", "quality.validate", "reports.release", "warehouse.dbt"]
    for name in names:
        import_module(name)
