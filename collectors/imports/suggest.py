"""A first mapping for a table nobody has described yet: guessed from its header and its values, to be corrected."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC

from collectors.imports.contract import File
from collectors.imports.dates import Ambiguous, Order, read_date
from collectors.imports.mapping import HEADER_WITHIN, plain
from collectors.imports.table import first_rows, refuse_other_kinds
from girafe.company_file import toml_text
from girafe.errors import InputInvalid

_SAID: Mapping[str, str] = {
    "post_id": "post id|message id|comment id|id|uuid|permalink|document id|tweet id|identifiant|id message|nachricht id|url|link|lien",
    "created_at": "created at|date|published|published at|publication date|posted at|timestamp|time|datetime|date time|"
                  "date de publication|publie le|cree le|horodatage|datum|erstellt am|veroffentlicht am|fecha|created|post created|date created",
    "text": "text|body|message|content|full text|comment|post|description|caption|texte|contenu|commentaire|texte integral|"
            "inhalt|nachricht|texto|contenido|mention|snippet|extrait|hit sentence|tweet",
    "title": "title|headline|subject|titre|objet|sujet|titel|betreff|titulo",
    "account_id": "author id|user id|account id|member id|id auteur|id utilisateur|autor id|sender id",
    "handle": "handle|username|user name|author handle|screen name|author|user|member|auteur|utilisateur|pseudo|membre|autor|benutzer|"
              "usuario|sender|nickname|login|page name|source",
    "display_name": "display name|full name|author name|name|nom|nom complet|nom affiche|vollstandiger name|nombre",
    "bio": "bio|author bio|signature|author description|profile|headline author|biographie|biografie|about",
    "author_url": "author url|profile url|user url|url auteur",
    "reply_to": "reply to|in reply to|parent id|parent|answer to|reply to id|in response to|reponse a|en reponse a|antwort auf|parent url",
    "conversation_id": "thread id|conversation id|topic id|thread|topic|discussion|fil|sujet id|conversation",
    "mentions": "mentions|mentioned users|mentioned authors|mentionne",
    "lang": "lang|language|langue|sprache|idioma",
    "url": "url|link|permalink|post url|lien|adresse",
    "likes": "likes|like count|favorites|j aime|reactions|gefallt mir|upvotes|score",
    "replies": "replies|reply count|comments|comment count|reponses|commentaires|antworten",
    "reposts": "reposts|shares|retweets|repost count|share count|partages|geteilt",
    "followers": "followers|follower count|abonnes|author followers",
}  # fmt: skip
"""Field -> names its column may have, as `plain` writes them, the likeliest first."""
_NAMES: Mapping[str, tuple[str, ...]] = {field: tuple(names.split("|")) for field, names in _SAID.items()}
_KNOWN = frozenset(name for names in _NAMES.values() for name in names)
_NEEDED = ("post_id", "created_at", "text", "handle")
_WHAT = {
    "post_id": "unique on its platform; an address will do",
    "created_at": "when it was written",
    "text": "what people saw",
    "handle": "who wrote it; account_id instead where ids are there",
}
_FEWEST_CELLS = 3


def suggest_mapping(file: File) -> str:
    """A mapping file as text, with what could not be guessed marked; InputInvalid if the file is no table."""
    refuse_other_kinds(file)
    rows = first_rows(file)
    header, below = _header(rows)
    if not header:
        raise InputInvalid(f"{file.label}: no table with at least {_FEWEST_CELLS} named columns was found.")
    chosen = guess_columns(header, below)
    return _written(file.label, header, chosen)


def guess_columns(header: Sequence[str], below: Sequence[Sequence[str]]) -> dict[str, str]:
    """Field -> column, by its name, and for dates and texts by what stands in it."""
    names, chosen = {plain(name): name for name in reversed(header) if plain(name)}, dict[str, str]()
    for field, known in _NAMES.items():
        match = next((names[choice] for choice in known if choice in names), None)
        if match is not None and (field == "url" or match not in chosen.values()):
            chosen[field] = match
    if "created_at" not in chosen and (dated := _dated(header, below, chosen)):
        chosen["created_at"] = dated
    if "text" not in chosen and (said := _longest(header, below, chosen)):
        chosen["text"] = said
    return chosen


def _header(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], Sequence[Sequence[str]]]:
    """The row that names most columns a person would know; without any, the first wide one."""
    best, place = 0, -1
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        filled = [cell for cell in row if cell.strip()]
        if len(filled) < _FEWEST_CELLS or len(set(filled)) < len(filled):
            continue
        score = 1 + 10 * sum(plain(cell) in _KNOWN for cell in filled)
        if score > best:
            best, place = score, number
    if place < 0:
        return (), ()
    return tuple(rows[place]), rows[place + 1 :]


def _dated(header: Sequence[str], below: Sequence[Sequence[str]], chosen: Mapping[str, str]) -> str | None:
    for place, name in enumerate(header):
        values = [row[place] for row in below if place < len(row) and row[place].strip()]
        if name and name not in chosen.values() and values and all(_is_date(value) for value in values):
            return name
    return None


def _is_date(words: str) -> bool:
    try:
        return not re.fullmatch(r"\d{1,6}", words) and read_date(words, UTC, Order.UNDECIDED) is not None
    except Ambiguous:
        return True


def _longest(header: Sequence[str], below: Sequence[Sequence[str]], chosen: Mapping[str, str]) -> str | None:
    sizes = {
        name: sum(len(row[place]) for row in below if place < len(row))
        for place, name in enumerate(header)
        if name and name not in chosen.values()
    }
    longest = max(sizes, key=lambda name: sizes[name], default=None)
    return longest if longest and sizes[longest] > 20 * max(len(below), 1) else None


def _written(label: str, header: Sequence[str], chosen: Mapping[str, str]) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", plain(label.partition(".")[0]))[:40].strip("_") or "mine"
    lines = [
        f"# A mapping for {toml_text(label)}, guessed from its header: read it, correct it, then",
        "#     girafe import FILE --format THIS-FILE --dry-run",
        "# docs/formats.md says what each field means.",
        f"name = {toml_text(name)}",
        f"about = {toml_text('A table of your own')}",
        'platform = "web"      # one word: forum, x, bluesky, linkedin, ...',
        'time_zone = "UTC"     # of times without offset, for example "Europe/Paris"',
        "# day_first = true    # 03/04/2026 is the third of April, where no date of the file decides it",
        "",
        "[columns]",
    ]
    for field in _NEEDED:
        if field not in chosen and not (field == "handle" and "account_id" in chosen):
            lines.append(f'# {field} = ["?"]    # NEEDED, not found: {_WHAT[field]}')
    lines += [f"{field} = [{toml_text(column)}]" for field, column in chosen.items()]
    unused = [column for column in header if column and column not in chosen.values()]
    if unused:
        lines += [
            "",
            f"# Columns not used: {', '.join(toml_text(column) for column in unused)}",
        ]
    lines += [
        "",
        "# [skip]                      # rows that are nobody's words",
        '# Status = ["draft", "deleted"]',
        "",
    ]
    return "\n".join(lines)
