"""Settings: company.toml checked and frozen; every error names the line and the remedy."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from girafe.errors import GovernanceMissing, SettingsInvalid
from girafe.meant import as_its_platform_does
from girafe.platforms import one_name


def _official(value: str) -> str:
    platform, separator, handle = value.partition(":")
    if not separator or not platform.strip() or not handle.strip():
        raise ValueError('write it as "platform:handle", for example "mastodon:acme@example.social"')
    name = one_name(platform)
    return f"{name}:{as_its_platform_does(name, handle)}"


def _by_platform(days: dict[str, int]) -> dict[str, int]:
    """Under the name payloads land by; where one network is spelt in two ways, the shorter time holds."""
    if "meta" in map(str.lower, days):
        raise ValueError("what the source meta collects lies under facebook and instagram: name these")
    by_name: dict[str, int] = {}
    for written, count in days.items():
        name = one_name(written)
        by_name[name] = min(by_name.get(name, count), count)
    return by_name


# The system's list is some hundred files, opened one by one.
_time_zones = cache(available_timezones)


def _time_zone(value: str) -> str:
    if value not in _time_zones():
        raise ValueError('write an IANA name such as "Europe/Paris"')
    return value


def _some(values: tuple[str, ...]) -> tuple[str, ...]:
    if not values:  # not a min_length: pydantic would say so of a list whose items are wrong, too
        raise ValueError("must not be empty")
    return values


def _domain(value: str) -> str:
    bare = re.sub(r"^https?://", "", value.strip().lower()).removeprefix("www.").rstrip("/")
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", bare):
        raise ValueError('write a bare domain such as "acme.example"')
    return bare


def _as_seen(value: Any) -> Any:
    """A text on one line, without what no reader sees: breaks, commands to a terminal, marks that turn a line.

    They come along when a name is copied from a page. One could rename a window, hide half a line of a mail, and
    make the pictures of a release impossible to draw.
    """
    return " ".join(_printed(value).split()) if isinstance(value, str) else value


def _lines_as_seen(value: Any) -> Any:
    return "\n".join(map(_printed, value.splitlines())) if isinstance(value, str) else value


def _printed(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(
        " " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else "" if _UNSEEN.match(char) else char
        for char in text
    )


_UNSEEN = re.compile("[\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff\ufeff]")
_MOST = 2**31 - 1
"""Of persons; the warehouse holds no larger number."""
OfficialAccount = Annotated[str, BeforeValidator(_as_seen), AfterValidator(_official)]
Domain = Annotated[str, AfterValidator(_domain)]
Name = Annotated[str, BeforeValidator(_as_seen), Field(min_length=1, max_length=120)]
Line = Annotated[str, BeforeValidator(_as_seen)]
Remark = Annotated[str, BeforeValidator(_lines_as_seen)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Company(_Strict):
    """A company as people name it: the one listened for, or a competitor."""

    name: Name
    aliases: tuple[Name, ...] = ()
    negative_aliases: tuple[Name, ...] = ()
    """Phrases that hold the name but mean something else ("jus d'orange")."""
    common_word: bool | None = None
    """The name is also a common word, so it needs context to count as the company; unsaid: a dictionary decides."""
    sector: (
        Literal[
            "telecom",
            "energy",
            "post",
            "tech",
            "retail",
            "finance",
            "travel",
            "food",
            "media",
            "health",
            "education",
            "industry",
            "services",
        ]
        | None
    ) = None
    """The trade whose words tell the company from the common word; well-known names have theirs."""
    official_accounts: tuple[OfficialAccount, ...] = ()
    domains: tuple[Domain, ...] = ()

    @property
    def company_id(self) -> str:
        """The name as an identifier: lower-case ASCII words joined by `-`."""
        plain = unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore").decode()
        slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
        # Names in another script often begin alike: 株式会社..., شركة ..., Яндекс ...
        return slug or f"company-{blake2b(self.name.encode(), digest_size=6).hexdigest()}"

    @property
    def names(self) -> tuple[str, ...]:
        """The name and its aliases, each once."""
        return tuple(dict.fromkeys((self.name, *self.aliases)))


class HomeCompany(Company):
    """The company listened for, with what only it has."""

    time_zone: Annotated[str, AfterValidator(_time_zone)] = "Europe/Paris"
    languages: Annotated[tuple[Literal["fr", "en"], ...], AfterValidator(_some)] = ("fr", "en")
    headcount: Annotated[int, Field(gt=0, le=_MOST)] | None = None
    headcount_date: date | None = None
    headcount_source: Line | None = None

    @model_validator(mode="after")
    def _headcount_is_dated(self) -> HomeCompany:
        if self.headcount and not (self.headcount_date and self.headcount_source):
            raise ValueError(
                "a headcount needs headcount_date and headcount_source, so that a reader can judge it"
            )
        return self


class SourceSettings(_Strict):
    """One source to listen to."""

    name: Name
    enabled: bool = True
    queries: tuple[Name, ...] = ()
    """Left empty: the company's name and aliases."""
    options: dict[str, Any] = Field(default_factory=dict)
    """What only this source understands (`instances`, `feeds`, ...)."""
    canary: tuple[Line, ...] | None = None
    """Queries that always find something there, asked after a silent answer; None: the source's own; []: none."""


class Retention(_Strict):
    """How long payloads stay in landing; text goes first, counts stay."""

    raw_days: Annotated[int, Field(ge=1, le=366)] = 30
    days_by_platform: Annotated[
        dict[str, Annotated[int, Field(ge=1, le=366)]], AfterValidator(_by_platform)
    ] = Field(default_factory=dict)

    def raw(self, platform: str) -> timedelta:
        """Time to live of a payload of `platform`."""
        return timedelta(days=self.days_by_platform.get(platform, self.raw_days))


class Privacy(_Strict):
    """Thresholds below which nothing about people is published: variables of the dbt project, by the same names."""

    small_group: Annotated[int, Field(ge=5, le=_MOST)] = 5
    # Whoever raises the first alone means cross-tables, too.
    small_group_cross: Annotated[int, Field(ge=10, le=_MOST)] = Field(
        default_factory=lambda known: max(10, known.get("small_group", 0))
    )

    @field_validator("small_group_cross")
    @classmethod
    def _is_no_smaller(cls, value: int, info: ValidationInfo) -> int:
        least = info.data.get("small_group", 0)
        if value < least:
            raise ValueError(
                f"must be {least} or more, as small_group: a cross-table is to tell no smaller group"
            )
        return value


class Governance(_Strict):
    """What must be true before a live run may send its first request."""

    legal_basis: Remark = ""
    purpose: Remark = ""
    dpia_reference: Remark = ""
    works_council_informed_on: date | None = None
    notice_url: Remark = ""
    dpo_contact: Remark = ""

    def missing(self, today: date) -> tuple[str, ...]:
        """The keys that say nothing yet, in the order of the file; a day to come has not informed anybody."""
        return tuple(
            name for name in type(self).model_fields if not _says_something(getattr(self, name), today)
        )

    def check(self, today: date) -> None:
        """Raises GovernanceMissing, naming every key that says nothing yet, unless the block is complete."""
        missing = self.missing(today)
        if missing:
            informed = self.works_council_informed_on
            raise GovernanceMissing(
                "Nothing was collected: fill in "
                + ", ".join(missing)
                + " under [governance] in company.toml (docs/governance.md says what each one means)."
                + (f" {informed} is still to come." if informed and informed > today else "")
            )


_NOT_YET = frozenset({"à compléter", "à remplir", "to be completed", "to do", "todo", "tbd", "n/a", "xxx"})
"""What stands for an answer that is still to be given; the first is what the drafted papers say."""


def _says_something(value: str | date | None, today: date) -> bool:
    if isinstance(value, date):
        return value <= today
    text = (value or "").casefold().strip(" .:!?-_*<>[](){}")
    return text not in _NOT_YET and any(map(str.isalnum, text))


def _repeated(names: Sequence[str]) -> str:
    """Those that stand more than once, in words."""
    return ", ".join(sorted({name for name in names if names.count(name) > 1}))


class Settings(_Strict):
    """company.toml, whole."""

    company: HomeCompany
    competitors: tuple[Company, ...] = ()
    sources: tuple[SourceSettings, ...] = ()
    retention: Retention = Retention()
    privacy: Privacy = Privacy()
    governance: Governance = Governance()

    @model_validator(mode="after")
    def _companies_differ(self) -> Settings:
        if twice := _repeated([company.company_id for company in self.companies]):
            raise ValueError(f"two companies share the name {twice}; rename one")
        return self

    @model_validator(mode="after")
    def _sources_stand_once(self) -> Settings:
        if twice := _repeated([source.name for source in self.sources]):
            # The options of the second would ask nobody.
            raise ValueError(
                f"[[sources]] names {twice} more than once; put all its queries and options into one"
            )
        return self

    @property
    def companies(self) -> tuple[Company, ...]:
        """The company listened for first, then its competitors."""
        return (self.company, *self.competitors)

    def source(self, name: str) -> SourceSettings:
        """What company.toml says of a source; the defaults where it does not name it."""
        return next((source for source in self.sources if source.name == name), SourceSettings(name=name))


def load_settings(path: Path) -> Settings:
    """Reads company.toml; raises SettingsInvalid with file, line and remedy."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise SettingsInvalid(f'{path}: no such file. Write one with: girafe init "Your company"') from error
    except IsADirectoryError as error:
        raise SettingsInvalid(f"{path}: a folder; name the company.toml itself.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsInvalid(f"{path}: cannot be read as UTF-8 text ({error}).") from error
    return parse_settings(text, origin=str(path))


def parse_settings(text: str, *, origin: str = "company.toml") -> Settings:
    """Checks the text of a company.toml; raises SettingsInvalid with `origin`, line and remedy."""
    try:
        tree = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # tomllib lets through numbers too long, tables too deep
        raise SettingsInvalid(f"{origin}: not valid TOML: {error}") from error
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        problems = [
            f"{origin}:{_line_of(text, tuple(problem['loc']))}: {_explain(problem)}"
            for problem in error.errors()
        ]
    # Out here, so that no log shows what lies behind it: pydantic quotes whole values, a misplaced key too.
    raise SettingsInvalid("\n".join(problems))


_WHOLE, _DAY, _YES_NO = "must be a whole number", "must be a day such as 2026-01-31", "must be true or false"
_PLAIN_WORDS = {
    "missing": "is missing; add it",
    "extra_forbidden": "is not a known key; remove it or correct its spelling",
    "string_type": "must be text in quotes",
    "too_short": "must not be empty",
    "too_long": "must be at most {max_length} characters long",
    "tuple_type": "must be a list in brackets",
    "bool_type": _YES_NO,
    "bool_parsing": _YES_NO,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "literal_error": "must be {expected}",
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "model_type": "must be a table, [{where}]",
    "dict_type": "must be a table in braces",
}
"""What pydantic calls a fault, said to a person who has never heard of pydantic."""


def _explain(problem: Any) -> str:
    location = problem["loc"]
    where = ".".join(str(part) for part in location) or "the file"
    what = _PLAIN_WORDS.get(problem["type"])
    if what is None:
        what = str(problem["msg"]).removeprefix("Value error, ")
    else:
        what = what.format(where=where, **problem.get("ctx", {}))
    if problem["type"] == "tuple_type" and location in _REPEATED:
        what = f"is a list of tables; write [[{where}]]"
    if problem["type"] == "extra_forbidden":
        near = get_close_matches(str(location[-1]), _known_keys(location), n=1)
        what += f' (did you mean "{near[0]}"?)' if near else ""
    return f"{where}: {what}"


_REPEATED = (("competitors",), ("sources",))


def _known_keys(location: tuple[str | int, ...]) -> Iterable[str]:
    """The keys that the table of `location` may hold."""
    tables: dict[str | int, type[BaseModel]] = {
        "company": HomeCompany,
        "competitors": Company,
        "sources": SourceSettings,
        "retention": Retention,
        "privacy": Privacy,
        "governance": Governance,
    }
    return (tables[location[0]] if len(location) > 1 else Settings).model_fields


def _line_of(text: str, location: tuple[str | int, ...]) -> int:
    """The 1-based line where `location` is set, else the line of its table, else 1.

    tomllib keeps no positions, so the table headers and keys are searched in the text: enough for
    the flat tables company.toml is made of.
    """
    lines = text.splitlines()
    table: list[str] = []
    index: int | None = None
    for part in location:
        if isinstance(part, int) and len(table) == 1 and index is None:
            index = part
        else:
            table.append(str(part))
    best = 1
    for depth in range(len(table), 0, -1):
        header, key = ".".join(table[:depth]), table[depth] if depth < len(table) else None
        begins = re.compile(rf"\s*\[+\s*{re.escape(header)}\s*\]+\s*(#.*)?")
        starts = [number for number, line in enumerate(lines, 1) if begins.fullmatch(line)]
        if not starts:
            continue
        start = starts[index] if index is not None and index < len(starts) else starts[0]
        best = start
        if key is not None:
            sets = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
            for number in range(start + 1, len(lines) + 1):
                line = lines[number - 1]
                if re.match(r"\s*\[", line) and "=" not in line:
                    break
                if sets.match(line):
                    return number
        break
    return best


def time_zone(settings: Settings) -> ZoneInfo:
    """The time zone in which the company's ISO weeks begin."""
    return ZoneInfo(settings.company.time_zone)
