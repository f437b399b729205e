"""Lines: one JSON object in, one out, in order; a bad line gets an answer that says what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, TypeAlias

import orjson

from girafe.errors import InputInvalid
from girafe.settings import Settings
from nlp.company import CompanyNames, names_of_all
from nlp.sectors import sector_names

Line: TypeAlias = dict[str, Any]
_BATCH, _SLOW_BATCH = 1024, 64


def answer_lines(
    lines: Iterable[str],
    answer: Callable[[Sequence[Line]], Sequence[Line]],
    *,
    key: str,
    check: Callable[[Line], None],
    fast: bool = True,
) -> Iterator[str]:
    """Answers each non-empty line; a line that cannot be read is answered with `error` and its number.

    Lines are answered together, fewer at a time where each takes long (not `fast`).
    """
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    while batch := list(islice(numbered, _BATCH if fast else _SLOW_BATCH)):
        read = [_read(number, line, key, check) for number, line in batch]
        readable = [item for item in read if "error" not in item]
        answers = iter(answer(readable) if readable else ())
        for item in read:
            yield orjson.dumps(item if "error" in item else next(answers)).decode()


def _read(number: int, line: str, key: str, check: Callable[[Line], None]) -> Line:
    try:
        item = orjson.loads(line.removeprefix("\ufeff"))
        if not isinstance(item, dict):
            raise InputInvalid("not a JSON object")
        if item.get(key) in (None, ""):
            raise InputInvalid(f"{key} is missing")
        if isinstance(item[key], list | dict):  # it is repeated in the answer, which may be too deep to write
            raise InputInvalid(f"{key} is not text")
        item = {name: value for name, value in item.items() if name != "error"}
        check(item)
    except (orjson.JSONDecodeError, InputInvalid) as error:
        found = item.get(key) if isinstance(item := _object(line), dict) else None
        return {key: None if isinstance(found, list | dict) else found, "error": f"line {number}: {error}"}
    return item


def _object(line: str) -> object:
    try:
        found: object = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return found


def text_of(item: Mapping[str, Any], name: str) -> str:
    """A text field; absent and null are empty, anything but text is refused."""
    value = item.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputInvalid(f"{name} is not text")
    return value


def texts_of(item: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A list of texts; absent and null are empty."""
    value = item.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise InputInvalid(f"{name} is not a list of texts")
    return tuple(value)


def company_of(item: Mapping[str, Any], settings: Settings | None) -> CompanyNames | None:
    """The company a line names itself, else that of company.toml, else none."""
    own = item.get("company")
    if own is None:
        return names_of_all(settings.companies)[0] if settings is not None else None
    if isinstance(own, str):
        own = {"name": own}
    if not isinstance(own, dict) or not text_of(own, "name").strip():
        raise InputInvalid('company needs a name: {"name": "...", "aliases": []}')
    sector = text_of(own, "sector")
    if sector and sector not in sector_names():
        raise InputInvalid(f"sector is none of {', '.join(sector_names())}")
    return _own_company(
        (own["name"], *texts_of(own, "aliases")),
        texts_of(own, "negative_aliases"),
        None if (stated := own.get("common_word")) is None else bool(stated),
        tuple(each.rpartition(":")[2] for each in texts_of(own, "official_accounts")),
        texts_of(own, "domains"),
        sector,
    )


# Lines mostly ask about the same few companies, whose patterns are dear to compile.
@lru_cache(maxsize=1000)
def _own_company(
    names: tuple[str, ...],
    negative: tuple[str, ...],
    common_word: bool | None,
    official: tuple[str, ...],
    domains: tuple[str, ...],
    sector: str,
) -> CompanyNames:
    return CompanyNames(
        company_id="own",
        names=names,
        negative=negative,
        common_word=common_word,
        official=official,
        domains=domains,
        sector=sector,
    )
