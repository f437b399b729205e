"""Documents: what is asked of a text and what is learnt from it, as extensions of spaCy's Doc."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from spacy.tokens import Doc
from spacy.util import registry

from nlp.fold import fold
from nlp.language import UNDETERMINED

_ASKED = {
    "companies": (),
    "addressed": (),
    "stated_language": None,
    "is_speech": True,
    "is_collected": False,
}
"""Set by the caller: the companies asked about, handles the platform says are addressed, a language known
beforehand, False where nobody speaks (a bare repost), and True for a text collected for the companies."""
_LEARNT = {"language": None, "about": (), "job_statements": (), "themes": (), "sentiment_label": None}

for _name, _default in {**_ASKED, **_LEARNT}.items():
    Doc.set_extension(_name, default=_default, force=True)

_KEYS: dict[str, Any] = {name: ("._.", name, None, None) for name in (*_ASKED, *_LEARNT)}
_DEFAULTS: dict[str, Any] = {**_ASKED, **_LEARNT}

TEXT, _FOLDED = "girafe.text", "girafe.folded"
"""Where a document keeps its text in one piece: in `user_data`."""


def value_in(doc: Doc, name: str) -> Any:
    """What `doc._.<name>` holds, read where spaCy keeps it: a view of all extensions for each look is dear."""
    return doc.user_data.get(_KEYS[name], _DEFAULTS[name])


def set_in(doc: Doc, name: str, value: object) -> None:
    """Sets `doc._.<name>` where spaCy keeps it."""
    doc.user_data[_KEYS[name]] = value


def text_in(doc: Doc) -> str:
    """The document's text; put together from its words once, not each time a component asks."""
    found: str | None = doc.user_data.get(TEXT)
    if found is None:
        found = doc.user_data[TEXT] = doc.text
    return found


def folded_in(doc: Doc) -> str:
    """The document's text without case and accents; worked out once."""
    found: str | None = doc.user_data.get(_FOLDED)
    if found is None:
        found = doc.user_data[_FOLDED] = fold(text_in(doc))
    return found


@dataclass(frozen=True, slots=True)
class Spoken:
    """The documents of a batch in which somebody speaks, as the models ask for them."""

    docs: tuple[Doc, ...]
    languages: tuple[str, ...]


def spoken_in(docs: Sequence[Doc]) -> Spoken:
    """Chooses the documents in which somebody speaks."""
    spoken = tuple(doc for doc in docs if value_in(doc, "is_speech"))
    return Spoken(spoken, tuple(value_in(doc, "language") or UNDETERMINED for doc in spoken))


@registry.tokenizers("girafe.tokenizer.v1")
class MakeTokenizer:
    """Makes a tokenizer that cuts at blanks only: the components read the text itself, and a post costs little."""

    def __call__(self, nlp: Any) -> Any:
        """The tokenizer of one pipeline (spaCy types neither)."""
        # Every new word would be asked for its shape, prefix and a dozen other things nobody reads here.
        from spacy.tokenizer import Tokenizer  # type: ignore[import-not-found]

        nlp.vocab.lex_attr_getters = {}
        return Tokenizer(nlp.vocab)


class Component(ABC):
    """A component that reads documents in batches; one at a time the models would be several times slower."""

    @abstractmethod
    def read(self, docs: Sequence[Doc]) -> None:
        """Sets what it assigns on each document, and nothing else."""

    def __call__(self, doc: Doc) -> Doc:
        """Reads one document."""
        self.read([doc])
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int) -> Iterator[Doc]:
        """Reads documents batch by batch."""
        waiting = iter(stream)
        while docs := list(islice(waiting, batch_size)):
            self.read(docs)
            yield from docs
