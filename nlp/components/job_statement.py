"""Component `girafe_statement`: what the text says about its author's own job at a company it names."""

from __future__ import annotations

from collections.abc import Sequence

from spacy.language import Language
from spacy.tokens import Doc

from nlp.documents import Component, folded_in, text_in
from nlp.statements import statement


@Language.factory(
    "girafe_statement", requires=["doc._.about"], assigns=["doc._.job_statements"], default_config={}
)
def make(nlp: Language, name: str) -> JobStatement:
    """The component; the sentences it knows are in nlp/patterns/statements.toml."""
    return JobStatement()


class JobStatement(Component):
    """Sets `doc._.job_statements`: an evidence code (`post:works_at`, ...) or None for each company."""

    def read(self, docs: Sequence[Doc]) -> None:
        """Reads the texts of a batch that name a company."""
        for doc in docs:
            if doc._.is_speech and doc._.about:
                text, folded = text_in(doc), folded_in(doc)
                doc._.job_statements = tuple(
                    statement(text, names, folded=folded) if found.evidence else None
                    for names, found in zip(doc._.companies, doc._.about, strict=True)
                )
