"""Component `girafe_sentiment`: negative, neutral or positive."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nlp.language import UNDETERMINED
from nlp.sentiment import sentiments
from nlp.text_features import matrix


@Language.factory(
    "girafe_sentiment",
    requires=["doc._.language"],
    assigns=["doc._.sentiment_label"],
    default_config={"thorough": False},
)
def make(nlp: Language, name: str, thorough: bool) -> SentimentLabel:
    """The component; `thorough` asks the encoder where the fast model is unsure."""
    return SentimentLabel(thorough=thorough)


class SentimentLabel:
    """Sets `doc._.sentiment_label`: label and probability, or None for languages we do not read."""

    def __init__(self, *, thorough: bool) -> None:
        self._thorough = thorough
        if not Doc.has_extension("sentiment_label"):
            Doc.set_extension("sentiment_label", default=None)

    def __call__(self, doc: Doc) -> Doc:
        """Sets what it assigns, and nothing else."""
        language = doc._.language or UNDETERMINED
        features = matrix([doc.text])
        doc._.sentiment_label = sentiments([doc.text], features, [language], thorough=self._thorough)[0]
        return doc
