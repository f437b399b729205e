"""Refusals: what a platform (or a library, of a file) says when it refuses, without anything it may say about anybody.

The words of a refusal go into run records, logs and the published report on sources, and a platform writes into them
what it likes: "User ada is suspended", a URI, the question itself. So only words of a closed list pass, in which no
name stands; whatever else was said is shown as `…`.
"""

from __future__ import annotations

import re

_WORDS = frozenset(
    """
    a about above access account accounts action actor again agree all allowed already always an and
    another any api apis app application apps archive are argument arguments arrow as ask at auth
    authenticate authenticated authentication authorization authorized automated available bad banned be
    because been before being below block blocked body bomb bot both bots bucket buffer but by bytes
    call called calls can cannot captcha central change channel check checksum client clients closed
    code column come compression configured console contact content corrupt corrupted could couldn crc
    credentials current currently daily data day days deactivated decompression denied deprecated
    description deserialize developer directory disabled disallowed do does domain done down elevated
    empty enable enabled encrypted end ended endpoint endpoints enough entity entries error errors
    essential exceed exceeded exception exceptions exist exists expired failed failure fault feature
    field fields file find following footer for forbidden form format forum found from gateway generate
    get gone granted graph group gzipped has have header headers here host hour hours if in inactive
    incorrect insufficient internal invalid ip is issue it item its json key keys larger later layer
    level limit limited limits list locked log logged login logout longer made magic maintenance
    malformed many marker match maximum may medium message metadata method minute minutes missing mode
    moderation more must name network new no none not now number o oauth object of off offset on one
    only operation option options or origin other out overlapped own page parameter parameters parquet
    parse pass password path pay payment per perform permission permissions permitted plan please policy
    possible post posts preview private product project proof protected proxy public query question
    quota rate reached read reason received refused register registered reload remove request requested
    requests require required requires resource resources response restricted retry revoked right rights
    route scope scopes search seconds secret security see server service session setting settings shared
    sheet should signature signed site size small some source spam standard status stream subscription
    subset such supported suspended tag tar temporarily term terms than that the there this thrift
    throttle throttled tier time timeline timelines to today token tokens too trial truncated try type
    unable unauthenticated unauthorized unavailable unexpected unknown unpack unprocessable unsupported
    unverified up upgrade url usage use used user username users v valid value verification verified
    verify version view visit wait was web were when which while window with without workbook wrong you
    your zip zone
    """.split()  # noqa: SIM905  (a text of words reads better than a list of strings)
)
_TOKEN = re.compile(r"[^\W\d_]+|\d+|\S", re.UNICODE)
_PARTS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LONGEST, _DIGITS = 200, 4
_MARKS = frozenset(".,:;()[]{}/-_'\"=&#!?*")
_NUMBERS = re.compile(r"\d(?:[\s./()-]*\d)+")
_DATE_OR_ADDRESS = re.compile(r"(?:19|20)\d\d([-/])\d\d\1\d\d(?: \d{1,2})?|\d{1,3}(?:\.\d{1,3}){3}")
_FEWEST_OF_A_TELEPHONE = 7


def without_names(words: str) -> str:
    """One short line of what was said; every word that could name somebody is `…`."""
    kept: list[str] = []
    for group in words[:2000].split():
        shown = _shown(group)
        if shown and not (shown == "…" and kept and kept[-1] == "…"):
            kept.append(shown)
    line = _NUMBERS.sub(_unless_a_telephone, " ".join(kept))
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"


def _unless_a_telephone(found: re.Match[str]) -> str:
    """Short numbers in a row are a long one: 06 12 34 56 78."""
    row = found[0]
    is_short = sum(map(str.isdecimal, row)) < _FEWEST_OF_A_TELEPHONE
    return row if is_short or _DATE_OR_ADDRESS.fullmatch(row) else "…"


def _shown(group: str) -> str:
    """A run of characters between blanks: whole, if everything in it is known; else nothing of it."""
    if not group.isascii():
        return "…"
    for token in _TOKEN.findall(group):
        known = (
            token in _MARKS
            or (token.isdecimal() and len(token) <= _DIGITS)
            or all(part.lower() in _WORDS for part in _PARTS.split(token))
        )
        if not known:
            return _around(group)
    return group


def _around(group: str) -> str:
    """JSON without blanks is one run: its known words are kept, each by itself."""
    if not any(mark in group for mark in '",') or "@" in group or "//" in group:
        return "…"
    pieces = re.split(r'([":,{}\[\]]+)', group)
    return "".join(
        piece if not piece or set(piece) <= _MARKS else _shown(piece) if piece != group else "…"
        for piece in pieces
    )
