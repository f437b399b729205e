"""Attacks on what is said when something breaks: whatever fails, and wherever, its words name nobody."""

from __future__ import annotations

import errno
import os
import signal
import socket
import time
import traceback

import pytest
import requests
from PIL import UnidentifiedImageError

from girafe.cli import app as command_line
from girafe.errors import Defect, QualityFailed, SettingsInvalid, quoting_nobody, told_of
from girafe.settings import parse_settings

ODILE = "odile.quenneval@canary.example"


def failing(text: str) -> int:
    return int(text)


@quoting_nobody
def work() -> None:
    try:
        failing(ODILE)
    except ValueError as error:
        raise KeyError(f"{ODILE} again") from error


def test_a_fault_on_what_people_wrote_leaves_its_words_and_its_causes_behind():
    with pytest.raises(Defect) as caught:
        work()
    whole = "".join(traceback.format_exception(caught.value))
    assert ODILE not in whole
    assert ODILE not in repr((caught.value.__cause__, caught.value.__context__))
    assert "KeyError at " in str(caught.value)
    assert "test_what_is_said_of_faults.py" in str(caught.value)


FULL = OSError(28, os.strerror(28), "/data/landing")


@pytest.mark.parametrize("meant", [QualityFailed("3 rows"), FULL, MemoryError()])
def test_what_is_raised_on_purpose_and_what_the_machine_says_pass_without_what_lies_behind(meant):
    @quoting_nobody
    def refused() -> None:
        try:
            failing(ODILE)
        except ValueError as error:
            raise meant from error

    with pytest.raises(type(meant)) as caught:
        refused()
    assert caught.value is meant
    assert ODILE not in "".join(traceback.format_exception(caught.value))


class TimeIsOver(BaseException):
    """What Airflow raises, from a signal, wherever the work happens to be when its time limit is over."""


def test_a_time_limit_that_comes_while_a_fault_is_handled_leaves_that_fault_behind():
    def over(*_: object) -> None:
        raise TimeIsOver

    @quoting_nobody
    def waits() -> None:
        try:
            failing(ODILE)
        except ValueError:
            time.sleep(30)  # as the polite client waits for a platform that has refused

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        with pytest.raises(TimeIsOver) as caught:
            waits()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert ODILE not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "raised",
    [
        requests.ConnectionError(f"Max retries exceeded with url: /{ODILE}"),
        UnidentifiedImageError(f"cannot identify image file {ODILE}"),
        socket.gaierror(-2, f"{ODILE}: Name or service not known"),
        OSError(5, ODILE),
    ],
)
def test_what_a_library_says_as_if_it_were_the_machine_loses_its_words(raised):
    @quoting_nobody
    def refused() -> None:
        raise raised

    with pytest.raises(OSError, match=" at ") as caught:  # still one that trying again may help
        refused()
    assert ODILE not in "".join(traceback.format_exception(caught.value))
    assert "refused" in str(caught.value)


def test_a_full_disk_that_a_library_tells_in_its_own_words_is_still_a_full_disk():
    @quoting_nobody
    def written() -> None:
        raise OSError(errno.ENOSPC, f"Error writing bytes to file {ODILE}")

    with pytest.raises(OSError, match=" at ") as caught:
        written()
    assert caught.value.errno == errno.ENOSPC
    assert ODILE not in "".join(traceback.format_exception(caught.value))


def test_a_company_file_with_a_fault_is_explained_and_its_values_are_not_dumped():
    with pytest.raises(SettingsInvalid) as caught:
        parse_settings(f'[company]\nname = "Ondine"\nheadcount = "{ODILE}"\n')
    assert "headcount" in str(caught.value)
    assert "input_value" not in "".join(traceback.format_exception(caught.value))


def test_a_command_that_breaks_says_where_and_quotes_nobody(monkeypatch, capsys):
    monkeypatch.setattr(command_line, "app", lambda: failing(ODILE))
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    said = "".join(capsys.readouterr())
    assert ended.value.code == 1
    assert ODILE not in said
    assert "ValueError" in said
    assert "failing" in said


def test_the_place_of_a_fault_is_told_innermost_last():
    with pytest.raises(ValueError, match="invalid") as caught:
        failing(ODILE)
    assert told_of(caught.value).endswith("failing")
