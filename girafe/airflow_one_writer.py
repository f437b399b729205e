"""Airflow's API under `make up`: one request that writes at a time (docs/decisions/0040). An Airflow plugin.

SQLite has one writer. A request that has written keeps the file until the event loop lets it commit; the next one
writes its line of the audit log *in* the event loop, which then stands still until SQLite's patience is over: 500, and
tasks whose heartbeats came meanwhile are killed. A request that waits in the event loop for its turn blocks nobody.
"""

from __future__ import annotations

import asyncio
from typing import Any

from airflow.configuration import conf
from airflow.plugins_manager import AirflowPlugin
from starlette.types import ASGIApp, Receive, Scope, Send

READING = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods of HTTP that change nothing (RFC 9110, 9.2.1)."""


class OneWriter:
    """Middleware of ASGI: requests that may write are answered one after another, others at once."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._turn = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request; one that may write waits until the one before it has committed."""
        if scope["type"] != "http" or scope["method"] in READING:
            await self._app(scope, receive, send)
            return
        async with self._turn:
            await self._app(scope, receive, send)


def _is_sqlite() -> bool:
    return str(conf.get("database", "sql_alchemy_conn", fallback="")).startswith("sqlite")


class OneWriterPlugin(AirflowPlugin):
    """What Airflow finds under the entry point `airflow.plugins`; of another database than SQLite it asks nothing."""

    name = "girafe_one_writer"
    fastapi_root_middlewares: list[Any] = (
        [{"name": name, "middleware": OneWriter, "args": [], "kwargs": {}}] if _is_sqlite() else []
    )
