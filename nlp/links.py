"""Links: the address of a post, kept only where its author is an organisation by declaration, never by guess."""

from __future__ import annotations

import re
from collections.abc import Set
from functools import cache
from pathlib import Path
from typing import TypeAlias
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from girafe.records import SIDE_OF_VOICE, Account, Post, Side
from girafe.settings import Company, Settings
from nlp.fold import fold

Official: TypeAlias = Set[tuple[str, str]]
"""Platform and name (an id, or a handle without its @) of every account company.toml declares, case-folded."""

_DECLARED = frozenset({"rss", "telegram", "linkedin"})
"""Sources whose payload says outright that the author is a publisher, a channel or a company page."""

_LONGEST = 500
_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
_PLAIN = re.compile(r"[A-Za-z0-9._~:/?#@!$&()*+,;=%-]+")
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id|igshid|ref|ref_src|trk\w*", re.IGNORECASE)
_MAIL = re.compile(r"(?<![\w.+@-])[\w.+-]+@[\w-]+\.\w")
"""Not @oree and @oree@forum.example: in a path these are the page of an account."""
_FIRST_NAMES = Path(__file__).parent / "patterns" / "first_names.txt"


def official_accounts(settings: Settings) -> Official:
    """Every account that company.toml lists, of the company and of its competitors."""
    return frozenset().union(*(official_accounts_of(company) for company in settings.companies))


def official_accounts_of(company: Company) -> Official:
    """Every account that company.toml lists for one company."""
    return frozenset(
        (platform, name.strip().removeprefix("@").casefold())
        for platform, _, name in (entry.partition(":") for entry in company.official_accounts)
    )


def organisation_link(post: Post, *, source: str, official: Official) -> str | None:
    """The address of a thread that an organisation opened, or None.

    None for whoever might be a person, for what answers or shows somebody else's post, and for an address
    that is not plainly http(s).
    """
    opens = post.conversation_id in (None, post.post_id)
    if not opens or post.reply_to or post.quote_of or post.repost_of or post.url is None:
        return None
    if post.author.voice is not None and SIDE_OF_VOICE[post.author.voice] not in (Side.BRAND, Side.OTHER):
        return None
    is_declared = is_official(post.author, official) or (
        source in _DECLARED and post.author.is_organisation is True and not _named_like_a_person(post.author)
    )
    return safe_link(post.url) if is_declared else None


def is_official(account: Account, official: Official) -> bool:
    """Whether company.toml declares the account."""
    names = (account.account_id, account.handle)
    return any(
        (account.platform, name.strip().removeprefix("@").casefold()) in official for name in names if name
    )


def _named_like_a_person(author: Account) -> bool:
    """A given name anywhere in what it goes by: a blog or a channel may be one person's."""
    called = fold(f"{author.display_name} {author.handle or ''} {author.account_id or ''}")
    return not first_names().isdisjoint(re.findall(r"[a-z]+", called))


@cache
def first_names() -> frozenset[str]:
    """Given names of French and English, folded."""
    lines = _FIRST_NAMES.read_text(encoding="utf-8").splitlines()
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())


def safe_link(url: str) -> str | None:
    """`url` without fragment and tracking, if it is http(s) to a public name and holds nothing that could harm.

    No user, password, port, bare address or characters that end an attribute; no mail address, also escaped.
    """
    text = url.strip()
    if len(text) > _LONGEST or not _PLAIN.fullmatch(text):
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in ("http", "https") or port is not None or "@" in parts.netloc:
        return None
    if not _HOST.fullmatch(host) or host.endswith((".local", ".internal", ".localhost")):
        return None
    query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(k)]
    if "@" in _unescaped(urlencode(query)) or _MAIL.search(_unescaped(parts.path)):
        return None
    return urlunsplit((parts.scheme, host, parts.path or "/", urlencode(query), ""))


def _unescaped(text: str) -> str:
    """`text` without percent signs that were escaped, and escaped again."""
    while (plain := unquote(text)) != text:
        text = plain
    return text
