"""Statements: what a post alone says about its author's own job at a company: chances, and an evidence code."""

from __future__ import annotations

import math
from dataclasses import replace

from girafe.records import JUDGED_VOICES
from nlp.account_reader import account_ties, post_features
from nlp.company import CompanyNames
from nlp.fold import fold
from nlp.post_rules import is_of_a_job, rule_statement, speaks_of_oneself, weights_of
from nlp.ties import Tie, coded

_SURE, _PAST, _LEAST = 0.75, 0.5, 0.1
"""The chance from which a present job is said, a past one, a hint of a present one."""
_OF_NOBODY, _AT_MOST = 0.5, 0.35
"""Without a word of oneself: what of the chance remains, and what it is at most: of left-out posts that read like
0.64 a third were by employees (0089)."""
_HINT = "post:may_work_at"
_FLOOR = 1e-4


def statement(text: str, names: CompanyNames, *, folded: str | None = None) -> Tie | None:
    """What the author says about their job at the company, if anything: a code, and how likely a job is."""
    folded = fold(text) if folded is None else folded
    code = rule_statement(folded, names)
    if code is not None and not is_of_a_job(code):
        # Of nobody's own job, so not without a word of oneself either.
        return Tie(code=code, current=0.0, former=0.0) if speaks_of_oneself(folded) else None
    mentions = names.mentions(text, folded)
    if not mentions:
        return None
    (chances,) = account_ties([post_features(folded, mentions, code)])
    return heard(coded(chances, (code,) if code else (), origin="post"), folded)


def heard(read: Tie, folded: str) -> Tie | None:
    """What is believed of a mention in a post: a job, a hint of one, or nothing."""
    if not speaks_of_oneself(folded):
        # Headlines read like people at work: without a word of oneself it is a weak hint, however sure it looks.
        weak = min(read.current * _OF_NOBODY, _AT_MOST)
        read = replace(read, current=weak, former=read.former * _OF_NOBODY)
    elif read.current >= _SURE or (read.former >= _PAST and read.former > read.current):
        return read
    return replace(read, code=_HINT) if read.current >= _LEAST else None


def weights(said: Tie) -> tuple[float, ...]:
    """Logarithms by which a statement speaks for each voice, in the order of JUDGED_VOICES.

    What is said of a job weighs by its chance against that of a person without one (`person` is 0); what else is said
    weighs by its code.
    """
    row = {"person": 0.0, **weights_of(said.code or "")}
    if "employee" not in row:
        other = max(1 - said.current - said.former, _FLOOR)
        row["employee"] = math.log(max(said.current, _FLOOR) / other)
        row["former_employee"] = math.log(max(said.former, _FLOOR) / other)
    return tuple(round(float(row[voice.value]), 4) for voice in JUDGED_VOICES)
