"""Mapping files: which column of somebody's export means what (config/imports/*.toml)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from girafe.errors import InputInvalid
from girafe.platforms import one_name

_WORDS = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
SHIPPED = Path(__file__).parents[2] / "config" / "imports"

FieldName = Literal[
    "post_id", "created_at", "clock_time", "age", "observed_at", "title", "text", "account_id", "handle",
    "display_name", "publisher", "bio", "author_url", "links", "followers", "is_bot", "is_organisation", "reply_to",
    "conversation_id", "quote_of", "repost_of", "mentions", "lang", "url", "likes", "replies", "reposts",
    "time_precision", "voice", "about", "place",
]  # fmt: skip


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{value!r} is no time zone; write one like Europe/Paris or UTC") from error
    return value


class ImportMapping(BaseModel):
    """One mapping file. Column names are compared without case, and `_` counts as a space."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")]
    about: str
    recognise: tuple[str, ...] = ()
    """Columns that must all be there; `A|B` means either. Empty: only when named by --format."""
    recognise_also: tuple[tuple[str, ...], ...] = ()
    """Other sets of columns that each suffice: people export the columns they chose."""
    platform: Annotated[str, AfterValidator(one_name)]
    """Where no column says otherwise; empty: a column has to say it."""
    platform_from: str = ""
    """A column that holds the platform's own name."""
    platform_columns: tuple[str, ...] = ()
    platforms: dict[str, Annotated[str, AfterValidator(one_name)]] = Field(default_factory=dict)
    """What these columns may say (or end in, for domains) -> platform."""
    columns: dict[FieldName, tuple[str, ...]]
    """Field -> columns, the first that is not empty counts."""
    native_id_from: tuple[str, ...] = ()
    """Columns with the post's own address: where it holds the platform's id, that is the post's id."""
    time_zone: Annotated[str, AfterValidator(_time_zone)] = "UTC"
    """Of times without offset."""
    time_formats: tuple[str, ...] = ()
    """For dates no person would guess; ISO 8601, epoch and spreadsheet numbers, dates with month names or
    slashes are read without."""
    day_first: bool | None = None
    """How 03/04/2026 is read where no date of the file decides it; absent: day first under a header that is
    not English."""
    time_from_id: Literal["", "linkedin"] = ""
    """Where ids hold a more exact time than the export."""
    organisation_values: tuple[str, ...] = (
        "organisation",
        "organization",
        "organizational",
        "yes",
        "true",
        "1",
    )
    skip: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Column -> values of rows that are not speech (bare reposts)."""

    @property
    def zone(self) -> ZoneInfo:
        """Of times without offset."""
        return ZoneInfo(self.time_zone)

    # What every row of a table asks for is worked out once: these are half of the time a table takes.

    @cached_property
    def plain_columns(self) -> Mapping[str, tuple[str, ...]]:
        """`columns`, as `plain` writes their names."""
        return {field: tuple(map(plain, names)) for field, names in self.columns.items()}

    @property
    def columns_of_words(self) -> tuple[str, ...]:
        """Without one of these a table says nothing."""
        return (*self.columns.get("text", ()), *self.columns.get("title", ()))

    @cached_property
    def places(self) -> Mapping[str, Sequence[tuple[int, FieldName]]]:
        """Of each column, as `plain` writes its name: the fields it fills, each with its place among all columns."""
        found: dict[str, list[tuple[int, FieldName]]] = {}
        pairs = ((field, name) for field, names in self.columns.items() for name in names)
        for place, (field, name) in enumerate(pairs):
            found.setdefault(plain(name), []).append((place, field))
        return found

    @cached_property
    def plain_skip(self) -> Mapping[str, frozenset[str]]:
        """`skip`, its columns as `plain` writes them, its values without case."""
        return {
            plain(column): frozenset(value.casefold() for value in values)
            for column, values in self.skip.items()
        }

    @cached_property
    def headers(self) -> tuple[tuple[frozenset[str], ...], ...]:
        """The sets of columns by which a table is recognised; of each column, the names that will do."""
        return tuple(
            tuple(frozenset(map(plain, column.split("|"))) for column in wanted)
            for wanted in (self.recognise, *self.recognise_also)
            if wanted
        )

    @cached_property
    def longest_domain(self) -> int:
        """How many parts the longest domain in `platforms` has."""
        return max((value.count(".") + 1 for value in self.platforms), default=1)


HEADER_WITHIN = 60
"""Rows of preamble that may stand above a header."""
LOCALISED = frozenset(
    {
        "auteur", "titre", "langue", "pays", "domaine", "heure", "requete", "extrait", "type de page",
        "nom de la requete", "texte integral", "autor", "titel", "sprache", "land", "uhrzeit", "quelle",
        "datum", "seitentyp", "abfragename", "phrase cle", "titulo", "idioma", "pais", "fecha", "hora",
        "autore", "titolo", "lingua",
    }
)  # fmt: skip
"""Column names, as `plain` writes them, that only exports in other languages than English have."""


@lru_cache(8192)
def plain(name: object) -> str:
    """A column's name as it is compared: no case, no accents, no punctuation; `queryName` is two words."""
    folded = unicodedata.normalize("NFKD", _HUMP.sub(" ", str(name or "")).casefold())
    return " ".join(_WORDS.findall("".join(mark for mark in folded if not unicodedata.combining(mark))))


def header_matches(mapping: ImportMapping, cells: Sequence[object]) -> bool:
    """Whether this row names every column the mapping wants."""
    names = {plain(cell) for cell in cells}
    return any(not any(map(names.isdisjoint, wanted)) for wanted in mapping.headers)


def is_header(mapping: ImportMapping, cells: Sequence[object]) -> bool:
    """Whether this row is the header: it names what the mapping recognises, or two mapped columns, of words one."""
    if mapping.recognise:
        return header_matches(mapping, cells)
    named = {plain(cell) for cell in cells}
    wanted = {name for names in mapping.plain_columns.values() for name in names}
    return len(wanted & named) >= 2 and not named.isdisjoint(map(plain, mapping.columns_of_words))


def read_mapping(path: Path) -> ImportMapping:
    """A mapping file, checked; InputInvalid names what is wrong in it."""
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        return ImportMapping.model_validate(tree)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
            for problem in error.errors()
        )
        raise InputInvalid(f"{path.name} is not a valid mapping file: {problems}.") from error
    # Beside its own errors tomllib lets through those of numbers too long and of tables too deep.
    except (OSError, ValueError, RecursionError) as error:
        raise InputInvalid(f"{path.name} cannot be read as a mapping file ({error}).") from error


def shipped_mappings() -> Mapping[str, ImportMapping]:
    """Every mapping file in config/imports, the most demanding first, so that the closest fit wins."""
    found = [read_mapping(path) for path in sorted(SHIPPED.glob("*.toml"))]
    found.sort(key=lambda mapping: -len(mapping.recognise))
    return {mapping.name: mapping for mapping in found}
