"""Servers on loopback: one counts what it is asked, one keeps what it is sent."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Counting:
    """Where it listens, and how often it was asked."""

    url: str
    requests: int = 0


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The address at which `handler` answers, on a free loopback port, while the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


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

    with serving(Handler) as seen.url:
        yield seen


@dataclass
class Receiving:
    """Where it listens, and what it was sent: (path, body), unpacked."""

    url: str
    sent: list[tuple[str, bytes]] = field(default_factory=list)

    def at(self, path: str) -> list[bytes]:
        """The bodies sent to this path."""
        return [body for where, body in self.sent if where == path]


@contextmanager
def receiving() -> Iterator[Receiving]:
    """Takes whatever is posted while the block runs."""
    seen = Receiving(url="")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            seen.sent.append((self.path, gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments: Any) -> None:
            """Keeps quiet."""

    with serving(Handler) as seen.url:
        yield seen
