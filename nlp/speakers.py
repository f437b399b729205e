"""Speakers: who is speaking, for accounts handed in as JSON lines, without the rest of the path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from girafe.errors import InputInvalid
from girafe.records import JUDGED_VOICES, Account, Voice
from girafe.settings import Settings
from nlp.account_reader import account_features, is_read, read_together
from nlp.calibration import VOICES, calibrate, choose
from nlp.company import CompanyNames
from nlp.explain import explained
from nlp.fold import fold
from nlp.history import Row, fold_history
from nlp.lines import Line, answer_lines, company_of, text_of, texts_of
from nlp.profile import ProfileScore, score_pairs
from nlp.statements import statement, weights
from nlp.version import CLASSIFIER_VERSION

_NOBODY = CompanyNames(company_id="none", names=())
_ORGANISATIONS = [JUDGED_VOICES.index(voice) for voice in (Voice.BRAND, Voice.ORGANISATION)]


def speakers_lines(
    lines: Iterable[str], settings: Settings | None, *, explain: bool = False, fast: bool = False
) -> Iterator[str]:
    """Answers each account with its voice, the probabilities and the evidence, in the order of the input.

    A line may name its own company; without any company only person, organisation and bot are told apart.
    `fast` leaves the encoder out.
    """

    def answer(items: Sequence[Line]) -> list[Line]:
        companies = [company_of(item, settings) or _NOBODY for item in items]
        return _answers(items, companies, explain=explain, fast=fast)

    return answer_lines(lines, answer, key="account_id", check=lambda item: _check(item, settings), fast=fast)


def _check(item: Line, settings: Settings | None) -> None:
    company_of(item, settings)
    account, posts = account_of(item), texts_of(item, "posts")
    if not (account.handle or account.display_name or account.bio or posts):
        raise InputInvalid("one of handle, display_name, bio and posts is needed")


def account_of(item: Line) -> Account:
    """The account a line describes."""
    account_id, is_bot = item["account_id"], item.get("is_bot")
    if isinstance(account_id, bool) or not isinstance(account_id, str | int):
        raise InputInvalid("account_id is not text")
    if is_bot is not None and not isinstance(is_bot, bool):
        raise InputInvalid("is_bot is not true or false")
    return Account(
        platform="lines",
        account_id=str(account_id),
        handle=text_of(item, "handle") or None,
        display_name=text_of(item, "display_name"),
        bio=text_of(item, "bio"),
        links=texts_of(item, "links"),
        verified_links=texts_of(item, "verified_links"),
        is_bot=is_bot,
    )


def _answers(
    items: Sequence[Line], companies: Sequence[CompanyNames], *, explain: bool, fast: bool
) -> list[Line]:
    posts = [texts_of(item, "posts") for item in items]
    accounts = [account_of(item) for item in items]
    profiles = score_pairs(accounts, companies, posts=posts, thorough=not fast)
    states = [
        _with_posts(score, written, names)
        for written, score, names in zip(posts, profiles, companies, strict=True)
    ]
    probabilities = calibrate(np.array([scores for scores, _ in states], dtype=float).reshape(len(items), -1))
    found = [codes for _, codes in states]
    read = {
        place: features
        for place, (account, written, names) in enumerate(zip(accounts, posts, companies, strict=True))
        if is_read(found[place]) and (features := account_features(account.bio, written, names)) is not None
    }
    kinds = np.array([profiles[place].kinds for place in read])
    probabilities[list(read)], told = read_together(kinds, list(read.values()))
    for place, code in zip(read, told, strict=True):
        found[place] = (*found[place], code)
    voices = [VOICES[place] for place in choose(probabilities)]
    return [
        _line(item, voice, row, codes, explain=explain)
        for item, voice, row, codes in zip(items, voices, probabilities, found, strict=True)
    ]


def _with_posts(
    profile: ProfileScore, posts: Sequence[str], names: CompanyNames
) -> tuple[np.ndarray, tuple[str, ...]]:
    """The profile with what the posts say about their author; posts are taken as older to newer."""
    rows = [Row(origin="profile", at=0, codes=profile.codes, scores=np.array(profile.scores))]
    for at, text in enumerate(posts, 1):
        folded = fold(text)
        named = bool(names.mentions(text, folded))
        said = statement(text, names, folded=folded) if named else None
        if said is not None and said.code is not None:
            rows.append(Row(origin="post", at=at, codes=(said.code,), scores=np.array(weights(said))))
    *_, state = fold_history(rows)
    return state.scores, state.codes


def _line(item: Line, voice: Voice, row: np.ndarray, codes: Sequence[str], *, explain: bool) -> Line:
    probabilities = {judged.value: round(float(p), 4) for judged, p in zip(JUDGED_VOICES, row, strict=True)}
    told: Line = {
        "account_id": item["account_id"],
        "voice": voice.value,
        "probability": probabilities.get(voice.value, max(probabilities.values())),
        "probabilities": probabilities,
        "organisation_probability": round(float(row[_ORGANISATIONS].sum()), 4),
        "evidence": list(codes),
        "classifier_version": CLASSIFIER_VERSION,
    }
    return {**told, "explanation": explained(codes)} if explain else told
