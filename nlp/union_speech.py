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
    r"c\.?g\.?t|c\.?f\.?d\.?t|cftc|cfe ?cgc|unsa|force ouvriere|"
    r"sud (?:solidaires|rail|ptt|commerce|sante|education|energie)|"
    r"solidaires|tuc|unison|gmb|teamsters|afl ?cio|uaw|seiu|rmt|cwu|cwa|ibew|ufcw|usdaw|aslef|unite the union|"
    r"amazon labor union"
)
_AFTER_A_ROLE = rf"{_UNIONS}|fo|unite"
"""Names that are words, too, and name a union only where somebody's part in one is told."""
_MANDATE_FR = (
    r"delegue[e]?s? (?:du personnel )?syndica|representante? syndica|(?:responsable|permanente?) syndica|"
    rf"militante? syndica|(?:elue?|secretaire|adherente?|encartee?|militante?|delegue[e]?|referente?|mandate[e]?|"
    rf"tresoriere?|responsable|representante?|permanente?|membre|camarades?|porte parole|syndiquee?|mandat|"
    rf"candidate?s?|tete de liste|d\.?s\.?c?\.?|rss?) "
    rf"(?:[\w']+ ){{0,4}}(?:{_UNIONS}|fo)\b|syndicaliste|cegetiste|cedetiste|"
    r"(?:membre|tresoriere?|deleguee?|secretaire|permanente?|adherente?|fai(?:s|sons) partie) (?:du|au|d'un) syndicat|"
    r"syndicat (?:[\w']+ ){0,3}dont (?:je suis|nous sommes)|representante? de (?:la )?section syndicale|"
    r"je (?:suis|reste) syndique|(?:on est|d'etre) syndique|syndiquee? (?:a|chez|depuis)|"
    r"(?:me|te|nous|vous|se|s'est|suis|sommes) syndiqu|syndiquez|"
    r"(?:mon|notre|nos|ma|votre) (?:syndicat|section syndicale|intersyndicale|orga(?:nisation)? syndicale|"
    r"delegues? syndica|federation syndicale|mandat syndical|cotisation syndicale)|"
    rf"(?:ma|notre|la|votre) section (?:\w+ )?(?:{_UNIONS})\b|"
    rf"(?:je|on) (?:vote|milite|tracte|represente|roule|suis) (?:\w+ ){{0,2}}(?:{_UNIONS}|fo)\b|"
    rf"(?:on est|nous sommes|fai(?:s|sons) partie) (?:de|a) (?:la )?(?:{_UNIONS}|fo)\b|"
    rf"(?:ma|sa|pris la) carte (?:\w+ ){{0,2}}(?:{_UNIONS}|fo)\b|team ?(?:{_UNIONS})\b|"
    rf"(?:rejoins|rejoint|rejoignez|rejoindre|adhere[rz]?|vote[rz]?) (?:nous )?(?:a |au |pour |chez )?(?:le |la |l')?"
    rf"(?:liste )?(?:syndicat|{_UNIONS}|fo)\b|reunion syndicale|tract(?:age|ons)? syndica|heures? de delegation|"
    rf"(?:avec|a) (?:la|le) (?:{_UNIONS})\b"
)
_MANDATE_EN = (
    r"(?:trade )?(?<!european )(?<!credit )(?<!student )(?<!soviet )(?<!rugby )union "
    r"(?:conveno(?:r|ur)\b|rep\b|reps\b|representative|organi[sz]er|steward|delegate|member\b|official)|"
    r"trade ?unionist\b|proud (?:trade )?union(?:ist| (?:worker|man|woman|sister|brother|family))\b|union strong\b|"
    r"shop steward|(?:my|our) union\b|(?:my|our) local \d+|unioni[sz](?:ed|ing) (?:at|last|this|in)|"
    r"(?:we|us)(?: are|'re| have|'ve)? unioni[sz]|(?:voted|trying|going) to unioni[sz]e|"
    r"join(?:ed|ing)? (?:the|our|a) union|i(?:'m| am|m) (?:in (?:the|a|our) )?union\b|union yes\b|"
    r"vote (?:yes )?(?:for|on) (?:the|our) union|voted union\b|(?:my|our) bargaining unit|dues paying member|"
    r"union (?:meeting|drive|card|dues|election|vote)|(?:collective )?bargaining (?:committee|team)|"
    r"on the picket\b|picket(?:ing| line)|(?:proud|a) teamster\b|"
    rf"(?:i|we)(?:'m|'re| am| are|m|re)? (?:\w+ )?(?:organi[sz]\w+|form\w+|start\w+) (?:a|our|the) union\b|"
    rf"steward for (?:our|my|the) (?:local|union)\b|(?:my|our) (?:{_UNIONS})\b|"
    rf"i(?:'m| am|m) (?:with|in) (?:the )?(?:{_UNIONS})\b|branch (?:secretary|chair|officer|rep) (?:{_AFTER_A_ROLE})\b|"
    r"(?:member|rep|steward|organi[sz]er|secretary) (?:of|in|for|with|at) (?:a|the|my|our|this) "
    r"(?:trade |labou?r )?union\b|"
    rf"(?:{_AFTER_A_ROLE}) (?:conveno(?:r|ur)|member|rep|steward|shop steward|organi[sz]er|delegate|local \d+)\b|"
    rf"(?:conveno(?:r|ur)|member|rep|steward|organi[sz]er|secretary) (?:of|for|with|at) (?:the )?(?:{_AFTER_A_ROLE})\b"
)
_WORDS = (
    "syndi", "union", "unison", "cgt", "c.g.t", "cfdt", "c.f.d.t", "cftc", "cfe", "cgc", "unsa", "ouvriere", " sud ",
    "solidaires", " tuc", "gmb", "teamster", "afl", "uaw", "seiu", "rmt", "cwu", "cwa", "ibew", "ufcw", "usdaw",
    "aslef", "unite ", " fo ", "cegetiste", "cedetiste", "delegation", "steward", "picket", "bargaining",
    "dues paying", "local ",
)  # fmt: skip
"""One of them is in all union speech: most texts need no closer look."""
_SPEECH = re.compile(rf"\b(?:{_MANDATE_FR}|{_MANDATE_EN})")
_UNION = re.compile(rf"\b(?:{_UNIONS})\b")
# How it is set hides nothing: élu·e, syndiqué(e)s, #CGT, shop-steward, "élue au CSE, liste CGT".
_INCLUSIVE = re.compile(r"(?<=[a-z])[.·•‧∙⋅/(]n?e\)?(?:[.·•‧∙⋅/]?s)?(?!\w)")
_UNREAD = re.compile("[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff#@]+")
_GAP = re.compile(r"[\s,;:()/|-]+")
_ORGANISED = frozenset({Voice.BRAND, Voice.ORGANISATION, Voice.BOT})


def is_union_speech(text: str) -> bool:
    """True where a person speaks for a union or as one of its members; a strike in the news is neither."""
    return _says(text, _SPEECH)


@lru_cache(maxsize=8192)
def _says(text: str, what: re.Pattern[str]) -> bool:
    plain = f" {_GAP.sub(' ', _INCLUSIVE.sub('', _UNREAD.sub('', fold(text))))} "
    return any(word in plain for word in _WORDS) and what.search(plain) is not None


def is_withheld(post: Post) -> bool:
    """True if nothing may tie this post to its author: it, or its author's profile, is union speech."""
    author = post.author
    return not _is_organised(author) and (is_union_speech(post.text) or speaks_for_a_union(author))


def speaks_for_a_union(account: Account) -> bool:
    """True for the profile of a person who names a mandate, a membership or just a union: nothing of it is stored.

    A union's own account has the union's name.
    """
    return not _is_organised(account) and (
        is_union_speech(f"{account.bio} . {account.display_name}")
        or (_says(account.bio, _UNION) and not _says(account.display_name, _UNION))
    )


def _is_organised(account: Account) -> bool:
    return bool(account.is_organisation) or account.voice in _ORGANISED
