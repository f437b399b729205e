"""Pipeline: the post-level components as one spaCy pipeline, for those who want documents rather than tables.

The stage itself (nlp/rows.py) calls the same functions on whole batches. A document costs next to nothing; but the
components judge one at a time, and one at a time the models are about five times slower than in batches.
"""

from __future__ import annotations

import spacy
from spacy.language import Language

from nlp.company import CompanyNames

# Registered here as well, so that the pipeline can be built from a source tree that was never installed.
from nlp.components import (  # noqa: F401
    company_relevance,
    job_statement,
    language_found,
    sentiment_label,
    theme_labels,
)


def build(names: CompanyNames, *, thorough: bool = False) -> Language:
    """A pipeline that reads posts for one company."""
    pipeline = spacy.blank("xx")
    pipeline.add_pipe("girafe_language")
    pipeline.add_pipe(
        "girafe_relevance",
        config={
            "names": list(names.names),
            "negative": list(names.negative),
            "official": list(names.official),
            "domains": list(names.domains),
            "common_word": names.common_word,
        },
    )
    pipeline.add_pipe("girafe_statement", config={"names": list(names.names)})
    pipeline.add_pipe("girafe_themes")
    pipeline.add_pipe("girafe_sentiment", config={"thorough": thorough})
    return pipeline
