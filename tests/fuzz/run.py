"""Coverage-guided fuzzing of some targets, or of all in turn: python -m tests.fuzz.run PARSER[,PARSER] SECONDS.

Each target runs in a process of its own (libFuzzer ends with its process). What it learns is kept in .fuzz/, which
git ignores; tests/fuzz/keep.py takes the little of it that reaches new lines into tests/fuzz/corpus. A crash is kept
there as crash-* and belongs, made small, into the corpus with its mend.
What was tried adds up over the years in counts.json: inputs, and hours of a processor. `all` begins with the target
that has the fewest; a fixed parser keeps its count, as its old inputs stay in the corpus.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
COUNTS = HERE / "counts.json"
_MEMORY_MB, _LONGEST_INPUT = 3000, 8192
_HANG_SECONDS, _STUCK_SECONDS = 5, 300
"""Of processor time, in which instrumented code does what takes a fifth of that; and by the clock, for what waits."""


def main(name: str, seconds: int) -> int:
    """Fuzzes and prints, for each target, inputs tried, in all, and crashes found; 1 if anything crashed."""
    from tests.fuzz.targets import TARGETS

    names = (
        sorted(TARGETS, key=lambda target: counts()[target]["inputs"]) if name == "all" else name.split(",")
    )
    unknown = [target for target in names if target not in TARGETS]
    if unknown:
        print(f"No target: {', '.join(unknown)}. There are: {', '.join(TARGETS)}")
        return 2
    crashed = 0
    for target in names:
        before = _processor_seconds()
        inputs, failure = fuzz(target, seconds)
        known = _add(target, inputs, _processor_seconds() - before)
        print(f"{target}\t{inputs}\t{known['inputs']}\t{'CRASH ' + failure if failure else 'ok'}", flush=True)
        crashed += bool(failure)
    return min(crashed, 1)


def counts() -> dict[str, dict[str, float]]:
    """Of every target: inputs tried and hours of processor time, in all runs so far."""
    from tests.fuzz.targets import TARGETS

    known = json.loads(COUNTS.read_text(encoding="utf-8")) if COUNTS.exists() else {}
    return {target: known.get(target, {"inputs": 0, "hours": 0.0}) for target in sorted(TARGETS)}


def _add(target: str, inputs: int, seconds: float) -> dict[str, float]:
    known = counts()  # read now: another run may have written meanwhile
    one = known[target]
    known[target] = one = {
        "inputs": int(one["inputs"]) + inputs,
        "hours": round(one["hours"] + seconds / 3600, 4),
    }
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(count)}" for name, count in known.items())
    partial = COUNTS.with_suffix(".part")
    partial.write_text(f"{{\n{rows}\n}}\n", encoding="utf-8")
    partial.replace(COUNTS)
    return one


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def fuzz(target: str, seconds: int) -> tuple[int, str]:
    """Inputs tried in `seconds`, and what went wrong first."""
    from tests.fuzz.targets import LONGEST, words

    learned = ROOT / ".fuzz" / target
    learned.mkdir(parents=True, exist_ok=True)
    seeds = HERE / "corpus" / target
    spelt, known = learned.with_suffix(".words"), sorted(words(target))
    spelt.write_text("".join(f"{_quoted(word)}\n" for word in known))
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.run", "--inside", target, str(learned), *([str(seeds)] if seeds.is_dir() else []),
         f"-max_total_time={seconds}", f"-timeout={_STUCK_SECONDS}", f"-rss_limit_mb={_MEMORY_MB}", f"-max_len={LONGEST.get(target, _LONGEST_INPUT)}",
         f"-artifact_prefix={learned}/", *([f"-dict={spelt}"] if known else []), "-print_final_stats=1", "-use_value_profile=0"],
        cwd=ROOT, capture_output=True, text=True, check=False, errors="replace",
    )  # fmt: skip
    log = done.stdout + done.stderr
    (learned.parent / f"{target}.log").write_text(log[-20_000:])
    stated = re.findall(r"stat::number_of_executed_units:\s*(\d+)", log) or re.findall(
        r"^#(\d+)\s", log, re.MULTILINE
    )
    inputs = int(stated[-1]) if stated else 0
    failure = "" if done.returncode == 0 else _why(log)
    return inputs, failure


def _quoted(word: str) -> str:
    """As libFuzzer reads words: every byte by its number."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in word.encode()) + '"'


def _why(log: str) -> str:
    found = re.search(r"=== Uncaught Python exception: ===\n(.*)", log) or re.search(
        r"ERROR: libFuzzer: (.*)", log
    )
    return found[1] if found else "ended early; see .fuzz/*.log"


def inside(target: str, arguments: list[str]) -> None:
    """The process of one target: modules are instrumented as they are imported, then libFuzzer takes over."""
    import atheris

    atheris.enabled_hooks.add("str")
    with atheris.instrument_imports(include=["collectors", "nlp", "girafe"]):
        from tests.fuzz.targets import TARGETS

        run = TARGETS[target]
        # Models and rules are loaded now, which is no hang; and what a target imports on its way would go unseen later.
        for seed in (
            b"a first input",
            *(path.read_bytes() for path in sorted((HERE / "corpus" / target).glob("*"))),
        ):
            run(seed)

    def timed(data: bytes) -> None:
        started = time.process_time()
        run(data)
        used = time.process_time() - started
        assert used < _HANG_SECONDS, f"a hang: {used:.1f} s of processor time"

    atheris.Setup([sys.argv[0], *arguments], timed)
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1] == "--inside":
        inside(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(main(sys.argv[1], int(sys.argv[2])))
