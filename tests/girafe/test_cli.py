"""The command line: what a person types, what it answers, and which exit code a script sees."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from girafe.settings import load_settings
from tests.collectors.conftest import GOVERNANCE
from tests.loopback import serving

ROOT = Path(__file__).parents[2]


def girafe(*arguments: str, at: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "girafe", *arguments],
        cwd=at,
        env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200", "NO_COLOR": "1"} | environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )


def test_init_writes_a_file_that_is_valid_and_says_what_is_next(tmp_path: Path) -> None:
    done = girafe(
        "init", "Orée", "--official", "mastodon:oree@a.example", "--competitor", "Voltigo", at=tmp_path
    )
    assert done.returncode == 0, done.stderr
    settings = load_settings(tmp_path / "company.toml")
    assert [company.name for company in settings.companies] == ["Orée", "Voltigo"]
    assert "governance" in done.stderr
    again = girafe("init", "Other", at=tmp_path)
    assert again.returncode == 3
    assert "--force" in again.stderr


def test_a_live_run_without_governance_names_the_keys_and_sends_nothing(tmp_path: Path) -> None:
    girafe("init", "Orée", at=tmp_path)
    done = girafe("run", at=tmp_path)
    assert done.returncode == 3
    assert "legal_basis" in done.stderr
    assert not (tmp_path / "data" / "landing").exists()


def test_a_dry_run_says_what_would_be_asked(tmp_path: Path) -> None:
    girafe("init", "Orée", at=tmp_path)
    done = girafe("run", "--dry-run", at=tmp_path)
    assert done.returncode == 0
    assert "would ask hackernews for Orée" in done.stdout


def test_a_dry_run_says_that_nobody_would_be_asked(tmp_path: Path) -> None:
    girafe("init", "Orée", at=tmp_path)
    told = girafe("run", "--dry-run", at=tmp_path).stdout
    assert "not before legal_basis," in told
    assert "is filled in under [governance]" in told
    told = girafe("run", "--no-collect", "--dry-run", at=tmp_path).stdout
    assert "would ask nobody" in told
    assert "hackernews" not in told
    told = girafe("run", "--no-collect", "--dry-run", "--json", at=tmp_path).stdout
    assert json.loads(told) == {"asks": [], "calls": 0}


@pytest.mark.parametrize(
    ("span", "told"),
    [
        (("--until", "2026-11-02"), "--until needs --since"),
        (("--since", "2026-11-09", "--until", "2026-11-02"), "Nothing lies between"),
        (("--since", "2026-11-09", "--until", "2026-11-09"), "Nothing lies between"),
        (("--since", "0001-01-01T00:00:00+14:00"), "is not a date"),
        (("--since", "2199-01-01"), "Nothing lies between"),
        (("--since", "2199-01-01", "--until", "2199-01-02"), "Nothing lies between"),
    ],
)
def test_a_span_that_holds_nothing_is_refused(tmp_path: Path, span: tuple[str, ...], told: str) -> None:
    girafe("init", "Orée", at=tmp_path)
    for command in (("collect", "--dry-run"), ("collect",)):
        done = girafe(*command, *span, at=tmp_path)
        assert done.returncode == 3
        assert told in done.stderr


@pytest.mark.parametrize("language", ["de", "FR", "../fr", ""])
def test_a_language_the_digest_does_not_speak_is_a_wrong_use(tmp_path: Path, language: str) -> None:
    girafe("init", "Orée", at=tmp_path)
    done = girafe("digest", "--language", language, at=tmp_path)
    assert done.returncode == 2
    assert "is none of fr, en" in done.stderr


@pytest.mark.parametrize("option", [("--since", "2026-11-02"), ("--source", "rss")])
def test_a_span_to_ask_for_and_asking_nobody_are_one_too_many(
    tmp_path: Path, option: tuple[str, str]
) -> None:
    girafe("init", "Orée", at=tmp_path)
    done = girafe("run", "--no-collect", *option, at=tmp_path)
    assert done.returncode == 3
    assert "--no-collect asks nobody" in done.stderr
    assert not (tmp_path / "data").exists()


STATUSES = b'[{"id": "1", "created_at": "2026-11-02T09:00:00Z", "content": "", "account": {"id": "1", "acct": "lou"}}]'


class _Refusing(BaseHTTPRequestHandler):
    """An instance that answers for one tag, and refuses another."""

    def do_GET(self) -> None:
        body = STATUSES if "timelines" in self.path else b'{"ancestors": [], "descendants": []}'
        self.send_response(403 if "refused" in self.path else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Keeps quiet."""


@pytest.mark.parametrize(("queries", "heard", "code"), [('"#refused"', 0, 3), ('"#refused", "#heard"', 1, 3)])
def test_a_collection_in_which_a_source_was_not_heard_does_not_end_as_if_it_had_been(
    tmp_path: Path, queries: str, heard: int, code: int
) -> None:
    line = {"platform": "forum", "post_id": "1", "created_at": "2026-11-02T09:00:00Z", "text": "Orée"}
    (tmp_path / "posts.jsonl").write_text(json.dumps(line | {"author": {"handle": "lou"}}) + "\n")
    with serving(_Refusing) as url:
        (tmp_path / "company.toml").write_text(
            f'[company]\nname = "Orée"\n[[sources]]\nname = "mastodon"\nqueries = [{queries}]\n'
            f'options = {{ instances = ["{url}"] }}\n{GOVERNANCE}'
        )
        assert girafe("import", "posts.jsonl", at=tmp_path).returncode == 0
        done = girafe("collect", "--json", at=tmp_path)
    assert (done.returncode, len(json.loads(done.stdout))) == (code, heard), done.stderr


def test_a_paper_that_a_person_has_completed_is_not_drafted_over(tmp_path: Path) -> None:
    girafe("init", "Orée", at=tmp_path)
    assert girafe("governance", at=tmp_path).returncode == 0
    paper = tmp_path / "governance" / "dpia-draft.en.md"
    paper.write_text("Completed and signed.", encoding="utf-8")
    again = girafe("governance", at=tmp_path)
    assert again.returncode == 3
    assert "dpia-draft.en.md" in again.stderr
    assert paper.read_text(encoding="utf-8") == "Completed and signed."
    assert girafe("governance", "--force", at=tmp_path).returncode == 0
    assert "signed." not in paper.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("command", "place"),
    [
        (("init", "Orée", "--out", "no/such/company.toml"), "no/such/company.toml"),
        (("governance", "--out", "file"), "file"),
        (("speakers", "file", "--fast", "-o", "no/x.jsonl"), "no/x.jsonl"),
        (("texts", "file", "--fast", "-o", "."), "."),
        (("status", "--data", "file"), "file"),
        (("demo", "--data", "file"), "file"),
        (("demo", "--data=file/below"), "file/below"),
        (("run", "--no-collect", "--data", "file/below"), "file/below"),
    ],
)
def test_a_place_typed_wrong_is_named_and_is_no_fault_of_girafe(
    tmp_path: Path, command: tuple[str, ...], place: str
) -> None:
    (tmp_path / "company.toml").write_text('[company]\nname = "Orée"\n', encoding="utf-8")
    (tmp_path / "file").write_text("{}\n", encoding="utf-8")
    done = girafe(*command, at=tmp_path)
    assert done.returncode == 3, done.stderr
    assert place in done.stderr
    assert "fault of girafe" not in done.stderr
    assert (tmp_path / "file").read_text(encoding="utf-8") == "{}\n"


def test_a_folder_where_a_file_should_be_is_named_and_is_no_fault_of_girafe(tmp_path: Path) -> None:
    """A tool that synchronises two machines makes one of it, or a person."""
    (tmp_path / "data" / "audit" / "log.jsonl").mkdir(parents=True)
    done = girafe("audit", at=tmp_path)
    assert done.returncode == 3, done.stderr
    assert "log.jsonl: Is a directory" in " ".join(done.stderr.split())
    assert "move it away" in " ".join(done.stderr.split())
    (tmp_path / "data" / ".locks").write_text("")
    (tmp_path / "company.toml").write_text('[company]\nname = "Orée"\n', encoding="utf-8")
    done = girafe("classify", at=tmp_path)
    assert done.returncode == 3, done.stderr
    assert ".locks: File exists" in " ".join(done.stderr.split())


@pytest.mark.parametrize("clock", ["yesterday", "2026-13-01", "0001-01-01T00:00:00+10:00"])
def test_a_clock_that_is_no_time_is_named(tmp_path: Path, clock: str) -> None:
    (tmp_path / "company.toml").write_text('[company]\nname = "Orée"\n', encoding="utf-8")
    done = girafe("housekeeping", "--dry-run", at=tmp_path, GIRAFE_NOW=clock)
    assert done.returncode == 3
    assert "GIRAFE_NOW" in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("collect", "--source", "nix"),
        ("run", "--source", "nix", "--dry-run"),
        ("recheck", "--dry-run"),
        ("recheck", "--source", "nix"),
    ],
)
def test_a_script_that_asks_for_json_gets_it_even_where_nothing_is_to_be_done(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "company.toml").write_text('[company]\nname = "Orée"\n', encoding="utf-8")
    done = girafe(*command, "--json", at=tmp_path)
    assert done.returncode == 0
    json.loads(done.stdout)


def test_what_is_imported_first_may_be_read_by_its_owner_only(tmp_path: Path) -> None:
    good = {"platform": "forum", "post_id": "1", "created_at": "2026-11-02T08:00:00Z", "text": "a",
            "author": {"handle": "ada"}}  # fmt: skip
    (tmp_path / "posts.jsonl").write_text(json.dumps(good) + "\n{oops\n", encoding="utf-8")
    before = os.umask(0o022)
    try:
        assert girafe("import", "posts.jsonl", at=tmp_path).returncode == 0
        assert girafe("quarantine", "replay", at=tmp_path).returncode == 0
    finally:
        os.umask(before)
    kept = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert {"landing", "quarantine"} <= {path.relative_to(tmp_path / "data").parts[0] for path in kept}
    assert [path for path in kept if path.stat().st_mode & 0o077] == []


def test_import_answers_a_script_in_json_and_quarantine_lists_the_reason(tmp_path: Path) -> None:
    good = {"platform": "forum", "post_id": "1", "created_at": "2026-11-02T08:00:00Z", "text": "a",
            "author": {"handle": "ada"}}  # fmt: skip
    (tmp_path / "posts.jsonl").write_text(json.dumps(good) + "\n{oops\n", encoding="utf-8")
    done = girafe("import", "posts.jsonl", "--json", at=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)
    listed = girafe("quarantine", "list", "--json", at=tmp_path)
    assert [heap["reason"] for heap in json.loads(listed.stdout)] == ["not_json"]
    status = json.loads(girafe("status", "--json", at=tmp_path).stdout)
    assert (status["landing_files"], status["in_quarantine"]) == (1, 1)


def test_step_by_step_what_entered_is_validated_before_anything_was_measured(tmp_path: Path) -> None:
    girafe("init", "Orée", at=tmp_path)
    good = {"platform": "forum", "post_id": "1", "created_at": "2026-11-02T08:00:00Z", "text": "Orée",
            "author": {"handle": "ada"}}  # fmt: skip
    (tmp_path / "posts.jsonl").write_text(json.dumps(good) + "\n", encoding="utf-8")
    for step in ("import posts.jsonl", "classify", "load", "validate"):
        done = girafe(*step.split(), at=tmp_path)
        assert done.returncode == 0, (step, done.stderr)
    assert "Nothing was measured yet" in done.stderr + done.stdout


def test_status_says_what_is_kept_too_long_and_what_still_waits_to_be_forgotten(tmp_path: Path) -> None:
    def status(now: str) -> tuple[int, str]:
        done = girafe("status", "--check", at=tmp_path, GIRAFE_NOW=now)
        return done.returncode, done.stdout

    post = {"platform": "reddit", "post_id": "1", "created_at": "2026-11-02T08:00:00Z", "text": "a",
            "author": {"handle": "ada"}}  # fmt: skip
    (tmp_path / "posts.jsonl").write_text(json.dumps(post), encoding="utf-8")
    girafe("init", "Orée", at=tmp_path)
    girafe("import", "posts.jsonl", at=tmp_path, GIRAFE_NOW="2026-11-03T08:00:00Z")
    code, told = status("2026-11-04T23:00:00Z")
    assert (code, "past their time" in told) == (0, False), "two days, from the first moment of the day"
    code, told = status("2026-11-05T00:00:00Z")
    assert (code, "1 landing file(s) and quarantine line(s) are kept past their time" in told) == (3, True)
    girafe("forget", "reddit", "ada", "--later", at=tmp_path)
    begun = tmp_path / "data" / "forgotten" / "begun-0123456789abcdef.json"
    begun.parent.mkdir(exist_ok=True)
    begun.write_text("{}", encoding="utf-8")
    code, told = status("2026-11-04T00:00:00Z")
    assert (code, "1 erasure(s) interrupted" in told, "1 request(s) to be forgotten wait" in told) == (
        3,
        True,
        True,
    )
    begun.unlink()
    (tmp_path / "data" / "quality").mkdir()
    (tmp_path / "data" / "quality" / "results.json").write_text(
        '{"raw": {"checked_at": "2026-11-03T08:00:00Z", "failures": [{}]}}', encoding="utf-8"
    )
    assert girafe("housekeeping", at=tmp_path, GIRAFE_NOW="2026-11-05T00:00:00Z").returncode == 0
    code, told = status("2026-11-05T00:00:00Z")
    assert ("past their time" in told, "wait" in told, "Nothing has landed" in told) == (False, False, False)
    assert (code, "1 rule(s) broken" in told) == (3, True), "an empty landing hides nothing"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["run", "--company", "nowhere.toml"], 3, "girafe init"),
        (["import", "nowhere.jsonl"], 2, "does not exist"),
        (["collect", "--since", "yesterday"], 3, "is not a date"),
        (["no-such-command"], 2, "No such command"),
        (["speakers", "company.toml", "--company", "nowhere.toml"], 3, "nowhere.toml: no such file"),
    ],
)
def test_a_mistake_is_told_in_plain_words(
    tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    girafe("init", "Orée", at=tmp_path)
    done = girafe(*arguments, at=tmp_path)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_every_command_explains_itself(tmp_path: Path) -> None:
    import typer.main

    from girafe.cli.app import app

    command = typer.main.get_command(app)
    for name, sub in command.commands.items():  # type: ignore[attr-defined]
        assert sub.help, name
    told = girafe("--help", at=tmp_path).stdout
    panels = ("1. Begin", "2. The path", "3. Keep and erase", "4. Ask")
    assert sorted(told.index(panel) for panel in panels) == [told.index(panel) for panel in panels]
    assert girafe("--version", at=tmp_path).stdout.startswith("girafe ")


def test_what_was_asked_for_can_be_piped(tmp_path: Path) -> None:
    girafe("init", "Orée", at=tmp_path)
    for question, answer in (
        (("doctor",), "✓ hackernews: ready. Terms:"),
        (("formats",), "girafe_jsonl"),
        (("quarantine", "list"), "nothing in quarantine"),
        (("audit",), "0 entries, none changed"),
        (("status",), "Nothing has landed yet."),
    ):
        done = girafe(*question, at=tmp_path)
        assert answer in done.stdout
        assert done.stderr == ""


def test_a_dry_run_names_a_source_that_cannot_be_asked(tmp_path: Path) -> None:
    (tmp_path / "company.toml").write_text(
        '[company]\nname = "Orée"\n[[sources]]\nname = "mastadon"\n[[sources]]\nname = "telegram"\n'
        '[[sources]]\nname = "hackernews"\n'
    )
    told = girafe("run", "--dry-run", at=tmp_path).stdout
    assert "cannot ask mastadon for Orée: girafe doctor says why" in told
    assert "cannot ask telegram for Orée" in told  # no channel is named
    assert "in all about 1 call; nothing was asked" in told


def _heed_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_says_how_to_go_on(tmp_path: Path) -> None:
    girafe("init", "Orée", at=tmp_path)
    os.mkfifo(tmp_path / "accounts.jsonl")  # nobody writes into it, so the command waits
    command = [Path(sys.executable).with_name("girafe"), "speakers", "accounts.jsonl"]
    with (
        # Whoever starts the tests in the background may have Ctrl-C ignored, and a child would inherit that.
        subprocess.Popen(
            command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, preexec_fn=_heed_ctrl_c
        ) as asked,
        (tmp_path / "accounts.jsonl").open("w"),  # opened when the command reads
    ):
        asked.send_signal(signal.SIGINT)
        _, told = asked.communicate(timeout=120)
    assert asked.returncode == 130
    assert told.strip() == "girafe: Stopped. The same command, run again, goes on from there."


@pytest.mark.parametrize("form", ["", "json"])
def test_ctrl_c_is_heeded_while_the_command_line_is_still_being_loaded(tmp_path: Path, form: str) -> None:
    command = [
        sys.executable, "-c",
        # Ctrl-C arrives when the first of its modules is asked for.
        "import builtins, os, signal\n"
        "from girafe.__main__ import main\n"
        "load = builtins.__import__\n"
        "def pressed(name, *rest):\n"
        "    if name == 'typer': os.kill(os.getpid(), signal.SIGINT)\n"
        "    return load(name, *rest)\n"
        "builtins.__import__ = pressed\n"
        "main()",
    ]  # fmt: skip
    done = subprocess.run(
        command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT), "GIRAFE_LOG": form},
        capture_output=True, text=True, timeout=120, check=False, preexec_fn=_heed_ctrl_c,
    )  # fmt: skip
    sentence = "Stopped. The same command, run again, goes on from there."
    assert (done.returncode, done.stdout) == (130, "")
    told = json.loads(done.stderr)["event"] if form else done.stderr.strip()
    assert told == (sentence if form else f"girafe: {sentence}")


@pytest.mark.parametrize("form", ["", "json"])
def test_a_reader_that_leaves_ends_nothing(tmp_path: Path, form: str) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.jsonl").write_text(
            f'{{"platform": "forum", "post_id": "{name}", "created_at": "2026-11-02T08:00:00Z", '
            '"text": "Orée", "author": {"handle": "odile"}}'
        )
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "girafe"]
    for asked in (("import", "one.jsonl", "two.jsonl", "--json"), ("formats",)):
        done = subprocess.run(
            [*command, *asked], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT), "GIRAFE_LOG": form},
            stdout=writer, stderr=writer, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, asked
    os.close(writer)
    assert len(list((tmp_path / "data" / "landing").rglob("*.gz"))) == 2


def test_memory_that_runs_out_is_no_fault_of_girafe(tmp_path: Path) -> None:
    code = """
import sys
from http.server import BaseHTTPRequestHandler
from girafe.cli import main
sys.modules["girafe.cli.app"].app = lambda: bytearray(2**62)
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 4, done
    assert done.stderr.startswith("girafe: Memory ran out")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_ended_by_a_supervisor_or_with_its_terminal_nothing_half_written_stays(
    tmp_path: Path, number: signal.Signals
) -> None:
    (tmp_path / "posts.jsonl").write_text(
        '{"platform": "forum", "post_id": "1", "created_at": "2026-11-02T08:00:00Z", "author": {"handle": "odile"}}'
    )
    code = f"""
import os, signal, sys
from girafe.__main__ import main
signal.signal({number:d}, signal.SIG_DFL)  # the tests may run where it is ignored, as under nohup
flush = os.fsync
def ended(file):
    for number in ({number:d}, 1, 15):
        os.kill(os.getpid(), number)
    flush(file)
os.fsync = ended
sys.argv = ["girafe", "import", "posts.jsonl"]
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == -number, done
    assert "girafe: Stopped. The same command, run again, goes on from there." in done.stderr
    assert not [file for file in (tmp_path / "data").rglob("*") if file.is_file() and file.name != "files"]


def test_without_a_warehouse_nothing_can_be_measured_and_it_is_said(tmp_path: Path) -> None:
    girafe("init", "Orée", at=tmp_path)
    done = girafe("measure", at=tmp_path)
    assert (done.returncode, done.stderr.strip()) == (
        3,
        "girafe: There is no warehouse to measure yet. Run: girafe load",
    )
    assert not (tmp_path / "data" / "warehouse").exists()


def test_the_doctor_ends_with_a_code_where_monitoring_asks_for_one(tmp_path: Path) -> None:
    company = tmp_path / "company.toml"
    company.write_text('[company]\nname = "Orée"\n')
    assert girafe("doctor", "--check", at=tmp_path).returncode == 0, "nothing is switched on: nobody is asked"
    company.write_text('[company]\nname = "Orée"\n[[sources]]\nname = "hackernews"\n')
    told = girafe("doctor", "--check", at=tmp_path)
    assert told.returncode == 3
    assert "governance: missing legal_basis" in told.stdout
    assert girafe("doctor", at=tmp_path).returncode == 0, "without the option it only says what it finds"
    governance = "\n".join(
        f'{key} = "x"' for key in ("legal_basis", "purpose", "dpia_reference", "notice_url", "dpo_contact")
    )
    company.write_text(
        f"{company.read_text()}[governance]\n{governance}\nworks_council_informed_on = 2026-01-15\n"
    )
    assert girafe("doctor", "--check", at=tmp_path).returncode == 0
    company.write_text(company.read_text().replace("hackernews", "hackernewz"))
    assert girafe("doctor", "--check", at=tmp_path).returncode == 3


@pytest.mark.parametrize("mask", [0o022, 0o000])
def test_what_is_imported_is_private_from_its_first_moment(tmp_path: Path, mask: int) -> None:
    """It may be the first command of all, and nobody knows when the next one comes."""
    good = {"platform": "forum", "post_id": "1", "created_at": "2026-11-02T08:00:00Z", "text": "a",
            "author": {"handle": "ada"}}  # fmt: skip
    (tmp_path / "posts.jsonl").write_text(json.dumps(good) + "\n{oops\n", encoding="utf-8")
    before = os.umask(mask)
    try:
        assert girafe("import", "posts.jsonl", at=tmp_path).returncode == 0
        assert girafe("quarantine", "replay", at=tmp_path).returncode == 0
    finally:
        os.umask(before)
    open_to_others = [path for path in (tmp_path / "data").rglob("*") if path.stat().st_mode & 0o077]
    assert open_to_others == []
    assert list((tmp_path / "data" / "landing").rglob("*.jsonl.gz"))


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_standard_stream_that_is_closed_stops_nothing_and_no_file_takes_its_number(
    tmp_path: Path, closed: str
) -> None:
    girafe("init", "Orée", at=tmp_path)
    good = {"platform": "forum", "post_id": "1", "created_at": "2026-11-02T08:00:00Z", "text": "a",
            "author": {"handle": "ada"}}  # fmt: skip
    (tmp_path / "posts.jsonl").write_text(json.dumps(good) + "\n", encoding="utf-8")
    cannot_show = {"LC_ALL": "POSIX", "PYTHONUTF8": "0"}  # every sign girafe writes
    for arguments in ("import posts.jsonl --json", "status", "init"):
        done = subprocess.run(
            ["sh", "-c", f'"$0" -m girafe {arguments} {closed}', sys.executable],
            cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)} | cannot_show, capture_output=True, check=False,
            timeout=120,
        )  # fmt: skip
        assert done.returncode == (3 if arguments == "init" else 0), done.stderr
        assert b"Traceback" not in done.stderr
        assert b"fault of girafe" not in done.stderr
    assert (tmp_path / "data" / ".locks" / "files").read_bytes() == b""


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_an_output_that_cannot_show_every_sign_spells_it(tmp_path: Path, encoding: str) -> None:
    girafe("init", "Orée", at=tmp_path)
    done = girafe("status", at=tmp_path, PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    assert "\\u25d0 Nothing has landed yet." in done.stdout
