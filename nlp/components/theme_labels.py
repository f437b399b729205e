"""Component `girafe_themes`: what the text is about, several themes or none."""

from __future__ import annotations

from collections.abc import Sequence

from spacy.language import Language
from spacy.tokens import Doc

from nlp.documents import Component, folded_in, set_in, spoken_in
from nlp.themes import themes


@Language.factory("girafe_themes", requires=["doc._.language"], assigns=["doc._.themes"])
def make(nlp: Language, name: str) -> ThemeLabels:
    """The component; the stems it knows are in nlp/patterns/themes.toml."""
    return ThemeLabels()


class ThemeLabels(Component):
    """Sets `doc._.themes`: pairs of theme and probability."""

    def read(self, docs: Sequence[Doc]) -> None:
        """Labels the texts of a batch in which somebody speaks."""
        spoken = spoken_in(docs)
        found = themes([folded_in(doc) for doc in spoken.docs], spoken.languages)
        for doc, told in zip(spoken.docs, found, strict=True):
            set_in(doc, "themes", told)
