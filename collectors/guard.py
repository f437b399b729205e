"""The guard at the door: requests leave only by https and only to public addresses."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit
from urllib.request import getproxies

from girafe.errors import AccessDenied, SourceUnavailable

Resolve = Callable[[str], tuple[str, ...]]


def resolve(host: str) -> tuple[str, ...]:
    """The addresses of `host`, as the system knows them."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise SourceUnavailable(f"{host}: no address found ({error}). Is there a network?") from error
    return tuple(str(entry[4][0]) for entry in found)


def hosts_named(options: Mapping[str, object]) -> frozenset[str]:
    """The hosts of the web addresses an operator wrote into company.toml: a server of one's own is meant."""
    found: set[str] = set()
    waiting: list[object] = list(options.values())
    while waiting:
        value = waiting.pop()
        if isinstance(value, str) and value.startswith(("http://", "https://")):
            found.add(urlsplit(value).netloc)
        elif isinstance(value, Mapping):
            waiting.extend(value.values())
        elif isinstance(value, list | tuple):
            waiting.extend(value)
    return frozenset(found)


def check_url(url: str, allowed_hosts: frozenset[str], look_up: Resolve = resolve) -> None:
    """Raises AccessDenied unless `url` may be asked for.

    A feed or a redirect could otherwise point a collector at a machine inside the company
    (server-side request forgery). Hosts in `allowed_hosts` are exempt: an operator named them.
    """
    parts = urlsplit(url)
    host = parts.hostname
    if not host:
        raise AccessDenied(f"{url!r} is not a web address.")
    is_web = parts.scheme in ("http", "https")
    if is_web and (host in allowed_hosts or parts.netloc.rpartition("@")[2] in allowed_hosts):
        return
    if parts.scheme != "https":
        raise AccessDenied(f"{_shown(url)}: only https is asked; allow this host by name if it is yours.")
    literal = _address(host)
    if literal is not None:
        addresses: tuple[str, ...] = (literal,)
    elif "https" in getproxies():
        return  # the proxy resolves names and decides; this machine may not even have a resolver
    else:
        addresses = look_up(host)
    for address in addresses:
        if not _is_public(address):
            raise AccessDenied(
                f"{_shown(url)}: {host} is a private address ({address}); "
                "allow this host by name if it is yours."
            )


def _address(host: str) -> str | None:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return None


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return parsed.is_global and not parsed.is_multicast


def _shown(url: str) -> str:
    """`url` without its query, which may hold a key."""
    return url.partition("?")[0]
