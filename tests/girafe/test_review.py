"""Review: what a reviewer corrects wins over the model, through the command line and a real warehouse."""

from __future__ import annotations

import csv
import json
import stat
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from girafe import audit
from girafe.cli.app import app
from girafe.data_dir import DataDir
from girafe.errors import UserMustAct
from warehouse.connection import connect
from warehouse.tables import SPEAKER_EVIDENCE

PEOPLE = {
    "OreeAide": (
        "Orée Aide",
        "Service client officiel d'Orée, du lundi au samedi",
        "Bonjour, écrivez-nous !",
    ),
    "ninaroche": ("Nina Roche", "Maman, soudeuse, lectrice", "Orée ne répond plus au téléphone"),
    "tompellet": ("Tom Pellet", "Technicien chez Orée", "Belle journée avec Orée"),
}


def girafe(*arguments: str) -> str:
    done = CliRunner().invoke(app, [*arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "company.toml").write_text('[company]\nname = "Orée"\n', encoding="utf-8")
    lines = [
        {
            "platform": "forum", "post_id": str(number), "created_at": "2026-11-02T08:00:00Z", "text": text,
            "author": {"handle": handle, "display_name": name, "bio": bio},
        }
        for number, (handle, (name, bio, text)) in enumerate(PEOPLE.items())
    ]  # fmt: skip
    posts = tmp_path / "posts.jsonl"
    posts.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    for command in (("import", "posts.jsonl"), ("classify",), ("load",)):
        girafe(*command)
    return tmp_path


def labels(here: Path) -> dict[tuple[str, bool], int]:
    with connect(DataDir(here / "data").warehouse, read_only=True) as connection:
        rows = connection.execute(
            "select voice, is_certain, count(*) from raw.speaker_labels group by all"
        ).fetchall()
    return {(voice, certain): count for voice, certain, count in rows}


def review(here: Path, **corrections: str) -> list[dict[str, Any]]:
    girafe("review", "export", "-o", "review.csv", "--language", "fr")
    with (here / "review.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["corrected_voice"] = corrections.get(row["handle"], "")
    with (here / "review.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return rows


def test_a_look_alike_comes_first_in_a_file_only_its_owner_can_read(here: Path) -> None:
    girafe("review", "export", "-o", "review.csv", "--language", "fr")
    assert stat.S_IMODE((here / "review.csv").stat().st_mode) == 0o600
    with (here / "review.csv").open(encoding="utf-8", newline="") as file:
        first = next(csv.DictReader(file))
    assert first["handle"] == "OreeAide"
    assert "à vérifier" in first["why"]


def test_who_took_names_out_and_brought_corrections_back_is_on_record(here: Path) -> None:
    rows = review(here, OreeAide="organisation")
    girafe("review", "take", "review.csv")
    entries = audit.read(DataDir(here / "data"))
    assert all(entry.details["run"].startswith("cli-") for entry in entries)
    acts = [(entry.what, {k: v for k, v in entry.details.items() if k != "run"}) for entry in entries]
    assert acts == [("review_export", {"accounts": str(len(rows))}), ("review_take", {"corrections": "1"})]


def test_a_review_that_cannot_be_recorded_is_not_written(here: Path) -> None:
    log = here / "data" / "audit" / "log.jsonl"
    log.mkdir(parents=True)  # nothing can be appended to it
    with pytest.raises(OSError, match="directory"):
        girafe("review", "export", "-o", "review.csv")
    assert not (here / "review.csv").exists()


def test_nothing_that_names_people_is_written_into_the_data_folder(here: Path) -> None:
    with pytest.raises(UserMustAct, match="inside the data folder"):
        girafe("review", "export", "-o", "data/review.csv")


def test_a_correction_wins_over_the_model_and_taking_it_twice_changes_nothing(here: Path) -> None:
    review(here, OreeAide="organisation")
    assert ("organisation", True) not in labels(here)
    girafe("review", "take", "review.csv")
    girafe("load")
    once = labels(here)
    assert once["organisation", True] == 1
    kept = (here / "data" / "classified" / "reviewed" / "corrections" / "_manifest.json").read_bytes()
    girafe("review", "take", "review.csv")
    assert (here / "data" / "classified" / "reviewed" / "corrections" / "_manifest.json").read_bytes() == kept
    girafe("load", "--rebuild")
    assert labels(here) == once
    assert "OreeAide" not in str(review_rows(here))


def review_rows(here: Path) -> list[dict[str, str]]:
    girafe("review", "export", "-o", "again.csv")
    with (here / "again.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_correction_outlives_a_new_version_of_the_classifier(here: Path) -> None:
    review(here, OreeAide="brand")
    girafe("review", "take", "review.csv")
    kept = here / "data" / "classified" / "reviewed" / "corrections" / "speaker_evidence.parquet"
    rows = [{**row, "classifier_version": "2020.01.1"} for row in pq.read_table(kept).to_pylist()]
    pq.write_table(pa.Table.from_pylist(rows, schema=SPEAKER_EVIDENCE.schema), kept)
    girafe("load")
    assert labels(here)["brand", True] == 1


def test_a_voice_nobody_knows_is_refused_with_its_line_and_nothing_is_taken(here: Path) -> None:
    review(here, OreeAide="ambassador")
    with pytest.raises(UserMustAct, match="line 2: 'ambassador' is no voice"):
        girafe("review", "take", "review.csv")
    assert not (here / "data" / "classified" / "reviewed").exists()
