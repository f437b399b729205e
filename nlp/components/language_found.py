"""Component `girafe_language`: the language of a text, from the text alone unless the caller knows it."""

from __future__ import annotations

from collections.abc import Sequence

from spacy.language import Language
from spacy.tokens import Doc

from nlp.documents import Component, text_in
from nlp.language import detect


@Language.factory("girafe_language", assigns=["doc._.language"], default_config={})
def make(nlp: Language, name: str) -> LanguageFound:
    """The component; it needs no settings."""
    return LanguageFound()


class LanguageFound(Component):
    """Sets `doc._.language`: ISO 639-1, or `und`."""

    def read(self, docs: Sequence[Doc]) -> None:
        """Sets the languages of a batch."""
        asked = [doc for doc in docs if not doc._.stated_language]
        for doc, language in zip(asked, detect([text_in(doc) for doc in asked]), strict=True):
            doc._.language = language
        for doc in docs:
            if doc._.stated_language:
                doc._.language = doc._.stated_language
