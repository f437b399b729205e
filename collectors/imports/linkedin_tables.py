"""Tables of a LinkedIn export, in each dialect seen: quotes doubled, quotes behind a backslash, and long
texts whose every physical line is wrapped in quotes of its own, which no CSV reader takes for one field."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from collectors.imports.contract import Bad
from collectors.imports.mapping import plain

Found: TypeAlias = tuple[int, dict[str, str]]
"""Line number of a row in its file, and its cells by column."""

_DATE = r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?(?: UTC)?"
_DATED = re.compile(rf"(?:{_DATE})?\Z")
_STARTS_ROW = re.compile(
    rf'"?(?P<date>(?:{_DATE})?)"?,(?P<link>"?https?://[^",\s]+"?),(?P<rest>.*)', re.DOTALL
)
_ENDS_SHARE = re.compile(r',(?P<shared>"?[^",\n]*"?),(?P<media>"?[^",\n]*"?),(?P<seen>"?[A-Za-z_]*"?)\s*\Z')
_MOST_NOTES = 20
_FEWEST_COLUMNS = 3
_TAIL = ("SharedUrl", "MediaUrl", "Visibility")
_LAYOUTS = (
    ("Date", "ShareLink", "ShareCommentary", "SharedUrl", "MediaUrl", "Visibility"),
    ("Date", "Link", "Message"),
)
"""Shares and Comments, column by column, in every language."""
_LONGEST_CELL = 4 * 1024 * 1024


def decoded(content: bytes) -> str:
    """The words of a member, whatever its encoding; NULs mean nothing in a table."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace").replace("\x00", "")
    try:
        words = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        words = content.decode("cp1252", "replace")
    return words.replace("\x00", "")


_COLUMNS: Mapping[str, str] = {
    plain(name): column
    for column, names in (
        ("Date", "Date"),
        ("ShareLink", "ShareLink|Lien du partage|Lien de partage"),
        ("ShareCommentary", "ShareCommentary|Commentaire du partage|Texte du partage|Commentaire"),
        ("SharedUrl", "SharedUrl|Shared URL|URL partagée"),
        ("MediaUrl", "MediaUrl|Media URL|URL du média"),
        ("Visibility", "Visibility|Visibilité"),
        ("Link", "Link|Lien"),
        ("Message", "Message"),
        ("Company Name", "Company Name|Nom de l'entreprise|Entreprise"),
        ("Title", "Title|Titre|Intitulé du poste"),
        ("Finished On", "Finished On|Date de fin|Terminé le"),
    )
    for name in names.split("|")
}
"""Columns by the names different years and languages give them."""


def columns_of(cells: Iterable[str]) -> set[str]:
    """Which of the columns we know a row names."""
    return {_COLUMNS[plain(cell)] for cell in cells if plain(cell) in _COLUMNS}


def read_table(words: str, name: str) -> Iterator[Found | Bad]:
    """Rows by column name, read in the dialect that leaves the fewest rows misshapen."""
    csv.field_size_limit(_LONGEST_CELL)
    words, above = _below_notes(words)
    for number, cells in _rows(words):
        position = f"{name}:{number + above}"
        if isinstance(cells, dict):
            yield number + above, cells
        else:
            detail = "The row has more cells than there are columns; is a quote missing?"
            yield Bad(reason="row_misshapen", detail=detail, position=position, raw=str(cells))


def _below_notes(words: str) -> tuple[str, int]:
    """The table from its header on, separated by commas, and how many lines stood above."""
    lines = words.splitlines(keepends=True)
    for number, line in enumerate(lines[:_MOST_NOTES]):
        for separator in ",;\t":
            if len(columns_of(cell.strip('"') for cell in line.strip().split(separator))) >= _FEWEST_COLUMNS:
                table = "".join(lines[number:])
                return (table if separator == "," else _with_commas(table, separator)), number
    return words, 0


def _with_commas(table: str, separator: str) -> str:
    found = io.StringIO()
    csv.writer(found).writerows(csv.reader(io.StringIO(table, newline=""), delimiter=separator))
    return found.getvalue()


def _rows(words: str) -> Iterator[tuple[int, dict[str, str] | list[str]]]:
    escapes: list[str | None] = ["\\", None] if '\\"' in words else [None]
    readings = [_as_csv(words, escape) for escape in escapes]
    best = min(readings, key=_misshapen)
    if not best:
        return
    header = _english(best)
    if _of_other_width(best) and _is_speech(header):
        wrapped = [best[0], *_as_wrapped_lines(words, header)]
        best = min((best, wrapped), key=_misshapen)
    for number, cells in best[1:]:
        if any(cells):
            yield number, cells if len(cells) > len(header) else dict(zip(header, cells, strict=False))


def _english(rows: Sequence[tuple[int, list[str]]]) -> list[str]:
    """The header in LinkedIn's own names; in a language nobody has shown us, by the place of each column."""
    header = [_COLUMNS.get(plain(column), column.strip()) for column in rows[0][1]]
    is_speech = any(
        len(cells) > 1 and _DATED.match(cells[0].strip()) and cells[1].strip().startswith("http")
        for _, cells in rows[1:]
    )
    layout = next((known for known in _LAYOUTS if len(known) == len(header)), None)
    return list(layout) if is_speech and layout and set(layout) != set(header) else header


def _as_csv(words: str, escape: str | None) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(words, newline=""), escapechar=escape)
    found: list[tuple[int, list[str]]] = []
    start = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return found
        except csv.Error as error:
            cells = [f"unreadable: {error}"] * 99  # more cells than any header: refused below
        found.append((start, cells))
        start = reader.line_num + 1


def _misshapen(rows: Sequence[tuple[int, list[str]]]) -> int:
    """How many rows do not fit under the header, or begin with something else than a date."""
    if not rows:
        return 0
    header, first = rows[0][1], rows[0][1][0].strip() if rows[0][1] else ""
    return sum(
        len(cells) != len(header) or (first == "Date" and not _DATED.match(cells[0].strip()))
        for _, cells in rows[1:]
        if any(cells)
    )


def _of_other_width(rows: Sequence[tuple[int, list[str]]]) -> int:
    return sum(len(cells) != len(rows[0][1]) for _, cells in rows[1:] if any(cells))


def _is_speech(header: Sequence[str]) -> bool:
    return [column.strip() for column in header[:2]] in (["Date", "ShareLink"], ["Date", "Link"])


def _as_wrapped_lines(words: str, header: Sequence[str]) -> list[tuple[int, list[str]]]:
    """Rows begin where a line begins with a date (or none) and a link; what is between is their text."""
    lines = words.splitlines()
    starts = [number for number, line in enumerate(lines) if number and _STARTS_ROW.match(line)]
    found = []
    lost = "\n".join(lines[1 : starts[0] if starts else None]).strip()
    if lost:
        found.append((2, [lost] * (len(header) + 1)))  # of no dialect: refused, not forgotten
    if not starts:
        return found
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        row = _STARTS_ROW.match("\n".join(lines[start:end]))
        if row is not None:
            found.append((start + 1, _wrapped_row(row, header)))
    return found


def _wrapped_row(row: re.Match[str], header: Sequence[str]) -> list[str]:
    said, tail = row["rest"].rstrip("\n"), dict.fromkeys(_TAIL, "")
    if "ShareLink" in header and (end := _ENDS_SHARE.search(said)):
        tail = dict(zip(_TAIL, (part.strip('"') for part in end.groups()), strict=True))
        said = said[: end.start()]
    lines = said.splitlines()
    if len(lines) > 1 and said.startswith('"') and said.endswith('"') and not lines[1].startswith('"'):
        said = said[1:-1]  # one pair of quotes around the whole text
    said = "\n".join(_unwrapped(line) for line in said.splitlines())
    known = {"Date": row["date"], "ShareLink": row["link"].strip('"'), "Link": row["link"].strip('"'),
             "ShareCommentary": said, "Message": said, **tail}  # fmt: skip
    return [known.get(column.strip(), "") for column in header]


def _unwrapped(line: str) -> str:
    if len(line) >= 2 and line.startswith('"') and line.endswith('"'):
        line = line[1:-1]
    return line.replace('""', '"').replace('\\"', '"')
