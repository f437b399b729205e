"""Component `girafe_statement`: what the text says about its author's own job at a company it names."""

from __future__ import annotations

from collections.abc import Sequence

from spacy.language import Language
from spacy.tokens import Doc

from nlp.documents import Component, folded_in, set_in, text_in, value_in
from nlp.statements import statement


@Language.factory(
    "girafe_statement", requires=["doc._.about"], assigns=["doc._.job_statements"], default_config={}
)
def make(nlp: Language, name: str) -> JobStatement:
    """The component; the sentences it knows are in nlp/patterns/statements.toml."""
    return JobStatement()


class JobStatement(Component):
    """Sets `doc._.job_statements`: a code (`post:works_at`, ...) with its chance, or None, for each company."""

    def read(self, docs: Sequence[Doc]) -> None:
        """Reads the texts of a batch that name a company."""
        for doc in docs:
            about = value_in(doc, "about")
            if about and value_in(doc, "is_speech"):
                text, folded = text_in(doc), folded_in(doc)
                said = tuple(
                    statement(text, names, folded=folded) if found.evidence else None
                    for names, found in zip(value_in(doc, "companies"), about, strict=True)
                )
                set_in(doc, "job_statements", said)
