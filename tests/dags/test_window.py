"""The span a run of girafe_collect reads: of a backfill its days, of the form what it says, else from the cursor on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SCRIPT = """
import json
from types import SimpleNamespace
import pendulum
from airflow.sdk.execution_time.context import set_current_context
from girafe.wiring import window

day = pendulum.datetime(2026, 11, 11, 4), pendulum.datetime(2026, 11, 12, 4)
for kind, params in (("backfill", {}), ("scheduled", {}), ("backfill", {"since": "2026-11-01", "until": "2026-11-03"})):
    with set_current_context({
        "params": params, "dag_run": SimpleNamespace(run_type=kind),
        "data_interval_start": day[0], "data_interval_end": day[1],
    }):
        found = window()
    print(json.dumps(found and [[type(moment).__module__, moment.isoformat()] for moment in found]))
"""


def test_a_backfill_reads_its_days_in_plain_moments(tmp_path: Path, run_python: Any) -> None:
    # Airflow's own moments are pendulum's, which the run record could not hold: every backfill was red.
    script = tmp_path / "ask.py"
    script.write_text(SCRIPT)
    backfill, scheduled, form = map(json.loads, run_python(script).splitlines()[-3:])
    assert backfill == [["datetime", "2026-11-11T04:00:00+00:00"], ["datetime", "2026-11-12T04:00:00+00:00"]]
    assert scheduled is None
    assert form == [["datetime", "2026-11-01T00:00:00+00:00"], ["datetime", "2026-11-03T00:00:00+00:00"]]


SLIPS = """
import json
from types import SimpleNamespace
from airflow.sdk.execution_time.context import set_current_context
from girafe.errors import UserMustAct
from girafe.wiring import window

for params in ({"until": "2026-11-03"}, {"since": "2026-11-03", "until": "2026-11-01"}, {"since": "2999-01-01"},
               {"since": "2026-11-03", "until": "2026-11-03"}):
    with set_current_context({"params": params, "dag_run": SimpleNamespace(run_type="manual")}):
        try:
            print(json.dumps(f"taken: {window()}"))
        except UserMustAct as told:
            print(json.dumps(str(told)))
"""


def test_a_span_without_a_beginning_or_with_nothing_in_it_is_a_slip_and_not_a_fault(
    tmp_path: Path, run_python: Any
) -> None:
    script = tmp_path / "ask.py"
    script.write_text(SLIPS)
    told = list(map(json.loads, run_python(script).splitlines()[-4:]))
    assert told[0].startswith("Until needs Since"), "the whole of it from the cursor on was read instead"
    assert [one[:21] for one in told[1:]] == ["Nothing lies between "] * 3
