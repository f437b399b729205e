"""Real ties: customers, texts labelled for employers and mentions in profiles that a reader labelled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nlp.company import CompanyNames
from nlp.fold import fold
from nlp.training.convert import lines

_READ = Path(__file__).parent / "read_mentions.tsv"
_MOST_OF_CARE = 600
_CARE = {"free_fr_posts": "fr", "engie_fr_posts": "fr", "twcs_threads": "en", "ibm_care_threads": "en"}
_OF_CARE = (
    "Free", "Engie", "Amazon", "Apple", "Spotify", "Uber", "Delta", "Tesco", "Sprint", "TMobile", "Comcast", "Xbox",
    "PlayStation", "Adobe", "Google", "Rockstar", "SpotifyCares", "AmazonHelp", "AppleSupport", "Uber_Support",
    "VirginTrains", "AmericanAir", "SouthwestAir", "British_Airways", "sainsburys", "comcastcares", "sprintcare",
    "TMobileHelp", "AskPlayStation", "XboxSupport", "O2", "hulu_support", "Ask_Spectrum", "ChipotleTweets",
)  # fmt: skip
"""Names that customers wrote to in those threads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A post to or about a company in a thread of customer care, by somebody who is not the brand."""

    text: str
    company: str
    language: str


def customers(data: Path) -> Iterator[Customer]:
    """Some posts of each file, once for each company they name."""
    names = CompanyNames(company_id="any", names=_OF_CARE)
    for file, language in _CARE.items():
        told = [row for row in lines(data / "threads" / f"{file}.jsonl") if not row["is_brand_account"]]
        found = [row for row in told if row["text"] and names.mentions(row["text"])]
        for row in found[:_MOST_OF_CARE]:
            text = row["text"]
            for company in sorted({fold(text)[m.start : m.end].lstrip("@#") for m in names.mentions(text)}):
                yield Customer(text=text, company=company, language=language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A text that a reader labelled, one company it names, and what its author is to it."""

    text: str
    is_post: bool
    company: str
    tie: str
    language: str


def labelled(data: Path) -> Iterator[Labelled]:
    """The texts labelled for employers, once for each company that employs their author, or did."""
    for row in lines(data / "employer_dev.jsonl"):
        named = [(row["employer"], "employee")] if row["employer"] else []
        named += [(former, "former_employee") for former in row["former_employers"]]
        for company, tie in named:
            yield Labelled(
                text=row["bio"] or "",
                is_post=row["kind"] == "post",
                company=company,
                tie=tie,
                language=row["lang"][:2],
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMention:
    """A company named in a real profile, and what a reader says of the tie."""

    bio: str
    start: int
    end: int
    tie: str
    language: str


def mentions_read(data: Path) -> Iterator[ReadMention]:
    """The mentions of read_mentions.tsv, which knows their places only."""
    files = {name: lines(data / f"{name}.jsonl") for name in ("fr_bios", "humanizr_train", "crowdflower_dev")}
    for told in _READ.read_text(encoding="utf-8").splitlines():
        if not told.startswith("#"):
            file, line, start, end, tie = told.split("\t")
            yield ReadMention(
                bio=files[file][int(line)]["bio"],
                start=int(start),
                end=int(end),
                tie=tie,
                language="fr" if file == "fr_bios" else "en",
            )
