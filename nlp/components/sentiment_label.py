"""Component `girafe_sentiment`: negative, neutral or positive; towards the company, where one is asked about."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from nlp import encoder
from nlp.documents import Component, folded_in, set_in, spoken_in, text_in, value_in
from nlp.sentiment import sentiments


@Language.factory(
    "girafe_sentiment",
    requires=["doc._.language"],
    assigns=["doc._.sentiment_label"],
    default_config={"thorough": False},
)
def make(nlp: Language, name: str, thorough: bool) -> SentimentLabel:
    """The component; `thorough` asks the encoder where the fast model is unsure."""
    return SentimentLabel(thorough=thorough)


class SentimentLabel(Component):
    """Sets `doc._.sentiment_label`: a `Sentiment`, or None for languages we do not read."""

    def __init__(self, *, thorough: bool) -> None:
        self._thorough = thorough and encoder.available()

    def read(self, docs: Sequence[Doc]) -> None:
        """Labels the texts of a batch in which somebody speaks."""
        spoken = spoken_in(docs)
        texts = [text_in(doc) for doc in spoken.docs]

        def encode(places: Sequence[int]) -> np.ndarray:
            return encoder.encode_moods([texts[place] for place in places])

        moods = sentiments(
            texts,
            spoken.languages,
            towards_company=[bool(value_in(doc, "companies")) for doc in spoken.docs],
            folded=[folded_in(doc) for doc in spoken.docs],
            encode=encode if self._thorough else None,
        )
        for doc, mood in zip(spoken.docs, moods, strict=True):
            set_in(doc, "sentiment_label", mood)
