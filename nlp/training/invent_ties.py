"""Invented profiles and posts whose author is tied to a company, or only seems to be: turns.txt and plain.toml, filled in,
and the texts of whole accounts."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.company import CompanyNames
from nlp.training.invent_bios import TiedProfile

ACCOUNTS = tuple(sorted((Path(__file__).parent / "accounts").glob("writer_*.tsv")))
"""Whole accounts to learn from, a file for each writer, each text marked with whether it tells what its author is to the
company."""
TURNS = (
    *sorted(Path(__file__).parent.glob("turns*.txt"), key=lambda path: (len(path.stem), path.name)),
    *ACCOUNTS,
)
"""turns.txt, and what was written after it."""
PLAIN = Path(__file__).parent / "plain.toml"
FRESH = (Path(__file__).parent / "fresh_turns.txt",)
"""Written after the rules, the words and the model, and never trained on."""

KEPT_APART = Path(__file__).parent / "kept_apart.tsv"
"""Whole accounts, hard ones, half of them of people who only speak of the company; never trained on, never looked at."""
ORDINARY_APART = Path(__file__).parent / "ordinary_apart.tsv"
"""Whole accounts as a sample of ordinary ones would look; kept apart likewise."""
ACCOUNTS_APART = Path(__file__).parent / "accounts_apart.tsv"
"""The same by another writer."""
THIRD_APART = Path(__file__).parent / "accounts_third_apart.tsv"
"""The same by a third."""
FOURTH_APART = Path(__file__).parent / "accounts_fourth_apart.tsv"
"""The same by a fourth."""

_WEIGHTS = {"turns_en_more": 0.3, "turns_fr_more": 0.3}
"""Pairs that only their sense tells apart, more than words can read: at full weight they blur the rest (0076)."""

_OF_EACH = 8
"""Turns made after each pattern of plain.toml."""

COMPANIES = (
    ("Lumora", "Voltagne"),
    ("Brume & Fils", "Kerval"),
    ("Crédit Vallon", "Sarvoise"),
)
_NAMES = ("Nina Roche", "Tom Pellet", "Awa Diop", "Erin Doyle", "Sam Carver")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A turn of phrase and what its author is to the company `{C}`."""

    truth: str
    language: str
    is_post: bool
    text: str
    weight: float = 1.0
    """What it counts in training, beside a turn of turns.txt."""


def turns(paths: Sequence[Path] = TURNS) -> list[Turn]:
    """The turns of some files, in their order."""
    found: list[Turn] = []
    for path in paths:
        if path in ACCOUNTS:
            found += turns_in_accounts(path)
            continue
        for row in path.read_text(encoding="utf-8").splitlines():
            if row and not row.startswith("#"):
                truth, language, where, text = row.split("|", 3)
                found.append(
                    Turn(
                        truth=truth,
                        language=language,
                        is_post=where == "post",
                        text=text,
                        weight=_WEIGHTS.get(path.stem, 1.0),
                    )
                )
    return found


def turns_in_accounts(path: Path) -> Iterator[Turn]:
    """Of whole accounts the texts that name the company and tell the truth by themselves (`*`); of people who do not work
    there also those that tell nothing (`~`)."""
    for profile in whole_accounts(path):
        names = CompanyNames(company_id="any", names=(profile.company,))
        for place, text in enumerate((profile.bio, *profile.posts)):
            said = _with_slots(unmarked(text), names) if is_telling(text, profile.truth) else None
            if said is not None:
                yield Turn(
                    truth="other" if profile.truth == "organisation" else profile.truth,
                    language=profile.language,
                    is_post=place > 0,
                    text=said,
                )


def is_telling(text: str, truth: str) -> bool:
    """Whether a marked text tells by itself what its author is to the company; of others, every text that names it does."""
    return text.startswith("*") or (text.startswith("~") and truth == "other")


def unmarked(text: str) -> str:
    """The text without its mark."""
    return text.lstrip("*~ ")


def _with_slots(text: str, names: CompanyNames) -> str | None:
    """The text with slots for the company's name, as in turns.txt; None if it is not named."""
    found = names.mentions(text)
    for mention in reversed(found):
        written = text[mention.start : mention.end]
        slot = {"handle": "@{c}", "hashtag": "#{T}"}.get(mention.kind, "{c}" if written.islower() else "{C}")
        text = f"{text[: mention.start]}{slot}{text[mention.end :]}"
    return text if found else None


def plain_turns(chance: random.Random) -> Iterator[tuple[str, Turn]]:
    """The commonest ways to say it, put together from plain.toml: what each is made after, and the turn."""
    for language, parts in tomllib.loads(PLAIN.read_text(encoding="utf-8")).items():
        yield from _put_together(parts, language, chance, is_post=False)
        yield from _put_together(parts["posts"], language, chance, is_post=True)


def _put_together(
    parts: Mapping[str, Any], language: str, chance: random.Random, *, is_post: bool
) -> Iterator[tuple[str, Turn]]:
    for truth in ("employee", "former_employee", "other"):
        for pattern in parts[truth]:
            for _ in range(_OF_EACH):
                year = chance.randint(1990, 2022)
                said = pattern.replace("{role}", chance.choice(parts["roles"]))
                said = said.replace("{from}", str(year)).replace("{to}", str(year + chance.randint(1, 12)))
                text = f"{chance.choice(parts['heads'])}{said}{chance.choice(parts['tails'])}"
                turn = Turn(truth=truth, language=language, is_post=is_post, text=text)
                yield f"plain {pattern}", turn


def filled(turn: Turn, company: str, other: str) -> str:
    """The turn about one company."""
    tag = re.sub(r"\W", "", company)
    return turn.text.format(C=company, c=tag.lower(), D=other, d=other.lower(), T=tag)


def turned_profiles(paths: Sequence[Path] = TURNS) -> Iterator[TiedProfile]:
    """A profile for each turn, each about one of the companies."""
    for number, turn in enumerate(turns(paths)):
        company, other = COMPANIES[number % len(COMPANIES)]
        name, text = _NAMES[number % len(_NAMES)], filled(turn, company, other)
        yield TiedProfile(
            name=name,
            handle=f"{name.lower().replace(' ', '')}{number}",
            bio="" if turn.is_post else text,
            posts=(text,) if turn.is_post else (),
            company=company,
            truth=turn.truth,
            language=turn.language,
        )


def whole_accounts(path: Path) -> Iterator[TiedProfile]:
    """The accounts of a file, without names: what they are to the company is `other` where it is no job."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            truth, language, company, bio, posts = line.split("\t")
            yield TiedProfile(
                name="",
                handle="",
                bio=bio,
                posts=tuple(filter(None, posts.split("¶"))),
                company=company,
                truth="other" if truth == "person" else truth,
                language=language,
            )
