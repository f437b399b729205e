"""Profile features: a profile as numbers, the same in training and at work. No company plays a part here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix, hstack

from girafe.later import when_used
from girafe.records import Account
from nlp.fold import URL, fold
from nlp.profile_identity import identity

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import HashingVectorizer

_NAMES = Path(__file__).parent / "patterns" / "first_names.txt"
_BUCKETS = 2**16
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|[_\d.]+")
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
_PIECES = r"https?|[@#]?\w+|[^\w\s]"
_WORDS = re.compile(r"[^\W\d_]+")
_PATTERNS = {
    "i": r"\b(?:i|i'm|im|i've|my|me|mine|myself|je|j'|j'ai|moi|mon|ma|mes|suis)\b",
    "we": r"\b(?:we|we're|we've|our|ours|us|nous|notre|nos)\b",
    "you": r"\b(?:you|your|yours|vous|votre|vos|toi|tes)\b",
    "official": r"\b(?:official|officielle?|compte officiel|twitter (?:page|feed|account)|account (?:of|for)|page officielle)\b",
    "family": r"\b(?:dad|daddy|father|mum|mom|mommy|mother|mama|wife|wifey|husband|hubby|married|papa|maman|pere|mere|mari|"
    r"epouse|epoux|grand-?mere|grand-?pere|sister|brother|daughter|son|girlfriend|boyfriend|fiancee?)\b",
    "gender": r"\b(?:he|him|his|she|her|hers|they|them|il|elle|guy|girl|boy|woman|man|lady|gal|dude|femme|homme|mec|meuf)\b",
    "own_views": r"\b(?:my own|own views|views (?:are )?(?:my|mine)|opinions?|propos|n'engagent?|tweets? perso)\b",
    "contact": r"\b(?:contact|contactez|email|e-mail|mail|call|tel|phone|dm|telephone|whatsapp|info|infos|reservations?|book now|"
    r"order|commande[zr]?|visit|visitez|follow us|suivez|join us|rejoignez|download|telechargez|shop|subscribe)\b",
    "offer": r"\b(?:services?|solutions?|products?|produits?|provider|leading|leader|premier|largest|premiere?|specialist\w*|"
    r"expertise|quality|qualite|professional|agency|agence|company|companies|entreprise|business|customers?|clients?|"
    r"manufactur\w+|supplier|distribut\w+|wholesale|free shipping|livraison|worldwide|since \d{4}|depuis \d{4}|"
    r"est\.? \d{4}|founded|fondee?|creee? en)\b",
    "body": r"\b(?:association|asso|federation|foundation|fondation|institute?|institut|university|universite|school|ecole|college|"
    r"lycee|museum|musee|library|mediatheque|theatre|theater|club|team|council|mairie|ville|commune|conseil departemental|region|"
    r"ministere?|ministry|department|office|agence|chambre|union|syndicat|society|societe|church|eglise|paroisse|ong|ngo|"
    r"charity|nonprofit|non-profit|collectif|cooperative|mutuelle|hospital|hopital|chu|clinic|clinique|festival|magazine|"
    r"journal|newspaper|radio|tv|media|news|actualites?|podcast|studio|studios|band|restaurant|hotel|cafe|bar|boutique|store|"
    r"brewery|bakery|boulangerie|garage|salon|gallery|galerie|records|label|publisher|editions|ltd|inc|llc|sarl|sas|gmbh|plc)\b",
    "job": r"\b(?:student|etudiante?|engineer|ingenieure?|developer|developpeu(?:r|se)|teacher|prof|professeur|enseignante?|"
    r"journaliste?|journalist|writer|author|auteure?|autrice|artist|artiste|musician|photographer|photographe|consultante?|"
    r"entrepreneure?|founder|co-?founder|fondateur|fondatrice|ceo|cto|lawyer|avocate?|nurse|infirmiere?|doctor|medecin|"
    r"deputee?|senateur|senatrice|maire|ministre|retired|retraitee?|gamer|blogger|geek|nerd|fan|lover|addict|enthusiast|"
    r"passionnee?|amoureu(?:x|se)|directeur|directrice|manager|chef|coach|designer|graduate|phd|ex|ancienne?|former)\b",
    "feed": r"\b(?:bot|robot|automated|automatique|rss|feed|alerts?|alertes?|updates?|jobs?|emplois?|offres?|deals|promos?)\b",
    "third": r"\b(?:is|are|est|sont|provides?|offers?|helps?|propose|offre|accompagne|aide|soutient|supports?|serving|serves)\b",
}
_COMPILED = {name: re.compile(pattern) for name, pattern in _PATTERNS.items()}


@cache
def _first_names() -> frozenset[str]:
    lines = _NAMES.read_text(encoding="utf-8").splitlines()
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())


@cache
def _hashers() -> tuple[HashingVectorizer, ...]:
    """Of name and handle together, words and letters of the bio, the handle alone, the name alone."""
    # Statistics and data frames are most of what scikit-learn loads, and counting pieces of words needs neither.
    with when_used("scipy.stats", "pandas"):
        from sklearn.feature_extraction.text import HashingVectorizer

    def hasher(**options: object) -> HashingVectorizer:
        return HashingVectorizer(
            n_features=_BUCKETS, alternate_sign=False, norm="l2", lowercase=False, dtype=np.float32, **options
        )

    return (
        hasher(analyzer="char_wb", ngram_range=(2, 4)),
        hasher(analyzer="word", ngram_range=(1, 2), token_pattern=_PIECES),
        hasher(analyzer="char_wb", ngram_range=(3, 5)),
        hasher(analyzer="char_wb", ngram_range=(2, 5)),
        hasher(analyzer="word", ngram_range=(1, 2), token_pattern=_PIECES),
    )


def spelled(handle: str) -> str:
    """A handle as words: `ada_MartinetFR75` -> `ada Martinet FR`."""
    return " ".join(_CAMEL.sub(" ", handle).split())


def dense(account: Account) -> list[float]:
    """What can be counted about a profile."""
    handle, name, bio = spelled(account.handle or ""), account.display_name, account.bio
    folded, small = fold(bio), fold(name)
    words, handle_words = _WORDS.findall(small), _WORDS.findall(fold(handle))
    first = _first_names()
    own = "".join(words)
    compact = re.sub(r"\W|_|\d", "", fold(account.handle or ""))
    counts = [float(min(len(pattern.findall(folded)), 3)) for pattern in _COMPILED.values()]
    in_name = [
        float(bool(_COMPILED[key].search(small))) for key in ("body", "offer", "official", "feed", "job")
    ]
    return [
        *counts,
        *in_name,
        float(bool(words) and words[0] in first),
        float(any(word in first for word in words)),
        float(bool(handle_words) and handle_words[0] in first),
        float(any(compact.startswith(n) for n in _prefixes(compact) if n in first)),
        float(len(words) == 2),
        float(len(words) == 1),
        float(len(words) > 3),
        float(not words),
        float(name.isupper() and len(name) > 3),
        float(name.islower()),
        float(bool(_EMOJI.search(name))),
        float(bool(own) and own == compact),
        float(name[:4].lower() in ("the ", "les ")),
        float("&" in name or "+" in name),
        float(bool(re.search(r"\d", account.handle or ""))),
        float(not bio),
        min(len(bio), 400) / 200,
        float(min(len(URL.findall(bio)) + len(account.links) + bool(account.url), 3)),
        float(min(bio.count("#"), 4)) / 2,
        float(min(bio.count("@"), 4)) / 2,
        float(min(len(_EMOJI.findall(bio)), 4)) / 2,
        float(bio.count("!") > 0),
        float(bool(re.search(r"\d{2}[ .-]?\d{2}[ .-]?\d{2}|\+\d{2}", bio))),
        float(bool(re.search(r"[\w.]@[\w-]+\.\w", bio))),
        float(bio[:1].isupper()),
        float(bio.endswith(".")),
        float(bool(own) and len(own) > 3 and own in re.sub(r"\W", "", folded)),
        float(bio.count(",") > 2),
        float(bio.count("|") > 0),
        *identity(account, first),
    ]


def _prefixes(compact: str) -> list[str]:
    return [compact[:length] for length in range(4, min(len(compact), 10))]


def matrix(accounts: Sequence[Account]) -> csr_matrix:
    """All features of some profiles, one row each."""
    both, words, letters, handle_letters, name_words = _hashers()
    names = [fold(account.display_name) for account in accounts]
    handles = [fold(spelled(account.handle or "")) for account in accounts]
    bios = [fold(account.bio) for account in accounts]
    counted = csr_matrix(np.array([dense(account) for account in accounts], dtype=np.float32))
    return hstack(
        [
            counted * 0.5,
            both.transform([f"{name} {handle}" for name, handle in zip(names, handles, strict=True)]),
            words.transform(bios),
            letters.transform(bios),
            handle_letters.transform(handles),
            name_words.transform(names),
        ]
    ).tocsr()


def line(account: Account) -> str:
    """A profile as one line of text, for an encoder."""
    return f"{account.display_name} @{account.handle or ''} {account.bio}"
