"""Union speech: heard as part of the conversation, but never tied to the account of the person who speaks.

Trade-union membership is a special category (GDPR art. 9), so nothing that would tell of it is stored: a post in
which a person speaks for or as a member of a union keeps its place in its thread, its time and its themes, while its
author stays out. Nothing says why: it is an author nobody knows, and counts for no employee and no voice. A union
that speaks as an organisation is an organisation like any other.
Sources: GDPR art. 4(5), 9; Code du travail L1132-1, L2141-5; CNIL on union membership.
"""

from __future__ import annotations

import re
from functools import lru_cache

from girafe.records import Account, Post, Voice
from nlp.fold import fold

_UNIONS = (
    r"cgt|cfdt|cftc|cfe-?cgc|unsa|force ouvriere|sud[- ](?:solidaires|rail|ptt|commerce|sante|education|energie)|"
    r"solidaires|tuc|unison|gmb|teamsters|afl-?cio|uaw|seiu|rmt|cwu|aslef|unite the union|amazon labor union"
)
_MANDATE_FR = (
    r"delegue[e]?s? (?:du personnel )?syndica|representante? syndica|responsable syndica|militante? syndica|"
    rf"(?:elue?|secretaire|adherente?|encartee?|militante?|delegue[e]?|referente?|mandate[e]?|tresoriere?) "
    rf"(?:\w+ ){{0,3}}(?:{_UNIONS})\b|syndicaliste|"
    r"je (?:suis|reste) syndique|syndiquee? (?:a|chez|depuis)|(?:me|te|nous|vous|se) syndiqu|syndiquez|"
    r"(?:mon|notre|nos|ma|votre) (?:syndicat|section syndicale|delegues? syndica|federation syndicale)|"
    rf"(?:ma|notre|la|votre) section (?:\w+ )?(?:{_UNIONS})\b|"
    rf"(?:rejoins|rejoignez|rejoindre|adhere[rz]?|vote[rz]?) (?:a |au |pour |chez )?(?:le |la )?"
    rf"(?:syndicat|{_UNIONS})\b|reunion syndicale|tract(?:age|ons)? syndica|heures? de delegation|"
    rf"(?:avec|a) (?:la|le) (?:{_UNIONS})\b"
)
_MANDATE_EN = (
    r"(?:trade )?union (?:rep\b|reps\b|representative|organi[sz]er|steward|delegate|member\b|official)|"
    r"shop steward|(?:my|our) union\b|(?:my|our) local \d+|unioni[sz]ed (?:at|last|this|in)|"
    r"we(?: are|'re) unioni[sz]ing|join(?:ed|ing)? (?:the|our|a) union|vote (?:yes )?(?:for|on) (?:the|our) union|"
    r"union (?:meeting|drive|card|dues|election|vote)|collective bargaining (?:committee|team)|picket(?:ing| line)|"
    rf"(?:member|rep|steward|organi[sz]er) (?:of|for|with|at) (?:the )?(?:{_UNIONS})\b"
)
_SPEECH = re.compile(rf"\b(?:{_MANDATE_FR}|{_MANDATE_EN})")
_ORGANISED = frozenset({Voice.BRAND, Voice.ORGANISATION, Voice.BOT})


@lru_cache(maxsize=4096)
def is_union_speech(text: str) -> bool:
    """True where a person speaks for a union or as one of its members; a strike in the news is neither."""
    return _SPEECH.search(fold(text)) is not None


def is_withheld(post: Post) -> bool:
    """True if nothing may tie this post to its author: it, or its author's profile, is union speech."""
    author = post.author
    return not _is_organised(author) and (is_union_speech(post.text) or speaks_for_a_union(author))


def speaks_for_a_union(account: Account) -> bool:
    """True for the profile of a person who names a mandate or a membership: nothing of it is stored."""
    return not _is_organised(account) and is_union_speech(f"{account.bio} . {account.display_name}")


def _is_organised(account: Account) -> bool:
    return bool(account.is_organisation) or account.voice in _ORGANISED
