"""Convert: labelled data on disk to examples. Nothing of ../shared/data is written to the repository."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from girafe.records import Account
from nlp.language import likely_language
from nlp.training.invent_work import WorkText, themes_of

READ_THEMES = Path(__file__).parent / "read_themes.tsv"
"""To learn from."""
READ_THEMES_APART = Path(__file__).parent / "read_themes_apart.tsv"
"""By another reader, before anything was learnt from the others; never trained on, never looked at."""
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file."""
    return [orjson.loads(line) for line in path.read_bytes().splitlines() if line.strip()]


def account(row: dict[str, Any]) -> Account:
    """The profile in a row of any of the account files."""
    return Account(
        platform="shared",
        account_id=str(row.get("id", "")),
        handle=row.get("handle") or None,
        display_name=row.get("name") or "",
        bio=row.get("bio") or "",
        url=row.get("url") or None,
    )


def english_profiles(data: Path) -> tuple[list[Account], np.ndarray]:
    """Humanizr and the sure part of CrowdFlower: accounts, and whether each is an organisation."""
    rows = [(row, row["label"] == "organisation") for row in lines(data / "humanizr_train.jsonl")]
    rows += [
        (row, row["gender"] == "brand")
        for row in lines(data / "crowdflower_dev.jsonl")
        if row["confidence"] == 1 and row["gender"] != "unknown"
    ]
    return [account(row) for row, _ in rows], np.array([label for _, label in rows])


def english_profiles_with_posts(data: Path) -> tuple[list[Account], np.ndarray, list[list[str]]]:
    """The sure part of CrowdFlower: accounts, whether each is an organisation, and a post of each."""
    rows = [
        row
        for row in lines(data / "crowdflower_dev.jsonl")
        if row["confidence"] == 1 and row["gender"] != "unknown" and row["post"]
    ]
    labels = np.array([row["gender"] == "brand" for row in rows])
    return [account(row) for row in rows], labels, [[row["post"]] for row in rows]


def french_people(data: Path) -> list[Account]:
    """Members of parliament and professionals: all of them people, whatever institutions they name."""
    return [
        account(row) for name in ("fr_parliament_bios.jsonl", "fr_bios.jsonl") for row in lines(data / name)
    ]


def sentiment(data: Path, part: str) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Texts, labels and languages of `train` or `val`."""
    rows = [
        row for language in ("en", "fr") for row in lines(data / "sentiment" / f"{language}_{part}.jsonl")
    ]
    return (
        [row["text"] for row in rows],
        np.array([row["sentiment"] for row in rows]),
        np.array([row["lang"] for row in rows]),
    )


def themes(data: Path) -> list[WorkText]:
    """Texts read and labelled by one reader, then those of read_themes.tsv."""
    first = [
        _read(row["text"], row["sentiment"], frozenset(row["themes"]))
        for row in lines(data / "themes_dev.jsonl")
    ]
    return [*first, *read_texts(data, READ_THEMES)]


def read_texts(data: Path, places: Path) -> list[WorkText]:
    """The posts of the threads that a file of places names, with what a reader said of each."""
    rows = [line.split("\t") for line in places.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    threads = {name: lines(data / "threads" / f"{name}.jsonl") for name in sorted({row[0] for row in rows})}
    return [
        _read(threads[name][int(place) - 1]["text"], sentiment, themes_of(initials))
        for name, place, initials, sentiment in rows
    ]


def _read(text: str, sentiment: str, themes: frozenset[str]) -> WorkText:
    return WorkText(text=text, sentiment=sentiment, themes=themes, language=likely_language(text))


def thread_texts(data: Path, names: Iterable[str]) -> list[str]:
    """Unlabelled posts in the manner of the ones we classify."""
    return [row["text"] for name in names for row in lines(data / "threads" / f"{name}.jsonl") if row["text"]]


def unlabelled(data: Path) -> list[str]:
    """Posts in the manner of the ones we classify, whatever they are about."""
    found = thread_texts(data, sorted(path.stem for path in (data / "threads").glob("*.jsonl")))
    found += [row["post"] for row in lines(data / "crowdflower_dev.jsonl") if row["post"]]
    found += [post for row in lines(data / "accounts_pool.jsonl") for post in row["posts"] or ()]
    return found
