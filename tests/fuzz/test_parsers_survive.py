"""Every fuzz target on every run of the tests: the kept corpus, then some hundred fresh inputs each.

`make fuzz PARSER=name SECONDS=60` searches for longer, guided by coverage; what it finds is kept in corpus/.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.registry import FORMATS, PARSERS
from tests.fuzz import mutate
from tests.fuzz.keep import choose, lines
from tests.fuzz.mutate import Payloads
from tests.fuzz.targets import PAYLOADS, TARGETS

CORPUS = Path(__file__).parent / "corpus"
KEPT = sorted(path for path in CORPUS.rglob("*") if path.is_file())
SLOW = {"moods_and_themes": 30, "relevance": 40, "employment": 40, "feed": 60, "language": 60, "head": 60}
SECONDS = 2.0


@pytest.mark.parametrize("path", KEPT, ids=[f"{path.parent.name}-{path.name}" for path in KEPT])
def test_what_was_found_once_stays_mended(path):
    target = TARGETS[path.parent.name]
    target(b"")  # the first call loads models and rules, which is not what is timed
    started = time.process_time()
    target(path.read_bytes())
    assert time.process_time() - started < SECONDS * 5


@pytest.mark.parametrize("name", TARGETS)
def test_no_input_crashes_a_parser(name):
    target = TARGETS[name]
    seeds = [path.read_bytes() for path in KEPT if path.parent.name == name]
    raw = st.binary(max_size=400)
    spliced = st.tuples(st.sampled_from(seeds or [b""]), st.integers(0, 2000), raw, st.integers(0, 40)).map(
        lambda made: made[0][: made[1]] + made[2] + made[0][made[1] + made[3] :]
    )

    @settings(max_examples=SLOW.get(name, 120), deadline=None, database=None, derandomize=True,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.one_of(raw, spliced, st.text(max_size=200).map(lambda words: words.encode("utf-8", "replace"))))
    def survives(data: bytes) -> None:
        target(data)

    survives()


@pytest.mark.slow
def test_what_a_target_imports_on_its_way_is_watched_too():
    done = subprocess.run([sys.executable, "-m", "tests.fuzz.run", "--inside", "statements", "-runs=1"],
                          cwd=CORPUS.parents[2], capture_output=True, text=True, check=True)  # fmt: skip
    assert "Instrumenting nlp.statements" in done.stderr


def test_what_reaches_new_lines_is_kept_and_the_rest_is_not():
    target, company = TARGETS["settings"], b'[company]\nname = "Ondine"\n'
    longer = company + b"# the same again\n"
    first, reached = choose(target, [b"", company, longer], lines(target, b""))
    assert first == [company]
    assert choose(target, [company, longer], reached) == ([], reached)


def test_every_parser_and_every_reader_is_a_target():
    assert {f"parse_{name}" for name in PARSERS if (PAYLOADS / f"{name}.json").exists()} <= set(TARGETS)
    assert {name for name in PARSERS if not (PAYLOADS / f"{name}.json").exists()} == set()
    mapped = {name for name, reader in FORMATS.items() if reader.PARSER != reader.NAME}
    alone = {name for name in FORMATS if name not in mapped} - {"girafe_jsonl"}  # `jsonl` reads those
    assert {f"read_{name}" for name in alone} <= set(TARGETS)
    assert {f"read_{name}" for name in mapped} & set(TARGETS)  # mappings share one reader; some stand for all


def test_every_kept_input_belongs_to_a_target():
    assert {path.parent.name for path in KEPT} <= set(TARGETS)


def test_the_same_bytes_are_the_same_payload_whatever_came_before():
    payloads, odd = Payloads([{"owner": {}, "tweet": {"entities": {"urls": []}}}]), repr(mutate.ODD)
    draws = Random(1)
    inputs = [draws.randbytes(12) for _ in range(2000)]
    first = [repr(payloads.changed(data)) for data in inputs]
    assert [repr(payloads.changed(data)) for data in inputs] == first
    assert repr(mutate.ODD) == odd
