"""Mapping files: which column of somebody's export means what (config/imports/*.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from girafe.errors import InputInvalid

SHIPPED = Path(__file__).parents[2] / "config" / "imports"

FieldName = Literal[
    "post_id", "created_at", "clock_time", "observed_at", "title", "text", "account_id", "handle",
    "display_name", "bio", "author_url", "links", "followers", "is_bot", "is_organisation", "reply_to",
    "conversation_id", "quote_of", "repost_of", "mentions", "lang", "url", "likes", "replies", "reposts",
]  # fmt: skip


class ImportMapping(BaseModel):
    """One mapping file. Column names are compared without case, and `_` counts as a space."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")]
    about: str
    recognise: tuple[str, ...] = ()
    """Columns that must all be there; `A|B` means either. Empty: only when named by --format."""
    platform: str
    """Where no column says otherwise."""
    platform_from: str = ""
    """A column that holds the platform's own name."""
    platform_columns: tuple[str, ...] = ()
    platforms: dict[str, str] = Field(default_factory=dict)
    """What these columns may say (or end in, for domains) -> platform."""
    columns: dict[FieldName, tuple[str, ...]]
    """Field -> columns, the first that is not empty counts."""
    time_zone: str = "UTC"
    """Of times without offset."""
    time_formats: tuple[str, ...] = ()
    """Tried after ISO 8601 and epoch numbers."""
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


def plain(name: object) -> str:
    """A column's name as it is compared."""
    return re.sub(r"[\s_]+", " ", str(name or "").replace("\ufeff", "")).strip().casefold()


def header_matches(mapping: ImportMapping, cells: Sequence[object]) -> bool:
    """Whether this row names every column the mapping wants."""
    names = {plain(cell) for cell in cells}
    return bool(mapping.recognise) and all(
        any(plain(choice) in names for choice in wanted.split("|")) for wanted in mapping.recognise
    )


def read_mapping(path: Path) -> ImportMapping:
    """A mapping file, checked; InputInvalid names what is wrong in it."""
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        return ImportMapping.model_validate(tree)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputInvalid(f"{path.name} cannot be read as a mapping file ({error}).") from error
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
            for problem in error.errors()
        )
        raise InputInvalid(f"{path.name} is not a valid mapping file: {problems}.") from error


def shipped_mappings() -> Mapping[str, ImportMapping]:
    """Every mapping file in config/imports, the most demanding first, so that the closest fit wins."""
    found = [read_mapping(path) for path in sorted(SHIPPED.glob("*.toml"))]
    found.sort(key=lambda mapping: -len(mapping.recognise))
    return {mapping.name: mapping for mapping in found}
