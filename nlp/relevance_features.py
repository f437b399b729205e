"""Relevance features: how a text uses a word that is also a company's name. The name itself plays no part."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

from nlp.buckets import bucket
from nlp.company import Mention
from nlp.dictionary import companies, tongues_of
from nlp.fold import fold
from nlp.known_names import as_a_word, as_anothers, known_names
from nlp.language import READ
from nlp.links import first_names
from nlp.sectors import sector_of, words_in_trade

_FILE = Path(__file__).parent / "patterns" / "relevance.toml"
_TOKEN = re.compile(r"[^\W_]+|[^\w\s]")
_SENTENCE_END = frozenset(".!?:\n\"'«»“”(|-–—•")
KEYS = 2**14
KEY_WEIGHT = 0.5
"""What a key counts beside the features that are counted."""
_NEAR = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_WORD_BEFORE, _WORD_AFTER = re.compile(r"([^\W\d_]+)[ -]$"), re.compile(r"[ -]([^\W\d_]+)")
_REACH, _FEW, _SALT = 60, 5, 7
_BESIDE, _ABOUT, _FAR = 30, 150, 300
"""How far from a mention what makes a name an ordinary word counts, what makes it another's, and what is said of the
company's trade."""
_OF_TRADE, _OF_TONGUE, _OF_USE, _OF_OTHERS, _OF_PEOPLE = 6, 4, 4, 2, 3
KNOWLEDGE = _OF_TRADE + _OF_TONGUE + _OF_USE + _OF_OTHERS + _OF_PEOPLE
"""The last counted features: what is known of the name and its trade. All are 0 of a company nobody has met."""
_ALSO = 80
_LISTED = re.compile(r"(?:'s)? ?(?:,|/|&|and|or|et|ou|vs\.?|versus|than|que) ?(?:chez |at |from |de |with )?")
_SMALL_START = re.compile(r"(?:^|[.!?]\s+|\n)(?:@\w+ )*[a-z]|(?<=\s)i(?=\s)")
_BIG_START = re.compile(r"(?:^|[.!?]\s+|\n)(?:@\w+ )*[A-Z]|(?<=\s)I(?=\s)")
_LITTLE = ("definite", "indefinite", "strong", "weak", "amount", "owned")
"""Lists of words that begin no longer name, even with a capital ("À Orange, ...", "Ex-Orange")."""
_SHOWN, _STAND_IN = 110, "Voltagne"
"""How much around a mention the encoder is shown, and the invented name it sees there."""
_ARTICLES = ("le ", "la ", "les ", "l'", "the ")


@cache
def _lists() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    tree = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    before, after, context = (
        {name: frozenset(words) for name, words in tree[part].items()}
        for part in ("before", "after", "context")
    )
    return before, after, context


def mention_lines(text: str, mention: Mention) -> tuple[str, str]:
    """What the encoder is shown of a mention: what is around it, and the same with an invented name in its place."""
    start, end = max(0, mention.start - _SHOWN), mention.end + _SHOWN
    return text[start:end], f"{text[start : mention.start]}{_STAND_IN}{text[mention.end : end]}"


def mention_features(
    text: str,
    folded: str,
    mention: Mention,
    *,
    mentions: int,
    others: int,
    trade: str = "",
    language: str = "",
) -> list[float]:
    """One mention as numbers; `others` counts the other known companies the text names, `trade` is the company's."""
    before, after, context = _lists()
    written = text[mention.start : mention.end]
    left = _TOKEN.findall(folded[max(0, mention.start - 40) : mention.start])
    right = _TOKEN.findall(folded[mention.end : mention.end + 40])
    previous = next((token for token in reversed(left) if token[0].isalnum()), "")
    following = right[0] if right else ""
    glued = left[-1] if left else ""
    starts = glued == "" or glued in _SENTENCE_END
    has_article = folded[mention.start : mention.end].startswith(_ARTICLES)
    lower, upper = written.islower(), written.isupper() and len(written) > 3
    capital = written[:1].isupper() and not upper
    quiet = text.islower() or not any(map(str.isupper, text.replace(written, "", 1)))
    shouting = text.isupper()
    words = set(_TOKEN.findall(folded))
    near = {name: float(previous in known and not starts) for name, known in before.items()}
    next_ = {name: float(following in known) for name, known in after.items()}
    around = [float(min(len(words & known), 3)) for known in context.values()]
    addressed = float(_addresses(folded, folded[mention.start : mention.end]))
    article = max(near["definite"], near["indefinite"])
    return [
        float(mention.kind == "hashtag"),
        float(mention.kind == "handle"),
        float(lower and not quiet),
        float(lower and quiet),
        float(capital and not starts),
        float(capital and starts),
        float(upper and not shouting),
        float(mention.exact),
        float(has_article),
        *near.values(),
        article * float(lower),
        article * float(capital),
        near["strong"] * float(lower),
        near["amount"] * float(lower),
        *next_.values(),
        next_["acts"] * float(capital and not near["definite"]),
        float(following == "" or following in ".!?"),
        float(following in (":", ",")),
        float(following == "-" or glued == "-"),
        float(bool(following) and following.isalpha() and following not in after["acts"] | after["owns"]),
        float(_next_is_capital(text, mention)),
        *around,
        float(sum(around) == 0) * float(lower),
        float(sum(around) == 0) * float(capital and starts),
        sum(around) * float(lower),
        float(min(others, 2)),
        float(min(mentions - 1, 2)),
        float("@" in text),
        *_beside_companies(folded, mention),
        *_careless(text, mention, lower=lower),
        addressed,
        addressed * float(lower),
        *_in_dictionary(written, language, lower=lower),
        *_longer_name(text, folded, mention),
        *_trade_features(folded, mention, trade, lower=lower),
        *_foreign(folded[mention.start : mention.end], language, lower=lower),
        *_ordinary_features(folded, mention, lower=lower),
        *_of_others(folded, mention),
        *_of_people(folded[mention.start : mention.end], lower=lower),
    ]


def _beside_companies(folded: str, mention: Mention) -> list[float]:
    """Whether names that mean nothing but a company stand near, and in one list with the mention ("Acme or Google")."""
    start, end = max(0, mention.start - _ALSO), mention.end + _ALSO
    found = [match for match in _companies().finditer(folded, start, end) if not _same(match, mention)]
    listed = any(
        _LISTED.fullmatch(folded[match.end() : mention.start] or folded[mention.end : match.start()])
        for match in found
    )
    return [float(min(len(found), 2)), float(listed)]


def _same(match: re.Match[str], mention: Mention) -> bool:
    return match.start() < mention.end and mention.start < match.end()


def _careless(text: str, mention: Mention, *, lower: bool) -> list[float]:
    """Whether a lower-case name stands in a text whose writer begins sentences without capitals, or with them."""
    around = text[max(0, mention.start - _FAR) : mention.end + _FAR]
    careless = len(_SMALL_START.findall(around))
    careful = len(_BIG_START.findall(around))
    return [
        float(lower) * float(careless > careful),
        float(lower) * float(careful > careless),
    ]


def _addresses(folded: str, name: str) -> bool:
    """Whether a handle or hashtag begins with the name (`@applesupport` beside `apple`)."""
    compact = re.sub(r"[^\w]", "", name)
    return f"@{compact}" in folded or f"#{compact}" in folded


def _foreign(name: str, language: str, *, lower: bool) -> list[float]:
    """Whether the name is no word of the text's language but one of another, or known to be one of it."""
    name = " ".join(name.split())
    known = known_names().get(name)
    if language not in READ or known is None or not known.tongues:
        return [0.0] * _OF_TONGUE
    own = language in known.tongues
    return [float(not own), float(not own) * float(lower), float(own), float(own) * float(lower)]


def _in_dictionary(written: str, language: str, *, lower: bool) -> list[float]:
    """Whether the name is a word of the other language alone: in this text it is hardly the word.

    That it is a word of the text's own language is no feature: only names that are words are asked about at all.
    """
    tongues = _tongues(written)
    foreign = bool(tongues) and language in READ and language not in tongues
    return [float(foreign), float(foreign and lower)]


@lru_cache(maxsize=10_000)
def _tongues(written: str) -> frozenset[str]:
    """The languages a name is a word of; the dictionary, slow to load, is asked about names on no list of ours only."""
    name = " ".join(fold(written).split())
    known = known_names().get(name)
    if known is not None:
        return known.tongues
    return frozenset() if sector_of([name]) else tongues_of(written)


def _longer_name(text: str, folded: str, mention: Mention) -> list[float]:
    """Whether the mention is a part of a longer name (`Lou Reed`, `rue Leclerc`, `Sharp Objects`)."""
    before, after, _ = _lists()
    left, right = _WORD_BEFORE.search(text[: mention.start]), _WORD_AFTER.match(text, mention.end)
    previous = folded[left.start(1) : left.end(1)] if left else ""
    following = folded[right.start(1) : right.end(1)] if right else ""
    lead = text[: left.start(1)].rstrip() if left else ""
    is_name = previous != "" and not any(previous in before[kind] for kind in _LITTLE)
    capital = is_name and left is not None and left[1][:1].isupper() and text[mention.start].isupper()
    starts = not lead or lead[-1] in _SENTENCE_END
    goes_on = right is not None and right[1][:1].isupper() and text[mention.start].isupper()
    return [
        float(capital and not starts),
        float(capital and previous in first_names()),
        float(previous in before["person"]),
        float(previous in before["place"]),
        float(goes_on and following not in after["acts"] | after["owns"]),
        float(goes_on and following in after["owns"]),
    ]


def _ordinary_features(folded: str, mention: Mention, *, lower: bool) -> list[float]:
    """Whether what stands beside a name is what stands beside it as a word (`orange` beside `juice`)."""
    pattern = as_a_word(folded[mention.start : mention.end])
    if pattern is None:
        return [0.0] * _OF_USE
    beside = f"{folded[max(0, mention.start - _BESIDE) : mention.start]}\n{folded[mention.end : mention.end + _BESIDE]}"
    found = len(set(pattern.findall(beside)))
    return [
        float(min(found, 2)),
        float(found > 0) * float(lower),
        float(found == 0),
        float(found == 0) * float(lower),
    ]


def _of_others(folded: str, mention: Mention) -> list[float]:
    """How much is told that is told with others of the same name (`picard` with `star trek`)."""
    others = as_anothers(folded[mention.start : mention.end])
    if others is None:
        return [0.0] * _OF_OTHERS
    found = others.count_in(folded[max(0, mention.start - _ABOUT) : mention.end + _ABOUT])
    return [float(min(found, 2)), float(found > 0)]


def _of_people(name: str, *, lower: bool) -> list[float]:
    """Whether a known name is also a given name (`Jules`, `Alice`), or a surname or a place (`Milan`)."""
    known = known_names().get(name)
    if known is None:
        return [0.0] * _OF_PEOPLE
    given = name in first_names()
    return [float(given), float(given) * float(lower), float(not known.tongues and not given)]


@cache
def _companies() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(companies())))})(?!\w)")


def _trade_features(folded: str, mention: Mention, trade: str, *, lower: bool) -> list[float]:
    """How much is said of the company's trade, close by and further off."""
    if not trade:
        return [0.0] * _OF_TRADE
    near, far = set(), set()
    # The name itself may be a word of its trade; left and right of it are looked at apart.
    left, right = mention.start - _REACH, mention.end + _REACH
    for start, end in ((max(0, mention.start - _FAR), mention.start), (mention.end, mention.end + _FAR)):
        for place, word in words_in_trade(trade, folded, start, end):
            far.add(word)
            if left <= place < right:
                near.add(word)
    return [
        1.0,
        float(min(len(near), 3)),
        float(min(len(far), 5)),
        float(not far),
        float(not far) * float(lower),
        float(bool(near)),
    ]


def context_keys(text: str, folded: str, mention: Mention) -> list[int]:
    """What stands next to a mention, hashed: the neighbours, alone and in pairs, and the few words around."""
    left = [_plain(token) for token in _NEAR.findall(folded[max(0, mention.start - _REACH) : mention.start])]
    right = [_plain(token) for token in _NEAR.findall(folded[mention.end : mention.end + _REACH])]
    written = text[mention.start : mention.end]
    case = "l" if written.islower() else "u" if written.isupper() else "c"
    before, after = ["^", "^", *left], [*right, "$", "$"]
    l2, l1, r1, r2 = before[-2], before[-1], after[0], after[1]
    near = [f"l1={l1}", f"l2={l2} {l1}", f"r1={r1}", f"r2={r1} {r2}", f"lr={l1}_{r1}", f"ll={l2}", f"rr={r2}"]
    cased = [f"c{case}l={l1}", f"c{case}r={r1}"]
    around = [f"b={token}" for token in sorted({*left[-_FEW:], *right[:_FEW]})]
    return [_hash(key) for key in (*near, *cased, *around)]


@lru_cache(maxsize=100_000)
def _hash(key: str) -> int:
    return bucket(key, _SALT, KEYS)


def _plain(token: str) -> str:
    return "0" if token.isdigit() else token


def _next_is_capital(text: str, mention: Mention) -> bool:
    rest = text[mention.end :].lstrip(" ")
    return rest[:1].isupper()


def text_features(
    text: str,
    folded: str,
    mentions: Sequence[Mention],
    *,
    others: int = 0,
    trade: str = "",
    language: str = "",
) -> list[list[float]]:
    """Every mention of a text as numbers; `language`: the text's, where it is known."""
    return [
        mention_features(
            text, folded, m, mentions=len(mentions), others=others, trade=trade, language=language
        )
        for m in mentions
    ]
