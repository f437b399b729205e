"""Component `girafe_relevance`: is the text about each of the companies asked about?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from nlp import encoder
from nlp.company import CompanyNames
from nlp.documents import Component, folded_in, set_in, text_in, value_in
from nlp.relevance import NOT_NAMED, relevance


@Language.factory(
    "girafe_relevance", assigns=["doc._.about"], default_config={"companies": [], "thorough": False}
)
def make(nlp: Language, name: str, companies: list[dict[str, Any]], thorough: bool) -> CompanyRelevance:
    """The component; `companies` are asked about where a document names none itself, the encoder where `thorough`."""
    return CompanyRelevance(
        tuple(_names(company) for company in companies), thorough=thorough and encoder.available()
    )


class CompanyRelevance(Component):
    """Sets `doc._.about`: label, probability and evidence for each of `doc._.companies`."""

    def __init__(self, companies: tuple[CompanyNames, ...], *, thorough: bool = False) -> None:
        self._companies = companies
        self._encode = encoder.encode if thorough else None

    def read(self, docs: Sequence[Doc]) -> None:
        """Judges a batch towards the companies of each document."""
        for doc in docs:
            companies = value_in(doc, "companies")
            if not companies and self._companies:
                companies = self._companies
                set_in(doc, "companies", companies)
            if companies:
                self._judge(doc, companies)

    def _judge(self, doc: Doc, companies: Sequence[CompanyNames]) -> None:
        text, folded, addressed = text_in(doc), folded_in(doc), value_in(doc, "addressed")
        language, collected = value_in(doc, "language") or "", value_in(doc, "is_collected")
        named = [names.mentions(text, folded) for names in companies]
        count = sum(map(bool, named))
        if count == 0 and not addressed and not collected:
            # Most posts name none of the companies asked about.
            set_in(doc, "about", (NOT_NAMED,) * len(companies))
            return
        about = tuple(
            relevance(
                text,
                names,
                addressed=addressed,
                folded=folded,
                mentions=mentions,
                others=count - bool(mentions),
                language=language,
                collected=collected,
                encode=self._encode,
            )
            for names, mentions in zip(companies, named, strict=True)
        )
        set_in(doc, "about", about)


def _names(company: dict[str, Any]) -> CompanyNames:
    lists = {name: tuple(company.get(name, ())) for name in ("names", "negative", "official", "domains")}
    return CompanyNames(
        company_id=company.get("company_id", lists["names"][0]),
        common_word=company.get("common_word"),
        sector=company.get("sector") or "",
        **lists,
    )
