"""Review: what a reviewer corrects wins over the model, through the command line and a real warehouse."""

from __future__ import annotations

import csv
import io
import json
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from girafe import audit
from girafe.cli.app import app
from girafe.data_dir import DataDir
from girafe.errors import RetryLater, UserMustAct
from girafe.lock import hold
from girafe.pseudonym import Pseudonymiser, load_key
from girafe.records import Account
from girafe.settings import parse_settings
from nlp.company import company_names
from nlp.review import Doubt, decoded, read_corrections, rows_of, write_review
from warehouse.connection import connect
from warehouse.forgotten import remember
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


def test_an_account_that_company_toml_has_settled_is_not_asked_about(here: Path) -> None:
    before = {row["handle"] for row in review_rows(here)}
    (here / "company.toml").write_text(
        '[company]\nname = "Orée"\nofficial_accounts = ["forum:@oreeaide"]\n', encoding="utf-8"
    )
    girafe("classify")
    girafe("load")
    after = {row["handle"] for row in review_rows(here)}
    assert "OreeAide" in before
    assert after == before - {"OreeAide"}


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


def test_corrections_of_accounts_nobody_heard_are_counted(here: Path) -> None:
    review(here, OreeAide="organisation")
    assert "of no account" not in girafe("review", "take", "review.csv")
    with (here / "review.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lost = rows[0] | {"handle": "12.0", "account_id": "", "corrected_voice": "person"}
    with (here / "review.csv").open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, rows[0].keys()).writerow(lost)
    told = " ".join(girafe("review", "take", "review.csv").split())
    assert "1 of them are of no account that was ever heard" in told


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
    with pytest.raises(UserMustAct, match="line 2: corrected_voice is no voice") as refused:
        girafe("review", "take", "review.csv")
    assert "ambassador" not in str(refused.value)  # in the wrong column stands a name
    assert not (here / "data" / "classified" / "reviewed").exists()


def test_a_review_in_a_language_nobody_wrote_is_not_begun(here: Path) -> None:
    done = CliRunner().invoke(app, ["review", "export", "-o", "review.csv", "--language", "de"])
    assert done.exit_code == 2
    assert "none of fr, en" in " ".join(done.output.split())
    assert audit.read(DataDir(here / "data")) == []


@pytest.mark.parametrize("place", ["data/../data/review.csv", "aside/review.csv"])
def test_no_way_round_leads_into_the_data_folder(here: Path, place: str) -> None:
    (here / "aside").symlink_to(here / "data")
    with pytest.raises(UserMustAct, match="inside the data folder"):
        girafe("review", "export", "-o", place)


def test_who_was_forgotten_does_not_come_back_with_an_older_review(here: Path) -> None:
    review(here, OreeAide="organisation")
    data = DataDir(here / "data")
    wish = [Account(platform="forum", handle="OreeAide")]
    remember(data, "forum", wish, (), Pseudonymiser(load_key(data.keys, {})))
    assert "0 corrections taken" in girafe("review", "take", "review.csv")
    kept = data.classified / "reviewed" / "corrections" / "speaker_evidence.parquet"
    assert pq.read_table(kept).num_rows == 0


def test_corrections_are_not_taken_while_another_command_rewrites_files(here: Path) -> None:
    review(here, OreeAide="organisation")
    with (
        hold(DataDir(here / "data"), "files", "another", now=datetime(2026, 11, 3, tzinfo=UTC), shared=True),
        pytest.raises(RetryLater, match="in use"),
    ):
        girafe("review", "take", "review.csv")
    assert not (here / "data" / "classified" / "reviewed").exists()


HANDLES = [
    "'tom",
    "''tom",
    "=1+1",
    "\u200b=1+1",
    "\uff1d1+1",
    " @tom",
    "\ttom",
    "tom",
    "\u202e=tom",
    "\u00ad|cmd",
]


def test_no_cell_is_a_formula_and_every_handle_comes_back_as_it_was() -> None:
    accounts = [Account(platform="forum", handle=handle, bio="=" * 200_000) for handle in HANDLES]
    file = io.StringIO(newline="")
    doubts = [Doubt(account=account, voice="unknown", probability=0.5, codes=()) for account in accounts]
    write_review(file, ({**row, "corrected_voice": "person"} for row in rows_of(doubts, "fr")))
    key = Pseudonymiser(bytes(32))
    taken = taken_from(file.getvalue())
    assert [row["account_id"] for row in taken] == [key.account(account) for account in accounts]
    file.seek(0)
    cells = [row.split(",")[2] for row in file.read().splitlines()[1:]]
    assert [cell.lstrip('"')[0] for cell in cells] == ["'"] * 7 + ["t"] + ["'"] * 2


def test_a_short_line_of_a_spreadsheet_is_refused_in_words() -> None:
    with pytest.raises(UserMustAct, match="line 2"):
        taken_from("corrected_voice,platform,account_id,handle\r\nperson,forum\r\n")


def a_review(doubts: list[Doubt]) -> list[dict[str, str]]:
    """A review as written, read back as a spreadsheet holds it, with a correction in each row."""
    file = io.StringIO(newline="")
    write_review(file, rows_of(doubts, "fr"))
    file.seek(0)
    return [{**row, "corrected_voice": "person"} for row in csv.DictReader(file)]


def saved(rows: list[dict[str, str]], *, separator: str, encoding: str) -> bytes:
    """As a spreadsheet in French saves it: decimal commas, columns moved about, an empty column and empty rows."""
    file = io.StringIO(newline="")
    names = [*reversed(rows[0]), "Colonne1"]
    writer = csv.DictWriter(file, names, delimiter=separator)
    writer.writeheader()
    for row in rows:
        writer.writerow({**row, "probability": row["probability"].replace(".", ",")})
        writer.writerow(dict.fromkeys(names, ""))
    return file.getvalue().encode(encoding, "replace")


def doubt(**account: str) -> Doubt:
    return Doubt(
        account=Account(platform="x", bio="Élève à Łódź; née un été", **account),  # type: ignore[arg-type]
        voice="unknown", probability=0.5, codes=(),
    )  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "utf-16", "cp1252", "mac_roman"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_corrections_come_back_however_a_spreadsheet_saves_them(separator: str, encoding: str) -> None:
    doubts = [
        doubt(account_id="1234567890123456789", handle="zoé"),
        doubt(handle="zoe"),
        doubt(handle="12-05"),
    ]
    key = Pseudonymiser(bytes(32))
    taken = taken_from(decoded(saved(a_review(doubts), separator=separator, encoding=encoding)))
    assert [row["account_id"] for row in taken] == [key.account(each.account) for each in doubts]


@pytest.mark.parametrize("account_id", ["1234567890123456789", "00017", "1e5", "2026-11-03"])
def test_a_spreadsheet_sees_no_number_in_who_it_is(account_id: str) -> None:
    [row] = a_review([doubt(account_id=account_id, handle="4e2")])
    assert (row["account_id"], row["handle"], row["probability"]) == (f"'{account_id}", "'4e2", "0.50")


@pytest.mark.parametrize("handle", ["MARCH1", "sept2", "mai68", "avr-12", ".5", "(5)", "$12", "٣٤"])
def test_a_spreadsheet_sees_no_day_and_no_sum_in_a_handle(handle: str) -> None:
    [row] = a_review([doubt(handle=handle)])
    assert row["handle"] == f"'{handle}"
    text = saved([row], separator=";", encoding="utf-8").decode()
    [taken] = taken_from(text)
    assert taken["account_id"] == Pseudonymiser(bytes(32)).account(Account(platform="x", handle=handle))


def test_a_quote_that_is_never_closed_does_not_swallow_the_corrections_behind_it() -> None:
    text = 'platform,account_id,handle,bio,corrected_voice\r\nx,,ada,"he said,\r\nx,,bob,,person\r\n'
    with pytest.raises(UserMustAct, match="no CSV"):
        taken_from(text)


def test_of_two_columns_of_corrections_none_is_passed_over_in_silence() -> None:
    text = "platform,account_id,handle,corrected_voice,corrected_voice\r\nx,,ada,person,\r\n"
    with pytest.raises(UserMustAct, match="Two columns are called corrected_voice"):
        taken_from(text)


@pytest.mark.parametrize("rounded", ["1,23457E+18", "1.23456789012346E+018", "1234567890123450000"])
def test_a_number_a_spreadsheet_has_rounded_is_nobodys_correction(rounded: str) -> None:
    text = f"platform;account_id;handle;corrected_voice\r\nx;{rounded};;person\r\n"
    with pytest.raises(UserMustAct, match="line 2: a spreadsheet has rounded") as refused:
        taken_from(text)
    assert rounded not in str(refused.value)


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
def test_a_handle_whose_letters_were_lost_on_saving_is_refused(encoding: str) -> None:
    content = saved(a_review([doubt(handle="zoé_Łódź")]), separator=";", encoding=encoding)
    with pytest.raises(UserMustAct, match="line 2: letters of the account were lost"):
        taken_from(decoded(content))


def taken_from(text: str) -> list[dict[str, object]]:
    """What is taken of a review, under a key of noughts, with nobody forgotten."""
    return read_corrections(
        text,
        names=company_names(parse_settings('[company]\nname = "Orée"\n').company),
        pseudonymiser=Pseudonymiser(bytes(32)),
        is_forgotten=lambda account: False,
        at=datetime(2026, 11, 3, tzinfo=UTC),
    )
