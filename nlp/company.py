"""Company names: where a text names a company, by any name, handle, hashtag or domain it goes by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from typing import Literal, TypeAlias

from girafe.settings import Company
from nlp.fold import fold
from nlp.sectors import sector_of
from nlp.short_names import short_names

MentionKind: TypeAlias = Literal["name", "handle", "hashtag", "domain"]


_BEFORE_DOMAIN = r"(?:[\w.-]{1,64}@)?(?:[\w-]{1,63}\.){0,8}"
"""Bounded as mail addresses and names of hosts are: unbounded, a text of "a.a.a." costs its length squared."""
_GOES_ON = re.compile(r"(?:[ -](?:(?:de|du|des|of|the|et|and|&) )?[^\W\d_a-zà-öø-ÿ][\w'’&-]{0,40}){1,4}")
_AFFIX = (
    r"(?:_(?:app|hq|official|officiel|jobs?|careers?|carrieres?|recrute|news|groupe?|"
    r"fr|be|ch|ca|qc|uk|ie|us|usa|au|nz|eu))"
)
"""How a handle of the company goes on after its name."""
_SENTENCE_START = re.compile(r"(?:^|[.!?:\n\"«»“”(|•–—-])[\s#@]*$")
_MOST_MENTIONS = 100
"""A text that names a company more often says nothing new; each mention is looked at with its surroundings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One place where a text names a company."""

    kind: MentionKind
    start: int
    end: int
    official: bool = False
    """A handle that company.toml lists as the company's own."""
    exact: bool = True
    """Written as the company writes it (capitals included)."""
    is_short: bool = False
    """One word that is left of the name when what the company does is left out: `Pulsar` of Pulsar Cinemas."""
    goes_on: int = 0
    """How many capitalised words follow a name at once: `Acme Noir Records` is another one's name."""


@dataclass(frozen=True, kw_only=True)
class CompanyNames:
    """Everything a company goes by, compiled once."""

    company_id: str
    names: tuple[str, ...]
    negative: tuple[str, ...] = ()
    common_word: bool | None = None
    """Whether the name is also a word; None: whatever the dictionary says."""
    official: tuple[str, ...] = ()
    """Official handles, without platform."""
    domains: tuple[str, ...] = ()
    sector: str = ""
    """One of nlp/patterns/sectors.toml; empty: what is known of the name."""
    others: tuple[str, ...] = ()
    """Names of other companies asked about: no short name of this one."""

    @cached_property
    def trade(self) -> str:
        """The trade as stated, else that of a well-known company of this name, else empty."""
        return self.sector or sector_of(self.folded)

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """The names as they are looked for."""
        return tuple(dict.fromkeys(fold(name).strip() for name in self.names if name.strip()))

    @cached_property
    def short(self) -> tuple[str, ...]:
        """Other forms of the names, as people shorten and spell them, folded."""
        return tuple(sorted(self._short[0] | self._short[1]))

    @cached_property
    def written(self) -> tuple[str, ...]:
        """Every form in which running text may write a name, longest first."""
        return tuple(sorted({*self.folded, *self.short}, key=lambda name: (-len(name), name)))

    @cached_property
    def _short(self) -> tuple[frozenset[str], frozenset[str]]:
        barred = {fold(each).strip() for each in (*self.others, *self.negative, *self.names)}
        found = list(map(short_names, self.names))
        plain = frozenset[str]().union(*(each for each, _ in found)) - barred
        return plain, frozenset[str]().union(*(each for _, each in found)) - barred - plain

    @cached_property
    def official_handles(self) -> frozenset[str]:
        """Official handles, with and without their server."""
        folded = [fold(handle) for handle in self.official]
        return frozenset(folded) | {handle.split("@")[0] for handle in folded}

    @cached_property
    def compact(self) -> tuple[str, ...]:
        """The names as handles and hashtags write them (`La Poste` -> `laposte`), short ones of several words, too."""
        several = (name for name in self._short[0] if len(re.findall(r"\w{2,}", name)) > 1)
        return tuple(dict.fromkeys(re.sub(r"[^\w]", "", name) for name in (*self.folded, *sorted(several))))

    @cached_property
    def beginnings(self) -> tuple[str, ...]:
        """What a text must hold one of to name the company: most texts are told apart by this alone."""
        words = (re.split(r"[\s-]+", name)[0] for name in self.written)
        return tuple(sorted({*words, *self.compact, *self.official_handles, *map(fold, self.domains)} - {""}))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds every mention in folded text; group names say which kind."""
        words = "|".join(map(_spaced, self.written))
        handles = "|".join(
            map(re.escape, sorted({*self.official_handles, *self.compact}, key=len, reverse=True))
        )
        tags = "|".join(map(re.escape, sorted(self.compact, key=len, reverse=True)))
        domains = "|".join(map(re.escape, self.domains))
        parts = [
            rf"(?P<handle>(?<![\w@])@(?:{handles}){_AFFIX}?(?:@[\w.-]{{1,200}}\w|\.[\w.-]{{0,200}}\w)?(?![\w@]))",
            rf"(?P<hashtag>#(?:team_?|life_?at_?|weare_?)?(?:{tags})(?!\w))",
            rf"(?P<domain>(?<![\w-])(?:[\w.-]{{1,64}}@)?(?:[\w-]{{1,63}}\.){{0,8}}(?:{domains})(?![\w-]))"
            if domains
            else "",
            rf"(?P<name>(?<![\w@#])(?:{words})(?!\w))",
        ]
        return re.compile("|".join(part for part in parts if part))

    @cached_property
    def negative_pattern(self) -> re.Pattern[str] | None:
        """Finds phrases that hold the name but mean something else."""
        folded = [_spaced(fold(phrase)) for phrase in self.negative]
        return re.compile(rf"(?<!\w)(?:{'|'.join(folded)})(?!\w)") if folded else None

    def mentions(self, text: str, folded: str | None = None) -> list[Mention]:
        """Where `text` names the company, negative aliases left out."""
        folded = fold(text) if folded is None else folded
        for beginning in self.beginnings:
            if beginning in folded:
                break
        else:
            return []
        matches = islice(self.pattern.finditer(folded), _MOST_MENTIONS)
        found = [self._mention(match, text) for match in matches if self._is_meant(match, text)]
        if found and self.negative_pattern is not None:
            barred = [match.span() for match in self.negative_pattern.finditer(folded)]
            found = [m for m in found if not any(s <= m.start and m.end <= e for s, e in barred)]
        return found

    def _is_meant(self, match: re.Match[str], text: str) -> bool:
        """A short name that is a word means the company only with a capital that no sentence gave it."""
        if match.lastgroup != "name" or match.group() not in self._short[1]:
            return True
        start = match.start()
        return text[start].isupper() and not text.isupper() and not _SENTENCE_START.search(text[:start])

    def _mention(self, match: re.Match[str], text: str) -> Mention:
        kind: MentionKind = match.lastgroup  # type: ignore[assignment]
        start, end = match.span()
        official = kind == "handle" and match.group()[1:] in self.official_handles
        exact = kind != "name" or text[start:end] in self.names
        more = capitalised_after(text, end) if kind == "name" else 0
        is_short = kind == "name" and match.group() in self.short and match.group().isalpha()
        return Mention(
            kind=kind, start=start, end=end, official=official, exact=exact, goes_on=more, is_short=is_short
        )


def capitalised_after(text: str, end: int) -> int:
    """How many words with a capital letter follow at once, four at most; text all in capitals tells nothing."""
    found = _GOES_ON.match(text, end)
    if found is None or text.isupper():
        return 0
    return sum(word[:1].isupper() for word in re.split("[ -]", found.group()))


def _spaced(name: str) -> str:
    """A pattern for `name` that allows a hyphen for a blank and the other way round."""
    return r"[\s-]+".join(re.escape(part) for part in re.split(r"[\s-]+", name) if part) or r"(?!)"


def company_names(company: Company, others: tuple[str, ...] = ()) -> CompanyNames:
    """The names of a company of company.toml; `others`: names of those beside it."""
    return CompanyNames(
        company_id=company.company_id,
        names=company.names,
        negative=company.negative_aliases,
        common_word=company.common_word,
        official=tuple(account.partition(":")[2] for account in company.official_accounts),
        domains=company.domains,
        sector=company.sector or "",
        others=others,
    )


# Asked for once per line of a file, and dear to compile.
@lru_cache(maxsize=1000)
def names_of_all(companies: tuple[Company, ...]) -> tuple[CompanyNames, ...]:
    """The names of each; what one of them is called is no short name of another."""
    return tuple(
        company_names(
            company, tuple(name for other in companies if other is not company for name in other.names)
        )
        for company in companies
    )
