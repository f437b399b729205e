"""Component `girafe_themes`: what the text is about, several themes or none."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nlp.language import UNDETERMINED
from nlp.themes import themes


@Language.factory("girafe_themes", requires=["doc._.language"], assigns=["doc._.themes"], default_config={})
def make(nlp: Language, name: str) -> ThemeLabels:
    """The component; the stems of each theme are in nlp/patterns/themes.toml."""
    return ThemeLabels()


class ThemeLabels:
    """Sets `doc._.themes`: pairs of theme and probability."""

    def __init__(self) -> None:
        if not Doc.has_extension("themes"):
            Doc.set_extension("themes", default=None)

    def __call__(self, doc: Doc) -> Doc:
        """Sets what it assigns, and nothing else."""
        doc._.themes = themes([doc.text], [doc._.language or UNDETERMINED])[0]
        return doc
