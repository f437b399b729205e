"""Component `girafe_language`: the language of a text, from the text alone."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nlp.language import detect


@Language.factory("girafe_language", assigns=["doc._.language"], default_config={})
def make(nlp: Language, name: str) -> LanguageFound:
    """The component; it needs no settings."""
    return LanguageFound()


class LanguageFound:
    """Sets `doc._.language`: ISO 639-1, or `und`."""

    def __init__(self) -> None:
        if not Doc.has_extension("language"):
            Doc.set_extension("language", default=None)

    def __call__(self, doc: Doc) -> Doc:
        """Sets what it assigns, and nothing else."""
        doc._.language = detect([doc.text])[0]
        return doc
