"""Kind: is a profile a person's, an organisation's or a program's, whatever company one asks about?"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from girafe.records import Account
from nlp import encoder, profile_features
from nlp.fold import fold
from nlp.linear import load, sigmoid
from nlp.post_style import style

KINDS = ("person", "organisation", "bot")
_BOT = re.compile(
    r"(?<!not )(?<!pas )\b(?:(?:a|an|un|the) (?:\w+ )?bot\b|bot (?:that|which|qui|by|made by)|i am a robot|"
    r"je suis un robot|"
    r"automated (?:account|feed|bot|tweets)|compte (?:automatique|automatise)|"
    r"tweets? automatiques?|beep boop)\b"
)
_BOT_HANDLE = re.compile(r"(?:bot|_bot|robot)\d*$|^bot_")
_JOB_FEED = re.compile(
    r"(?:jobs?|emplois?|offres?|recrute(?:ment)?|careers?|hiring|vacanc\w+|stages?)(?:[_-]?(?:bot|feed|alerts?|[a-z]{2}))?$"
)
_BOT_SHARE = 0.003
UNSURE = 3.0
"""Below this distance from the border the encoder is asked, where it is allowed: for about half of all profiles."""


def kind_scores(
    accounts: Sequence[Account], *, posts: Sequence[Sequence[str]] = (), thorough: bool = False
) -> tuple[np.ndarray, list[list[str]]]:
    """Log-probabilities per account over KINDS, with evidence codes.

    `posts`: what each account has written, where that is at hand; `thorough` may ask the encoder.
    """
    if not accounts:
        return np.zeros((0, len(KINDS))), []
    scores = organisation_scores(accounts, thorough=thorough)
    organisation = sigmoid(with_style(scores, posts) if posts else scores)
    shares = np.column_stack([1 - organisation, organisation, np.full(len(accounts), _BOT_SHARE)])
    codes = [
        ["profile:like_organisation" if share > 0.5 else "profile:like_person"] for share in organisation
    ]
    for place, account in enumerate(accounts):
        said = _said(account)
        if said is not None:
            shares[place], codes[place] = said[0] * shares[place] + said[1], [said[2]]
        elif not (account.bio or account.display_name):
            codes[place] = ["profile:empty"]
    return np.log(shares / shares.sum(axis=1, keepdims=True)), codes


def organisation_scores(accounts: Sequence[Account], *, thorough: bool) -> np.ndarray:
    """How much each profile looks like an organisation's: log-odds."""
    counted = load("kind")
    scores = counted.scores(profile_features.matrix(accounts))[:, 0]
    if thorough and encoder.available():
        unsure = np.flatnonzero(np.abs(scores) < UNSURE).tolist()
        if unsure:
            vectors = encoder.encode([profile_features.line(accounts[place]) for place in unsure])
            scores[unsure] = (scores[unsure] + load("kind_vectors").scores(vectors)[:, 0]) / 2
    return scores


def with_style(scores: np.ndarray, posts: Sequence[Sequence[str]]) -> np.ndarray:
    """The log-odds of profiles, seen together with how their holders write; without posts they stay."""
    written = [place for place, each in enumerate(posts) if any(map(str.strip, each))]
    if written:
        styles = np.array([style(posts[place]) for place in written])
        scores = scores.copy()
        scores[written] = load("kind_posts").scores(np.column_stack([scores[written], styles]))[:, 0]
    return scores


def _said(account: Account) -> tuple[float, np.ndarray, str] | None:
    """What the platform or the profile says outright: how much the model still counts, what is added, why."""
    handle, name, bio = fold(account.handle or ""), fold(account.display_name), fold(account.bio)
    if account.is_organisation:
        return 0.0, np.array([0.004, 0.99, 0.006]), "platform:organisation"
    if account.is_bot:
        return 0.03, np.array([0.0, 0.0, 0.97]), "platform:bot"
    if _BOT.search(bio) or _BOT_HANDLE.search(handle) or name.endswith(" bot"):
        return 0.2, np.array([0.0, 0.0, 0.8]), "profile:bot_words"
    if _JOB_FEED.search(handle.split("@")[0]):
        return 0.4, np.array([0.0, 0.25, 0.35]), "handle:job_feed"
    return None
