"""Grammar: a phrase template, `{a|b}` choices and `<slot>` lists, becomes one sentence by seeded chance."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random

_CHOICE = re.compile(r"\{([^{}]*)\}")
_SLOT = re.compile(r"<([a-z]+)>")
_GRUMPY = ("delay", "ticket", "work", "security", "strike", "rival", "left_story", "quote", "news")
"""Conversations in which an angry face may turn up."""
_FOLDER = Path(__file__).parent / "phrases"


@dataclass(frozen=True)
class Phrases:
    """All templates of one language."""

    lang: str
    sections: Mapping[str, Mapping[str, Sequence[str]]]

    def has(self, section: str, role: str) -> bool:
        """Whether anything can be said in this role."""
        return bool(self.sections.get(section, {}).get(role))

    def say(self, rng: Random, section: str, role: str) -> str:
        """One sentence of a section and role."""
        template = rng.choice(self.sections[section][role])
        return self.fill(rng, template if section in _GRUMPY else template.replace("<emoji>", "<warm>"))

    def fill(self, rng: Random, template: str) -> str:
        """`template` with every choice made and every slot filled; innermost choices first."""
        text = template
        while match := _CHOICE.search(text) or _SLOT.search(text):
            if match.re is _CHOICE:
                chosen = rng.choice(match.group(1).split("|"))
            else:
                chosen = rng.choice(self.sections["slots"][match.group(1)])
            text = text[: match.start()] + chosen + text[match.end() :]
        return re.sub(r" {2,}", " ", text).strip()


@lru_cache
def phrases(lang: str) -> Phrases:
    """The templates of `fr` or `en`."""
    return Phrases(lang, tomllib.loads((_FOLDER / f"{lang}.toml").read_text(encoding="utf-8")))
