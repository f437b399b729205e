"""Component `girafe_language`: the language of a text, from the text alone unless the caller knows it."""

from __future__ import annotations

from collections.abc import Sequence

from spacy.language import Language
from spacy.tokens import Doc

from nlp.documents import Component, set_in, text_in, value_in
from nlp.language import detect


@Language.factory("girafe_language", assigns=["doc._.language"], default_config={})
def make(nlp: Language, name: str) -> LanguageFound:
    """The component; it needs no settings."""
    return LanguageFound()


class LanguageFound(Component):
    """Sets `doc._.language`: ISO 639-1, or `und`."""

    def read(self, docs: Sequence[Doc]) -> None:
        """Sets the languages of a batch."""
        asked = [doc for doc in docs if not value_in(doc, "stated_language")]
        for doc, language in zip(asked, detect([text_in(doc) for doc in asked]), strict=True):
            set_in(doc, "language", language)
        for doc in docs:
            if value_in(doc, "stated_language"):
                set_in(doc, "language", value_in(doc, "stated_language"))
