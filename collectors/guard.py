"""The guard at the door: requests leave only by https and only to public addresses."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from girafe.errors import AccessDenied, SourceUnavailable

_HOST = re.compile(r"[^\s\\/@#?\x00-\x20]+\Z")
_NUMERIC = re.compile(r"(?:0x)?[0-9a-f.x]+\Z", re.IGNORECASE)
_INSIDE = (
    ".localhost",
    ".local",
    ".internal",
    ".intranet",
    ".lan",
    ".home",
    ".corp",
    ".home.arpa",
    ".svc",
    ".onion",
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_GIVEN_OUT = ipaddress.IPv6Network("2000::/3")
"""All that was ever given to anybody to be reached at. IPv4 written as IPv6 lies outside."""
_SET_ASIDE = tuple(
    ipaddress.ip_network(network)
    for network in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3ffe::/16", "3fff::/20")
)
"""For protocols, tunnels (6to4, Teredo) and examples; the standard library calls parts of it global."""
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})
"""How the second half of an address begins whose end is the IPv4 address a tunnel leads to."""

Resolve = Callable[[str], tuple[str, ...]]


def resolve(host: str) -> tuple[str, ...]:
    """The addresses of `host`, as the system knows them."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # a part of more than 63 letters, or of none
        raise AccessDenied(f"{host} is not a name of a host.") from error
    except OSError as error:
        raise SourceUnavailable(f"{host}: no address found ({error}). Is there a network?") from error
    return tuple(str(entry[4][0]) for entry in found)


def hosts_named(options: Mapping[str, object]) -> frozenset[str]:
    """`host:port` of the web addresses an operator wrote into company.toml: a server of one's own is meant.

    An address without a port means the web's two, and no other service on that machine.
    """
    found: set[str] = set()
    waiting: list[object] = list(options.values())
    while waiting:
        value = waiting.pop()
        if isinstance(value, str) and value.startswith(("http://", "https://", "ws://", "wss://")):
            with suppress(httpx.InvalidURL):  # asking it will say what is wrong with it
                port = httpx.URL(value).port
                found |= {f"{_as_sent(value)}:{port}" for port in ((port,) if port else (80, 443))}
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
    if parts.scheme in ("http", "https") and _is_named(host, port_of(parts), allowed_hosts):
        return
    if parts.scheme != "https":
        raise AccessDenied(f"{shown(url)}: only https is asked; allow this host by name if it is yours.")
    if _address(host) is None and proxy_for(host):
        # The proxy resolves names and decides; this machine may not even have a resolver.
        _refuse_inside_names(host)
        return
    addresses_of(host, port_of(parts), frozenset(), look_up)


def proxy_for(host: str) -> str | None:
    """The proxy of this machine by which `host` is reached, as the environment says."""
    proxy = getproxies().get("https")
    return None if proxy is None or proxy_bypass(host) else proxy


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
    if _is_named(host, port, allowed_hosts):
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


def _is_named(host: str, port: int, allowed_hosts: frozenset[str]) -> bool:
    return not allowed_hosts.isdisjoint((host, f"{host}:{port}", f"[{host}]:{port}"))


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
    """Whether anybody on the internet may be meant by `address`: neither this network nor a way round into it."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if parsed in _NAT64:  # how a network without IPv4 reaches all that has nothing else
        return _is_public(str(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)))
    if parsed.version == 6 and (parsed not in _GIVEN_OUT or int(parsed) >> 32 & 0xFFFFFFFF in _ISATAP):
        return False
    is_inside = parsed.is_multicast or parsed.is_private or parsed.is_reserved or parsed.is_unspecified
    return parsed.is_global and not is_inside and not any(parsed in network for network in _SET_ASIDE)


def shown(url: str) -> str:
    """Which host `url` is about. Its path may name a person, its query and what stands before an @ hold a key."""
    scheme, mark, rest = url.partition("://")
    if not mark:
        return _ENDS.split(url, maxsplit=1)[0]
    return f"{scheme}://{_ENDS_OF_HOST.split(rest, maxsplit=1)[0].rpartition('@')[2]}"


def host_of(url: str) -> str:
    """Host and port of `url` for messages; what stands before an @ is a password."""
    return urlsplit(url).netloc.rpartition("@")[2]


def place(origin: str) -> str:
    """An origin as messages name it: of a web address the host, since a feed's own may hold a key."""
    return shown(origin) if "://" in origin else origin


_ENDS, _ENDS_OF_HOST = re.compile(r"[/?#@:\\]"), re.compile(r"[/?#\\]")
