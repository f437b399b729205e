"""Words: every string people see, one file per language under strings/, and how numbers are written in it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from typing import Any
from unicodedata import normalize

LANGUAGES = ("fr", "en")
_LEAST = 7
"""Digits of what is more than nothing: beyond them it is what binary fractions add."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The strings of one language; call it with a dotted key and the values the string needs."""

    language: str
    tree: Mapping[str, Any]

    def __call__(self, key: str, /, count: float | None = None, **values: Any) -> str:
        """The string `key`, filled; with `count`, its singular or plural form (count may stay unseen)."""
        found = self.find(key)
        if isinstance(found, Mapping):
            one = count is not None and (
                abs(count) < 2 if self.tree["format"]["zero_is_singular"] else count == 1
            )
            found = found["one" if one else "many"]
        if count is not None:
            values.setdefault("count", self.number(count))
        return self._elided(str(found), values).format(**values) if values else str(found)

    def _elided(self, text: str, values: Mapping[str, Any]) -> str:
        """The string as it goes before the company's name: "d’Orée", but "de Sillon"."""
        form = self.tree["format"]["elided"]
        first = normalize("NFKD", str(values.get("company", "")))[:1].lower()
        return text.replace(form["loose"], form["tight"]) if first and first in form["vowels"] else text

    def find(self, key: str) -> Any:
        """What stands under the dotted `key`; KeyError if nothing does."""
        found: Any = self.tree
        for part in key.split("."):
            found = found[part]
        return found

    def name(self, kind: str, code: str) -> str:
        """The name of a theme, platform, voice ...; an unknown code is shown without underscores."""
        return str(self.find(kind).get(code) or code.replace("_", " "))

    def phrase(self, kind: str, form: str, code: str) -> str:
        """A name as a sentence needs it: with its article (`the`), or its preposition too (`of`, `on`)."""
        forms = self.find(f"phrases.{kind}.{form}")
        return str(forms.get(code) or forms["other"].format(name=self.name(kind, code)))

    def phrases(self, kind: str, form: str, codes: Iterable[str]) -> str:
        """Several of them; where one holds an "and" of its own, the last is joined by more than another."""
        found, form_of = [self.phrase(kind, form, code) for code in codes], self.tree["format"]
        if len(found) < 2 or not any(f" {form_of['and']} " in phrase for phrase in found):
            return self.listed(found)
        comma = "," if len(found) > 2 else ""
        return f"{', '.join(found[:-1])}{comma} {form_of['and_several']} {found[-1]}"

    def series(self, kind: str, codes: Iterable[str]) -> str:
        """Names inside a sentence: small letters, and commas only, as many hold an "and" of their own."""
        return ", ".join(self.inside(kind, code) for code in codes)

    def inside(self, kind: str, code: str) -> str:
        """One name inside a sentence; some languages keep the capital of some kinds of name."""
        name = self.name(kind, code)
        return name if kind in self.tree["format"]["keep_capitals"] else name[:1].lower() + name[1:]

    def act(self, name: str, count: float | None = None, **values: Any) -> str:
        """What to do on Monday, as one line."""
        return self("act.label", what=self(f"act.{name}", count, **values))

    def definitions(self) -> Iterator[tuple[str, str]]:
        """Each term with its definition, as docs/method.md has them, in reading order."""
        for entry in self.tree["definitions"].values():
            yield entry["term"], entry["meaning"]

    def number(self, value: float | None, digits: int = 0) -> str:
        """1234.5 as people of this language write it, a half rounded up; a dash for a number that is not there."""
        if value is None:
            return "–"
        form = self.tree["format"]
        text = f"{_rounded(value, digits):,.{digits}f}".replace(",", "\0").replace(".", form["decimal"])
        return text.replace("\0", form["thousands"]).replace("-", "\u2212")

    def average(self, value: float | None) -> str:
        """A number per week; ten posts in a year are few a week, but not none."""
        digits = 0
        while value and digits < _LEAST and not _rounded(value, digits):
            digits += 1
        return self.number(value, digits)

    def percent(self, share: float | None, digits: int = 0) -> str:
        """0.123 as a percentage; very small shares are not rounded down to nothing, nor very large ones up to all."""
        if share is None:
            return "–"
        return f"{self.number(share * 100, max(digits, _digits(share)))}{self.tree['format']['percent']}"

    def points(self, difference: float | None) -> str:
        """A difference of shares in points, with its sign, which a rounded zero would not show."""
        if difference is None:
            return "–"
        difference = round(difference, _LEAST)
        return f"{'+' if difference > 0 else ''}{self.number(difference * 100, _digits(abs(difference)))}"

    def rest(self, share: float) -> str:
        """What a share leaves of the whole, so that both as they are written add up to 100: 87.5 is 88, then 12."""
        digits = _digits(share)
        return f"{self.number(float(100 - _rounded(share * 100, digits)), digits)}{self.tree['format']['percent']}"

    def between(self, low: float | None, high: float | None) -> str:
        """An interval of shares: "79–88 %"."""
        if low is None or high is None:
            return "–"
        digits = max(1, _digits(high)) if high < 0.02 else 0
        return f"{self.number(low * 100, digits)}\u2013{self.percent(high, digits)}"

    def day(self, day: date | None, pattern: str = "day") -> str:
        """A day in words: "2 mars 2026", or as another pattern of the language has it."""
        if day is None:
            return "–"
        form = self.tree["format"]
        values = {"month": form["months"][day.month - 1], "year": day.year}
        return str(form[pattern]).format(day=form["first"] if day.day == 1 else str(day.day), **values)

    def month(self, day: date) -> str:
        """A month in words: "mars 2026"."""
        return f"{self.tree['format']['months'][day.month - 1]} {day.year}"

    def listed(self, items: list[str] | tuple[str, ...]) -> str:
        """ "a, b and c"."""
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self.tree['format']['and']} {items[-1]}"

    def duration(self, hours: float | None) -> str:
        """A length of time in the unit people would use."""
        if hours is None:
            return "–"
        minutes = whole(hours * 60)
        if minutes < 60:
            return self("format.minutes", count=minutes)
        return (
            self("format.hours", count=whole(hours))
            if hours < 48
            else self("format.days", count=whole(hours / 24))
        )


def whole(value: float) -> int:
    """The whole number that is written for `value`: a half rounded up, in sentences as in tables."""
    return int(_rounded(value, 0))


def _rounded(value: float, digits: int) -> Decimal:
    # The ninth digit takes off what binary fractions add: 14.499999999999998 is fourteen and a half. The zero added
    # takes its sign from a zero.
    return Decimal(repr(round(value, 9))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) + 0


def _digits(share: float) -> int:
    """How many a percentage needs that is not nothing, or not all."""
    share = round(share, _LEAST)
    digits = 1 if 0 < share < 0.01 or 0.99 < share < 1 else 0
    while 0 < share < 1 and _rounded(share * 100, digits) in (0, 100):
        digits += 1
    return digits


@cache
def words(language: str) -> Words:
    """The strings of `language`, read once."""
    text = (files("reports") / "strings" / f"{language}.toml").read_text(encoding="utf-8")
    tree = tomllib.loads(text)
    return Words(language=language, tree=_set(tree, tree["format"]["glued"]))


def _set(value: Any, glued: Mapping[str, str]) -> Any:
    """The strings as a typesetter would have them: no line begins with a colon or ends with a « ."""
    if isinstance(value, dict):
        return {name: part if name == "glued" else _set(part, glued) for name, part in value.items()}
    if isinstance(value, list):
        return [_set(part, glued) for part in value]
    if isinstance(value, str):
        for loose, tight in glued.items():
            value = value.replace(loose, tight)
    return value
