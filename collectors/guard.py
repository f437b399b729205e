"""The guard at the door: requests leave only by https and only to public addresses."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Mapping
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from girafe.errors import AccessDenied, SourceUnavailable

_HOST = re.compile(r"[^\s\\/@#?\x00-\x20]+\Z")
_NUMERIC = re.compile(r"(?:0x)?[0-9a-f.x]+\Z", re.IGNORECASE)
_INSIDE = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home", ".corp", ".home.arpa", ".onion")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_PROTOCOLS = ipaddress.IPv4Network("192.0.0.0/24")
"""Set aside for protocols; the standard library calls parts of it global."""
_COMPATIBLE = ipaddress.IPv6Network("::/96")

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
        if isinstance(value, str) and value.startswith(("http://", "https://", "ws://", "wss://")):
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
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise AccessDenied(f"{shown(url)!r} is not a web address.") from error
    host = _as_sent(url)
    if not host or not _HOST.match(host):
        raise AccessDenied(f"{shown(url)!r} is not a web address.")
    is_web = parts.scheme in ("http", "https")
    if is_web and (host in allowed_hosts or parts.netloc.rpartition("@")[2] in allowed_hosts):
        return
    if parts.scheme != "https":
        raise AccessDenied(f"{shown(url)}: only https is asked; allow this host by name if it is yours.")
    if _address(host) is None and "https" in getproxies() and not proxy_bypass(host):
        # The proxy resolves names and decides; this machine may not even have a resolver.
        _refuse_inside_names(host)
        return
    addresses_of(host, port_of(parts), frozenset(), look_up)


def _as_sent(url: str) -> str:
    """The host as the client will ask for it: an ideographic full stop is a dot by then, a capital is none.

    A `%` in a name is refused: what stands behind it, a proxy may read as another name.
    """
    try:
        host = httpx.URL(url).raw_host.decode("ascii").lower()
    except (httpx.InvalidURL, UnicodeError, ValueError):
        return ""
    return "" if "%" in host and ":" not in host else host


def port_of(parts: SplitResult) -> int:
    """The port an address names, or that of its scheme; AccessDenied for one that is no port."""
    try:
        return parts.port or (80 if parts.scheme == "http" else 443)
    except ValueError as error:
        raise AccessDenied(f"{parts.hostname}: the port in its address is none.") from error


def addresses_of(host: str, port: int, allowed_hosts: frozenset[str], look_up: Resolve) -> tuple[str, ...]:
    """The addresses of `host`; AccessDenied if one of them is private and nobody named the host.

    Asked again at the moment of connecting: what a name meant before (DNS rebinding) does not count.
    """
    literal = _address(host)
    if host in allowed_hosts or f"{host}:{port}" in allowed_hosts or f"[{host}]:{port}" in allowed_hosts:
        return (literal,) if literal is not None else look_up(host)
    if literal is None:
        _refuse_inside_names(host)
    addresses = (literal,) if literal is not None else look_up(host)
    for address in addresses:
        if not _is_public(address):
            raise AccessDenied(
                f"{host} is a private address ({address}); allow this host by name if it is yours."
            )
    return addresses


def _refuse_inside_names(host: str) -> None:
    """Names that never mean a machine outside, whoever resolves them."""
    name = host.rstrip(".").casefold()
    if "." not in name or name.endswith(_INSIDE):
        raise AccessDenied(f"{host} is a private name; allow this host by name if it is yours.")


def _address(host: str) -> str | None:
    """`host` as an address, in any of the forms a resolver takes for one: 127.1, 0x7f000001, 2130706433."""
    bare = host.rstrip(".").partition("%")[0]
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        pass
    if not _NUMERIC.match(bare):
        return None
    try:
        return socket.inet_ntoa(socket.inet_aton(bare))
    except OSError:
        return None


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    held = _inside(parsed) if isinstance(parsed, ipaddress.IPv6Address) else None
    if held is not None:
        return _is_public(str(held))
    is_inside = parsed.is_multicast or parsed.is_private or parsed.is_reserved or parsed.is_unspecified
    site_local = isinstance(parsed, ipaddress.IPv6Address) and parsed.is_site_local
    return parsed.is_global and not is_inside and not site_local and parsed not in _PROTOCOLS


def _inside(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for: mapped, compatible, 6to4, Teredo, NAT64."""
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def shown(url: str) -> str:
    """Which host `url` is about. Its path may name a person, its query and what stands before an @ hold a key."""
    scheme, mark, rest = url.partition("://")
    if not mark:
        return _ENDS.split(url, maxsplit=1)[0]
    return f"{scheme}://{_ENDS_OF_HOST.split(rest, maxsplit=1)[0].rpartition('@')[2]}"


_ENDS, _ENDS_OF_HOST = re.compile(r"[/?#@:\\]"), re.compile(r"[/?#\\]")
