"""Profile identity: how a profile's name, handle and addresses fit together. Shops are called like their sites."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from girafe.records import Account
from nlp.fold import URL, fold

_SHARED = re.compile(
    r"facebook|instagram|twitter|linkedin|youtube|youtu\.be|tumblr|blogspot|wordpress|about\.me|soundcloud|myspace|twitch|"
    r"ask\.fm|flickr|pinterest|plus\.google|last\.fm|vk\.com|etsy|amazon|linktr|paypal|bandcamp|reverbnation"
)
"""Hosts where everybody can have a page."""
_OF_ONE_PERSON = re.compile(r"linkedin|about\.me")
_SHORTENED = re.compile(r"(?:^|\.)(?:t\.co|bit\.ly|goo\.gl|tinyurl\.com|ow\.ly|is\.gd|fb\.me)$")
_OF_BODIES = re.compile(r"\.(?:org|gov|edu|coop|int)$|\.(?:co|org|gov)\.")
_MOST_ADDRESSES, _SHORT = 4, 3
_LONG_HANDLE = 15


def identity(account: Account, first_names: frozenset[str]) -> list[float]:
    """What a profile's name, handle and addresses say when seen together, as numbers between 0 and 1."""
    words = re.findall(r"[a-z]{2,}", fold(account.display_name))
    handle = re.sub(r"[\W\d_]", "", fold(account.handle or ""))
    return [*_name_and_handle(words, handle, first_names), *_addresses(account, words, handle)]


def _name_and_handle(words: Sequence[str], handle: str, first_names: frozenset[str]) -> list[float]:
    """Whether the handle is made of the name, and whether the name is built as a person's."""
    repeated = [word for word in words if word in handle]
    given = bool(words) and words[0] in first_names
    pair = given and len(words) == 2
    return [
        float(bool(words) and not repeated),
        len(repeated) / max(len(words), 1),
        float(given and not repeated),
        float(pair),
        float(pair and words[-1] in handle),
        float(len(words) >= 2 and not given),
        min(len(handle), _LONG_HANDLE) / _LONG_HANDLE,
        float(bool(words) and bool(handle) and handle in "".join(words)),
        min(sum(map(len, repeated)) / max(len(handle), 1), 1.0),
    ]


def _addresses(account: Account, words: Sequence[str], handle: str) -> list[float]:
    """What kind of addresses a profile gives (those in its bio too), and whether one is called as it is."""
    hosts = list(filter(None, map(_host, _written(account)[:_MOST_ADDRESSES])))
    own = [host for host in hosts if not _SHORTENED.search(host) and not _SHARED.search(host)]
    domains = [re.sub(r"\W", "", host.rpartition(".")[0]) for host in own]
    return [
        float(not hosts),
        float(any(map(_SHORTENED.search, hosts))),
        float(any(map(_SHARED.search, hosts))),
        float(any(map(_OF_ONE_PERSON.search, hosts))),
        float(bool(own)),
        float(any(_alike("".join(words), domain) for domain in domains)),
        float(any(_alike(handle, domain) for domain in domains)),
        float(any(word in domain for domain in domains for word in words if len(word) >= _SHORT)),
        float(any(map(_OF_BODIES.search, own))),
    ]


def _written(account: Account) -> list[str]:
    told = [account.url, *account.links, *URL.findall(account.bio)]
    return [each for each in told if each]


def _host(address: str) -> str:
    """The host of an address, without `www.`; empty where there is none."""
    try:
        host = urlsplit(address if "://" in address else f"http://{address}").netloc
    except ValueError:
        return ""
    return fold(host).removeprefix("www.")


def _alike(own: str, domain: str) -> bool:
    """One holds the other; what is too short is in everything."""
    return (len(own) > _SHORT and own in domain) or (len(domain) > _SHORT and domain in own)
