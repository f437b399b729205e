"""Outward: the only way to the network. A name is looked up where the connection is made, so that the address
checked is the address connected to; every answer is bounded in bytes, unpacked bytes too, and in time."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, cast
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from collectors.guard import Resolve, addresses_of, resolve
from girafe.errors import SourceUnavailable

Ticks = Callable[[], float]
_GZIP = 16 + zlib.MAX_WBITS
_AT_ONCE = 64 * 1024
ACCEPTED = "gzip, deflate"
"""The packings that are unpacked with a bound; no others are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What one request, with the logins it needs, may do."""

    allowed_hosts: frozenset[str] = frozenset()
    """`host` or `host:port` that may be private: an operator named them."""
    largest_body: int = 20_000_000
    seconds: float = 120.0
    """From the first byte sent to the last one received."""
    until: float = float("inf")


_ERRAND: ContextVar[Errand] = ContextVar("errand", default=Errand())  # noqa: B039 (it is frozen)


@contextmanager
def errand(limits: Errand, ticks: Ticks = time.monotonic) -> Iterator[None]:
    """Requests made inside keep to `limits`."""
    token = _ERRAND.set(replace(limits, until=ticks() + limits.seconds))
    try:
        yield
    finally:
        _ERRAND.reset(token)


def outward_client(look_up: Resolve = resolve, *, timeout: float = 30.0) -> httpx.Client:
    """A client that reaches public addresses only, through the proxy of this machine where there is one."""
    proxy = getproxies().get("https")
    proxied = Bounded(httpx.HTTPTransport(proxy=proxy)) if proxy else None
    transport = _Routed(Bounded(Direct(look_up)), proxied)
    return httpx.Client(transport=transport, timeout=timeout, follow_redirects=False)


class _Routed(httpx.BaseTransport):
    """Through the proxy where the environment says so: it resolves names, and decides about them."""

    def __init__(self, direct: httpx.BaseTransport, proxied: httpx.BaseTransport | None) -> None:
        self._direct, self._proxied = direct, proxied

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self._proxied is None or proxy_bypass(request.url.host):
            return self._direct.handle_request(request)
        return self._proxied.handle_request(request)


class Bounded(httpx.BaseTransport):
    """Reads every answer whole, within the bounds of the errand, whatever it claims about its size."""

    def __init__(self, inner: httpx.BaseTransport, ticks: Ticks = time.monotonic) -> None:
        self._inner, self._ticks = inner, ticks

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer with its body in memory, unpacked."""
        response = self._inner.handle_request(request)
        try:
            packing = response.headers.get("content-encoding", "identity").strip().lower()
            body = self._read(
                _unpacked(cast(httpx.SyncByteStream, response.stream), packing, request), request
            )
        finally:
            response.close()
        headers = [
            (name, value)
            for name, value in response.headers.raw
            if name.lower() not in (b"content-encoding", b"content-length", b"transfer-encoding")
        ]
        return httpx.Response(response.status_code, headers=headers, content=body, request=request)

    def _read(self, parts: Iterable[bytes], request: httpx.Request) -> bytes:
        limits, held, size = _ERRAND.get(), [], 0
        for part in parts:
            size += len(part)
            if size > limits.largest_body:
                raise SourceUnavailable(
                    f"{request.url.host}: an answer of more than {limits.largest_body:,} bytes was cut off."
                )
            if self._ticks() > limits.until:
                raise httpx.ReadTimeout(f"no end after {limits.seconds:.0f} s", request=request)
            held.append(part)
        return b"".join(held)


def _unpacked(parts: Iterable[bytes], packing: str, request: httpx.Request) -> Iterator[bytes]:
    """Small pieces, however much a small packed piece would make."""
    if packing in ("", "identity"):
        yield from parts
        return
    if packing not in ("gzip", "x-gzip", "deflate"):
        raise httpx.DecodingError(f"packed as {packing!r}, which was not asked for", request=request)
    unpack: Any = None
    try:
        for part in parts:
            if unpack is None:
                unpack = zlib.decompressobj(_window(packing, part))
            while part:
                yield unpack.decompress(part, _AT_ONCE)
                part = unpack.unconsumed_tail
    except zlib.error as error:
        raise httpx.DecodingError(str(error), request=request) from error


def _window(packing: str, start: bytes) -> int:
    """`deflate` is sent with its zlib header and without."""
    if packing != "deflate":
        return _GZIP
    return zlib.MAX_WBITS if start[:1] == b"\x78" else -zlib.MAX_WBITS


class Direct(httpx.BaseTransport):
    """Connections made by this machine itself, to addresses that were checked."""

    def __init__(self, look_up: Resolve = resolve, ticks: Ticks = time.monotonic) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_connections=20,
            keepalive_expiry=5.0,
            network_backend=_Checked(look_up, ticks),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer as it comes; its body is read later."""
        url = request.url
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _said_as_httpx(request):
            answer = self._pool.handle_request(asked)
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Stream(answer, request),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Ends every connection."""
        self._pool.close()


class _Stream(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response, request: httpx.Request) -> None:
        self._answer, self._request = answer, request

    def __iter__(self) -> Iterator[bytes]:
        with _said_as_httpx(self._request):
            yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


@contextmanager
def _said_as_httpx(request: httpx.Request) -> Iterator[None]:
    """The polite client knows httpx's errors only."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise httpx.ReadTimeout(str(error), request=request) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
        raise httpx.NetworkError(str(error), request=request) from error


class _Checked(httpcore.NetworkBackend):
    """Connects to the very addresses that were checked: a name that changes its mind gains nothing."""

    def __init__(self, look_up: Resolve, ticks: Ticks) -> None:
        self._inner, self._look_up, self._ticks = httpcore.SyncBackend(), look_up, ticks

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses_of(host, port, _ERRAND.get().allowed_hosts, self._look_up):
            try:
                stream = self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Timed(stream, self._ticks)
        raise failure

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


class _Timed(httpcore.NetworkStream):
    """A connection on which a trickle of bytes does not count as progress."""

    def __init__(self, inner: httpcore.NetworkStream, ticks: Ticks) -> None:
        self._inner, self._ticks = inner, ticks

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._left(timeout))

    def _left(self, timeout: float | None) -> float | None:
        limits = _ERRAND.get()
        left = limits.until - self._ticks()
        if left <= 0:
            raise httpcore.ReadTimeout(f"no end after {limits.seconds:.0f} s")
        return min(left, timeout or left) if left != float("inf") else timeout

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Timed(self._inner.start_tls(ssl_context, server_hostname, self._left(timeout)), self._ticks)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def close(self) -> None:
        self._inner.close()
