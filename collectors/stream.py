"""Stream: frames of a websocket, read until they stop coming; guarded and bounded like every request."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import connect

from collectors.guard import check_url
from collectors.http import USER_AGENT, Http
from girafe.errors import AccessDenied, SourceUnavailable

_LARGEST_FRAME = 10_000_000
_PATIENCE = 20.0


def frames(
    url: str, http: Http, *, hello: str | None = None, idle: float = 30.0, longest: float = 1800.0
) -> Iterator[str | bytes]:
    """Frames as they come; ends when none comes for `idle` seconds, or after `longest` in all.

    Raises AccessDenied where the server refuses, SourceUnavailable where the connection fails or breaks.
    """
    host = urlsplit(url).netloc
    check_url(url.replace("ws", "http", 1), http.allowed_hosts)
    started = http.ticks()
    try:
        with connect(
            url,
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
    except InvalidStatus as refusal:
        status = refusal.response.status_code
        if status in (401, 403, 404):
            raise AccessDenied(f"{host} refuses the stream ({status}); correct `stream`.") from refusal
        raise SourceUnavailable(f"{host} does not open the stream ({status}).") from refusal
    except ConnectionClosed as end:
        # What a server says at parting may name somebody: its number is enough.
        code = f"code {end.rcvd.code}" if end.rcvd else "without a word"
        raise SourceUnavailable(f"{host} broke the stream off ({code}).") from end
    except (OSError, WebSocketException) as error:
        raise SourceUnavailable(f"{host}: the stream could not be read ({type(error).__name__}).") from error
