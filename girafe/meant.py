"""Meant: which account somebody means who writes it as people do, with its address or with the sign of its platform."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from girafe.records import Account

_BEFORE_A_NAME = frozenset(
    {"u", "user", "users", "profile", "channel", "in", "people", "company", "school", "showcase"}
)
_OF_NAMES = frozenset({"x.com", "twitter.com", "t.me", "instagram.com", "facebook.com"})
"""Hosts on whose pages a single word in the address is an account."""
_OF_MANY_SERVERS = frozenset({"mastodon", "discourse"})
_SIGNS = ("acct:", "/u/", "u/", "/user/", "company/", "school/", "showcase/", "in/", "@")


def meant(platform: str, account: str) -> tuple[Account, ...]:
    """Every account that may be meant: as it was written first, then as the platform writes it."""
    name = account.strip().removeprefix("@")
    names = [name, _bare(name)]
    if "://" in name:
        names += [name.rstrip("/"), _in_address(platform, name)]
    names += [other for one in names if (other := _with_other_host(one))]
    return tuple(
        Account(platform=platform, account_id=one, handle=one) for one in dict.fromkeys(names) if one
    )


def as_its_platform_does(platform: str, account: str) -> str:
    """The one name most likely meant: of a page whose address was copied, or without the signs people put before it."""
    name = account.strip().removeprefix("@")
    return (_in_address(platform, name) if "://" in name else _bare(name)) or name


def lacks_its_server(platform: str, account: str) -> bool:
    """True for a name that many may bear, each on a server of their own."""
    return platform in _OF_MANY_SERVERS and not {"@", "/"} & set(account.strip().removeprefix("@"))


def _bare(name: str) -> str:
    for sign in _SIGNS:
        name = name.removeprefix(sign)
    return name


def _in_address(platform: str, address: str) -> str:
    """The name in the address of a profile, or of what was written there; empty in any other."""
    try:
        parts = urlsplit(address)
        words = [word for word in parts.path.split("/") if word]
    except ValueError:
        return ""
    host = parts.netloc.lower().removeprefix("www.")
    if parts.scheme == "at":
        return parts.netloc
    if words[:1] == ["user"] and len(words) == 1:
        return parse_qs(parts.query).get("id", [""])[0]
    if words and words[0].startswith("@"):
        name = words[0][1:]
    elif len(words) > 1 and words[0] in _BEFORE_A_NAME:
        name = words[1].removeprefix("@")
    else:
        return words[0] if len(words) == 1 and host in _OF_NAMES else ""
    return f"{name}@{host}" if platform in _OF_MANY_SERVERS and "@" not in name else name


def _with_other_host(name: str) -> str:
    """`name@host` with the host in the other of its two spellings (bücher.example, xn--bcher-kva.example)."""
    local, at, host = name.lower().partition("@")
    try:
        plain = host.encode("idna").decode("ascii")
        other = plain if plain != host else plain.encode("ascii").decode("idna")
    except UnicodeError:
        return ""
    return f"{local}@{other}" if at and other != host else ""
