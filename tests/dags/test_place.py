"""Company file and data directory of a run that others have started: theirs, if they agree."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

SCRIPT = """
import json
from types import SimpleNamespace
from airflow.sdk.execution_time.context import set_current_context
from girafe.errors import UserMustAct
from girafe.wiring.forms import place

A, B = {"company": "a.toml", "data": "a"}, {"company": "b.toml", "data": "b"}
half = [{"company": "a.toml"}, {"data": "b"}]
cases = (([A, A], {}), ([A, B], {}), ([A, {}], {}), (half, {}), ([A, B], A), ([None], {}))
for extras, params in cases:
    events = {"landed": [SimpleNamespace(extra=extra) for extra in extras]}
    with set_current_context({"triggering_asset_events": events, "params": params}):
        try:
            print(json.dumps(place()["data"]))
        except UserMustAct as told:
            print(json.dumps(str(told)))
"""


def test_a_run_that_answers_events_of_several_places_mixes_none_and_drops_none_silently(
    tmp_path: Path, airflow_environment: dict[str, str], run_python: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While girafe_process is paused, events gather, and Airflow starts one run for all of them."""
    monkeypatch.setitem(airflow_environment, "GIRAFE_DATA", "usual")
    script = tmp_path / "ask.py"
    script.write_text(SCRIPT)
    same, two, usual, mixed, chosen, plain = map(json.loads, run_python(script).splitlines()[-6:])
    assert (same, chosen, plain) == ("a", "a", "usual")
    assert two.endswith("once for each of these: a.toml, a; b.toml, b.")
    assert usual.endswith("once for each of these: a.toml, a; the usual ones.")
    assert mixed.endswith("once for each of these: a.toml; b.")
