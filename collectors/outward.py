"""Outward: the only way to the network. A name is looked up where the connection is made, so that the address
checked is the address connected to; every answer is bounded in bytes, unpacked bytes too, and in time."""

from __future__ import annotations

import socket
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
from girafe import logs
from girafe.errors import SettingsInvalid, SourceUnavailable

logs.hush()
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
    proxied = Bounded(Proxied(proxy)) if proxy else None
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
        # One growing buffer: a list of ten million parts of two bytes would take twenty times their size.
        limits, held = _ERRAND.get(), bytearray()
        for part in parts:
            held += part
            if len(held) > limits.largest_body:
                raise SourceUnavailable(
                    f"{request.url.host}: an answer of more than {limits.largest_body:,} bytes was cut off."
                )
            if self._ticks() > limits.until:
                raise httpx.ReadTimeout(f"no end after {limits.seconds:.0f} s", request=request)
        return bytes(held)


def _unpacked(parts: Iterable[bytes], packing: str, request: httpx.Request) -> Iterator[bytes]:
    """Small pieces, however much a small packed piece would make; nothing of what follows the packed body."""
    if packing in ("", "identity"):
        yield from parts
        return
    if packing not in ("gzip", "x-gzip", "deflate"):
        raise httpx.DecodingError(f"packed as {packing!r}, which was not asked for", request=request)
    unpack: Any = None
    has_ended = False
    try:
        for part in parts:
            while part:
                if unpack is None:
                    if has_ended and (packing == "deflate" or part[:1] != b"\x1f"):
                        return  # zlib would keep all that comes now, beside the bounds
                    unpack = zlib.decompressobj(_window(packing, part))
                yield unpack.decompress(part, _AT_ONCE)
                part = unpack.unconsumed_tail
                if unpack.eof:  # gzip may have several parts, each with an end of its own
                    part, unpack, has_ended = unpack.unused_data, None, True
    except zlib.error as error:
        raise httpx.DecodingError(str(error), request=request) from error


def _window(packing: str, start: bytes) -> int:
    """`deflate` is sent with its zlib header and without."""
    if packing != "deflate":
        return _GZIP
    return zlib.MAX_WBITS if start[:1] == b"\x78" else -zlib.MAX_WBITS


def connection_to(
    host: str, port: int, allowed_hosts: frozenset[str], look_up: Resolve, seconds: float
) -> socket.socket:
    """A connection for what is no HTTP, to an address that was checked; OSError if none answers in time."""
    failure, until = OSError(f"{host} has no address"), time.monotonic() + seconds
    for address in addresses_of(host, port, allowed_hosts, look_up):
        try:
            return socket.create_connection((address, port), timeout=max(0.001, until - time.monotonic()))
        except OSError as error:
            failure = error
    raise failure


class _Pooled(httpx.BaseTransport):
    def __init__(self, pool: httpcore.ConnectionPool) -> None:
        self._pool = pool

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


class Direct(_Pooled):
    """Connections made by this machine itself, to addresses that were checked."""

    def __init__(self, look_up: Resolve = resolve, ticks: Ticks = time.monotonic) -> None:
        super().__init__(
            httpcore.ConnectionPool(
                ssl_context=httpx.create_ssl_context(),
                max_connections=20,
                keepalive_expiry=5.0,
                network_backend=_Checked(look_up, ticks),
            )
        )


class Proxied(_Pooled):
    """Connections through a proxy, which decides about addresses; the time they may take is ours all the same."""

    def __init__(self, proxy: str, ticks: Ticks = time.monotonic) -> None:
        """`proxy`: as the environment names it; SettingsInvalid for one that does not speak HTTP."""
        try:
            named = httpx.Proxy(proxy if "://" in proxy else f"http://{proxy}")
        except (httpx.InvalidURL, ValueError) as error:
            raise SettingsInvalid("https_proxy is no address of a proxy.") from error
        if named.url.scheme not in ("http", "https"):
            raise SettingsInvalid(f"https_proxy: {named.url.scheme} is not spoken; name an HTTP proxy.")
        super().__init__(
            httpcore.HTTPProxy(
                httpcore.URL(
                    scheme=named.url.raw_scheme,
                    host=named.url.raw_host,
                    port=named.url.port,
                    target=named.url.raw_path,
                ),
                proxy_auth=named.raw_auth,
                ssl_context=httpx.create_ssl_context(),
                max_connections=20,
                keepalive_expiry=5.0,
                network_backend=_InTime(ticks),
            )
        )


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
    except httpcore.ProxyError as error:
        raise httpx.ProxyError(str(error), request=request) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
        if str(error).startswith("Illegal header"):  # it quotes the header, and so the key
            raise httpx.LocalProtocolError("no header may hold this", request=request) from None
        raise httpx.NetworkError(str(error), request=request) from error


def _left(ticks: Ticks, timeout: float | None) -> float | None:
    """Seconds a step may take: its own limit, or what is left of the errand if that is less."""
    limits = _ERRAND.get()
    left = limits.until - ticks()
    if left <= 0:
        raise httpcore.ReadTimeout(f"no end after {limits.seconds:.0f} s")
    return min(left, timeout or left) if left != float("inf") else timeout


class _InTime(httpcore.NetworkBackend):
    """Connects, and reads and writes, within what is left of the errand."""

    def __init__(self, ticks: Ticks) -> None:
        self._inner, self._ticks = httpcore.SyncBackend(), ticks

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        within = _left(self._ticks, timeout)
        stream = self._inner.connect_tcp(host, port, within, local_address, socket_options)
        return _Timed(stream, self._ticks)

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


class _Checked(_InTime):
    """Connects to the very addresses that were checked: a name that changes its mind gains nothing."""

    def __init__(self, look_up: Resolve, ticks: Ticks) -> None:
        super().__init__(ticks)
        self._look_up = look_up

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
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class _Timed(httpcore.NetworkStream):
    """A connection on which a trickle of bytes does not count as progress."""

    def __init__(self, inner: httpcore.NetworkStream, ticks: Ticks) -> None:
        self._inner, self._ticks = inner, ticks

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(self._ticks, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(self._ticks, timeout))

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Timed(
            self._inner.start_tls(ssl_context, server_hostname, _left(self._ticks, timeout)), self._ticks
        )

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def close(self) -> None:
        self._inner.close()
