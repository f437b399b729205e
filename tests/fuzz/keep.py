"""What is worth keeping of what a search learnt (.fuzz/): python -m tests.fuzz.keep PARSER[,PARSER], or all.

An input moves into tests/fuzz/corpus if it reaches a line of ours that no kept one and no shorter one reaches. Each run
of the tests then begins there, and so does every search on another machine.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from pathlib import Path
from types import FrameType
from typing import Any

from tests.fuzz.run import HERE, ROOT
from tests.fuzz.targets import TARGETS, Target

_OURS = tuple(str(ROOT / package) + "/" for package in ("collectors", "nlp", "girafe"))
Lines = set[tuple[str, int]]
"""File and number."""


def main(targets: Iterable[str]) -> None:
    """Prints, for each target, how many inputs were kept and how many lines they add."""
    for name in targets:
        kept, learnt = _inputs(HERE / "corpus" / name), _inputs(ROOT / ".fuzz" / name)
        known: Lines = set()
        for data in (b"", *kept):
            known |= lines(TARGETS[name], data)
        chosen, reached = choose(TARGETS[name], learnt, known)
        for data in chosen:
            path = HERE / "corpus" / name / f"learnt-{blake2b(data, digest_size=4).hexdigest()}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        print(f"{name}\t{len(chosen)} of {len(learnt)}\t{len(reached - known)} lines more", flush=True)


def choose(target: Target, inputs: Sequence[bytes], known: Lines) -> tuple[list[bytes], Lines]:
    """The inputs that reach lines beyond `known`, the shortest for each, and all lines reached with them."""
    chosen: list[bytes] = []
    reached = set(known)
    for data in inputs:
        new = lines(target, data) - reached
        if new:
            chosen.append(data)
            reached |= new
    return chosen, reached


def lines(target: Target, data: bytes) -> Lines:
    """The lines of our packages that `data` reaches."""
    found: Lines = set()

    def within(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            found.add((frame.f_code.co_filename, frame.f_lineno))
        return within

    def called(frame: FrameType, _event: str, _: Any) -> Any:
        return within if frame.f_code.co_filename.startswith(_OURS) else None

    before = sys.gettrace()
    sys.settrace(called)
    try:
        target(data)
    finally:
        sys.settrace(before)
    return found


def _inputs(folder: Path) -> list[bytes]:
    """Shortest first. What crashed or hung is no seed: it comes in by hand, with its mend."""
    found = ("crash-", "timeout-", "oom-", "slow-unit-", "leak-")
    paths = [path for path in folder.glob("*") if not path.name.startswith(found)]
    return sorted((path.read_bytes() for path in paths), key=lambda data: (len(data), data))


if __name__ == "__main__":
    main(TARGETS if sys.argv[1] == "all" else sys.argv[1].split(","))
