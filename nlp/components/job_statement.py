"""Component `girafe_statement`: what the text says about its author's own job at a company."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nlp.company import CompanyNames
from nlp.statements import statement


@Language.factory("girafe_statement", assigns=["doc._.job_statement"], default_config={"names": []})
def make(nlp: Language, name: str, names: list[str]) -> JobStatement:
    """The component for one company."""
    return JobStatement(CompanyNames(company_id=name, names=tuple(names)))


class JobStatement:
    """Sets `doc._.job_statement`: an evidence code (`post:works_at`, ...), or None."""

    def __init__(self, names: CompanyNames) -> None:
        self._names = names
        if not Doc.has_extension("job_statement"):
            Doc.set_extension("job_statement", default=None)

    def __call__(self, doc: Doc) -> Doc:
        """Sets what it assigns, and nothing else."""
        doc._.job_statement = statement(doc.text, self._names)
        return doc
