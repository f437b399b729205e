"""Component `girafe_themes`: what the text is about, several themes or none."""

from __future__ import annotations

from collections.abc import Sequence

from spacy.language import Language
from spacy.tokens import Doc

from nlp import encoder
from nlp.documents import Component, folded_in, set_in, spoken_in
from nlp.themes import themes


@Language.factory(
    "girafe_themes",
    requires=["doc._.language"],
    assigns=["doc._.themes"],
    default_config={"thorough": False},
)
def make(nlp: Language, name: str, thorough: bool) -> ThemeLabels:
    """The component; the stems it knows are in nlp/patterns/themes.toml. `thorough` asks the encoder as well."""
    return ThemeLabels(thorough=thorough)


class ThemeLabels(Component):
    """Sets `doc._.themes`: pairs of theme and probability."""

    def __init__(self, *, thorough: bool) -> None:
        self._thorough = thorough and encoder.available()

    def read(self, docs: Sequence[Doc]) -> None:
        """Labels the texts of a batch in which somebody speaks."""
        spoken = spoken_in(docs, thorough=self._thorough)
        folded = [folded_in(doc) for doc in spoken.docs]
        found = themes(folded, spoken.languages, encode=spoken.encode)
        for doc, told in zip(spoken.docs, found, strict=True):
            set_in(doc, "themes", told)
