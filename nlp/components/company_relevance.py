"""Component `girafe_relevance`: is the text about the company it is configured with?"""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nlp.company import CompanyNames
from nlp.relevance import relevance


@Language.factory(
    "girafe_relevance",
    assigns=["doc._.about_company"],
    default_config={
        "names": [],
        "negative": [],
        "official": [],
        "domains": [],
        "common_word": False,
    },
)
def make(
    nlp: Language,
    name: str,
    names: list[str],
    negative: list[str],
    official: list[str],
    domains: list[str],
    common_word: bool,
) -> CompanyRelevance:
    """The component for one company."""
    return CompanyRelevance(
        CompanyNames(
            company_id=name,
            names=tuple(names),
            negative=tuple(negative),
            official=tuple(official),
            domains=tuple(domains),
            common_word=common_word,
        )
    )


class CompanyRelevance:
    """Sets `doc._.about_company`: label, probability and evidence."""

    def __init__(self, names: CompanyNames) -> None:
        self._names = names
        if not Doc.has_extension("about_company"):
            Doc.set_extension("about_company", default=None)

    def __call__(self, doc: Doc) -> Doc:
        """Sets what it assigns, and nothing else."""
        doc._.about_company = relevance(doc.text, self._names)
        return doc
