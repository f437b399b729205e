"""A server on loopback that counts what it is asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Counting:
    """Where it listens, and how often it was asked."""

    url: str
    requests: int = 0


@contextmanager
def counting() -> Iterator[Counting]:
    """Answers every request with 404 while the block runs."""
    seen = Counting(url="")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.requests += 1
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_HEAD = do_POST = do_GET

        def log_message(self, *arguments: Any) -> None:
            """Keeps quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    seen.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield seen
    finally:
        server.shutdown()
