"""Stems: which of many labelled word beginnings stand in a text, found in one pass over its words.

A stem is a regular expression that holds at a word's beginning. Trying hundreds of them at every letter costs
more than everything else done to a text, so they are filed under their first letters and tried only there.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

_FIRST = re.compile(r"(?:\\b)?([a-z0-9]{2,4})(?![?*{+])")
_MARKED = re.compile(r"(?<!\w)[^\w\s]|\d|(?<!\w)\w(?!\w)")
"""What stems that do not begin with two plain letters need: a sign, a figure or a letter by itself."""


class Stems:
    """Labels and their stems, compiled once."""

    def __init__(self, stems: Mapping[str, Sequence[str]]) -> None:
        filed: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        others: dict[str, list[str]] = defaultdict(list)
        for label, patterns in stems.items():
            for pattern in (part for each in patterns for part in _opened(each)):
                begins = _FIRST.match(pattern)
                where = others if begins is None else filed[begins[1]]
                where[label].append(pattern)
        self._labels = tuple(stems)
        self._filed = {
            letters: [(label, re.compile("|".join(patterns))) for label, patterns in by_label.items()]
            for letters, by_label in filed.items()
        }
        self._others = [
            (label, re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})")) for label, patterns in others.items()
        ]
        every = "|".join(pattern for patterns in others.values() for pattern in patterns)
        self._any_other = re.compile(rf"(?<!\w)(?:{every or '(?!)'})")
        self._under_letters: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
        self._start = _beginnings(self._filed)

    def _under(self, letters: str) -> Sequence[tuple[str, re.Pattern[str]]]:
        """The stems filed under what a word begins with, kept for the next time."""
        keys = (letters[:count] for count in range(2, len(letters) + 1))
        filed = self._under_letters[letters] = [each for key in keys for each in self._filed.get(key, ())]
        return filed

    def found(self, folded: str) -> list[str]:
        """The labels with a stem in the folded text, in the order they were given in."""
        seen: set[str] = set()
        under_letters = self._under_letters
        for start in self._start.finditer(folded):
            letters = start.group()
            under = under_letters.get(letters)
            for label, pattern in self._under(letters) if under is None else under:
                if label not in seen and pattern.match(folded, start.start()):
                    seen.add(label)
        if _MARKED.search(folded) and self._any_other.search(folded):
            seen.update(label for label, pattern in self._others if pattern.search(folded))
        return [label for label in self._labels if label in seen]


def _beginnings(filed: Iterable[str]) -> re.Pattern[str]:
    """Finds the first letters, four at most, of words that begin as a stem does, and no others."""
    letters = set(filed)
    return re.compile(rf"\b(?={_tree(letters)})\w{{2,4}}" if letters else "(?!)")


def _tree(beginnings: Iterable[str]) -> str:
    """One pattern for all beginnings, in which each letter stands once for those that share it."""
    after: dict[str, set[str]] = defaultdict(set)
    for each in beginnings:
        after[each[0]].add(each[1:])
    parts = (letter + ("" if "" in rest else _tree(rest)) for letter, rest in sorted(after.items()))
    return f"(?:{'|'.join(parts)})"


_GROUP = re.compile(r"\(\?:([^()\[\]]+)\)(?![?*+{])")
"""A group at the beginning of a pattern, without groups of its own, that stands there once."""


def _opened(pattern: str) -> Iterator[str]:
    """The alternatives of a pattern, those in a group it begins with too: each by itself begins with letters."""
    for part in _alternatives(pattern):
        group = _GROUP.match(part)
        if group is None:
            yield part
        else:
            yield from (each + part[group.end() :] for each in group[1].split("|"))


def _alternatives(pattern: str) -> list[str]:
    """The parts of a pattern between bars that stand in no bracket."""
    parts, depth, start = [], 0, 0
    for place, character in enumerate(pattern):
        if character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif character == "|" and depth == 0:
            parts.append(pattern[start:place])
            start = place + 1
    return [*parts, pattern[start:]]
