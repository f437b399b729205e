"""Stream: frames of a websocket, read until they stop coming; guarded and bounded like every request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect

from collectors.guard import check_url, host_of, proxy_for
from collectors.http import USER_AGENT, Http
from collectors.outward import connection_to
from girafe.errors import AccessDenied, SourceUnavailable

_LARGEST_FRAME = 10_000_000
_PATIENCE = 20.0


class _Unled(ClientConnection):
    """A websocket that follows no redirect, which could lead inside past every check: any refusal ends it."""

    def handshake(self, *args: Any, **kwargs: Any) -> None:
        """AccessDenied or SourceUnavailable, which the library passes on, where the server opens no stream."""
        try:
            super().handshake(*args, **kwargs)
        except InvalidStatus as refusal:
            host, status = self.protocol.uri.host, refusal.response.status_code
            if status in (401, 403, 404) or 300 <= status < 400:
                raise AccessDenied(f"{host} refuses the stream ({status}); correct `stream`.") from refusal
            raise SourceUnavailable(f"{host} does not open the stream ({status}).") from refusal


def frames(
    url: str, http: Http, *, hello: str | None = None, idle: float = 30.0, longest: float = 1800.0
) -> Iterator[str | bytes]:
    """Frames as they come; ends when none comes for `idle` seconds, or after `longest` in all.

    Raises AccessDenied where the server refuses, SourceUnavailable where the connection fails or breaks.
    """
    parts = urlsplit(url)
    host = host_of(url)
    check_url(url.replace("ws", "http", 1), http.allowed_hosts, http.look_up)
    there = (parts.hostname or "", parts.port or (80 if parts.scheme == "ws" else 443))
    proxy = proxy_for(there[0])
    started = http.ticks()
    try:
        with connect(
            url,
            sock=None if proxy else connection_to(*there, http.allowed_hosts, http.look_up, _PATIENCE),
            proxy=proxy,
            create_connection=_Unled,
            open_timeout=_PATIENCE,
            close_timeout=2,
            max_size=_LARGEST_FRAME,
            user_agent_header=USER_AGENT,
        ) as socket:
            if hello is not None:
                socket.send(hello)
            while http.ticks() - started < longest:
                try:
                    yield socket.recv(timeout=idle)
                except TimeoutError:
                    return
    except ConnectionClosed as end:
        # What a server says at parting may name somebody: its number is enough.
        code = f"code {end.rcvd.code}" if end.rcvd else "without a word"
        raise SourceUnavailable(f"{host} broke the stream off ({code}).") from end
    except (OSError, WebSocketException) as error:
        raise SourceUnavailable(f"{host}: the stream could not be read ({type(error).__name__}).") from error
