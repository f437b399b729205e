"""Kind: is a profile a person's, an organisation's or a program's, whatever company one asks about?"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from girafe.records import Account
from nlp.fold import fold

KINDS = ("person", "organisation", "bot")
_PRIOR = np.log(np.array([0.82, 0.15, 0.03]))
_BOT = re.compile(
    r"\b(?:bot|robot|automated account|compte automatique|i tweet every|automatise)\b|bot$|^bot_|_bot\b"
)
_JOB_BOT = re.compile(
    r"(?:jobs?|emplois?|offres|recrut\w*|careers?|hiring)(?:_?(?:bot|feed|alert|[a-z]{2}))?$"
)
_ORGANISATION = re.compile(
    r"\b(?:official|officiel|officielle|compte officiel|we are|we're|nous sommes|our|notre|nos|your|votre|association|federation|"
    r"company|entreprise|agency|agence|magazine|news|actualites|actu|journal|media|radio|services?|solutions|group|groupe|ltd|inc|"
    r"llc|sarl|sas|leader|leading|provider|startup|university|universite|institute|institut|school|ecole|museum|musee|restaurant|shop|"
    r"boutique|store|hotel|club|team|foundation|fondation|contact us|contactez|follow us|suivez|bienvenue|welcome|customers|clients|"
    r"created in|creee? en|depuis 19|depuis 20|since 19|since 20|established|open|ouvert|reservation|book now|dm for|tel|horaires)\b"
)
_PERSON = re.compile(
    r"\b(?:i|i'm|my|me|je|j'ai|mon|ma|mes|dad|mum|mom|mother|father|wife|husband|papa|maman|pere|mere|marie|married|fan|lover|student|"
    r"etudiant|etudiante|engineer|developer|developpeur|developpeuse|journalist|journaliste|writer|author|auteur|autrice|teacher|depute|deputee|"
    r"senateur|senatrice|passionne|passionnee|geek|opinions|views|propos|she|he|her|him|elle|consultant|founder|ceo|ingenieur|ancien|ancienne|ex)\b"
)


def kind_scores(accounts: Sequence[Account]) -> tuple[np.ndarray, list[list[str]]]:
    """Log-probabilities per account over KINDS, with evidence codes."""
    rows, codes = zip(*map(_judge, accounts), strict=True) if accounts else ((), ())
    scores = np.array(rows, dtype=float).reshape(len(accounts), len(KINDS))
    scores -= np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return scores, list(codes)


def _judge(account: Account) -> tuple[np.ndarray, list[str]]:
    score, codes = _PRIOR.copy(), []
    handle, name, bio = fold(account.handle or ""), fold(account.display_name), fold(account.bio)
    person, organisation = len(set(_PERSON.findall(bio))), len(set(_ORGANISATION.findall(bio)))
    score += np.array([0.9 * person, 0.9 * organisation, 0.0])
    if person:
        codes.append("bio:first_person")
    if organisation:
        codes.append("bio:organisation_words")
    if account.is_organisation:
        score, codes = np.array([-6.0, 0.0, -6.0]), ["platform:organisation"]
    if account.is_bot:
        score, codes = np.array([-5.0, -4.0, 0.0]), [*codes, "platform:bot"]
    elif _BOT.search(bio) or _BOT.search(handle) or _BOT.search(name):
        score, codes = score + np.array([-1.0, 0.0, 4.0]), [*codes, "profile:bot_words"]
    elif _JOB_BOT.search(handle):
        score, codes = score + np.array([-2.0, 2.0, 2.0]), [*codes, "handle:job_feed"]
    return score, codes
