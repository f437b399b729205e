"""Relevance: is this text about the company, or does it only hold the same word?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nlp.company import CompanyNames, Mention
from nlp.fold import fold

_CONTEXT = re.compile(
    r"\b(?:chez|client|cliente|clients|service|salarie|salaries|recrute|embauche|emploi|poste chez|pdg|ceo|boutique|"
    r"groupe|entreprise|societe|boite|employeur|abonnement|facture|forfait|employee|employees|employer|customer|hiring|"
    r"hired|job|jobs|company|works at|work at|working at|worked at|shares|stock|store|app|support|manager|stage|alternance|cdi)\b"
)
_SURE, _LIKELY, _DOUBTFUL, _NO = 0.98, 0.9, 0.3, 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Relevance:
    """Whether a text is about a company, how surely, and why."""

    is_about: bool
    probability: float
    evidence: tuple[str, ...]


NOT_NAMED = Relevance(is_about=False, probability=_NO, evidence=())


def relevance(
    text: str, names: CompanyNames, *, addressed: Sequence[str] = (), folded: str | None = None
) -> Relevance:
    """Judges one text; `addressed` are the handles its platform says it mentions."""
    folded = fold(text) if folded is None else folded
    mentions = names.mentions(text, folded)
    evidence = sorted({f"about:{_kind(mention)}" for mention in mentions})
    if any(fold(handle).removeprefix("@") in names.official_handles for handle in addressed):
        evidence = sorted({*evidence, "about:official_handle"})
    if not evidence:
        return NOT_NAMED
    probability = _LIKELY
    if {"about:official_handle", "about:domain"} & set(evidence):
        probability = _SURE
    elif names.common_word and not _has_context(text, folded, mentions):
        probability, evidence = _DOUBTFUL, [*evidence, "about:no_context"]
    return Relevance(is_about=probability >= 0.5, probability=probability, evidence=tuple(evidence))


def given(about: Sequence[str], names: CompanyNames) -> Relevance:
    """What an annotator said a post is about, taken as certain."""
    told = {fold(name).strip() for name in about}
    is_about = not told.isdisjoint(names.folded)
    return Relevance(is_about=is_about, probability=float(is_about), evidence=("about:given",))


def _kind(mention: Mention) -> str:
    return "official_handle" if mention.official else mention.kind


def _has_context(text: str, folded: str, mentions: Sequence[Mention]) -> bool:
    # A common word written small is the word; written as the company writes it, it needs a hint.
    return any(mention.exact for mention in mentions) and _CONTEXT.search(folded) is not None
