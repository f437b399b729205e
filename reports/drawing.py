"""Drawing: charts from Vega-Lite to SVG.

Run as a program, it reads the charts from standard input and writes their drawings to standard output. They are drawn
so, in a process of their own, because the engine (V8) keeps something of each page it draws while its process lives.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

_LONGEST_SECONDS = 600


@lru_cache(maxsize=4)
def drawn(specs: tuple[str, ...], locale: str) -> tuple[str, ...]:
    """Each Vega-Lite specification as SVG, numbers written as `locale` (of d3) says; both are JSON.

    Remembered: the same page is often asked for again at once. Raises RuntimeError where one cannot be drawn,
    RetryLater where somebody ended the process that draws.
    """
    if not specs:
        return ()
    done = subprocess.run(  # noqa: S603 - this file, by this interpreter
        [sys.executable, "-P", str(Path(__file__).resolve())],
        input=json.dumps({"specs": specs, "locale": locale}),
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=_LONGEST_SECONDS,
    )
    if done.returncode < 0:
        # Imported here: the program itself does without girafe.
        from girafe.errors import RetryLater

        raise RetryLater(
            f"The process that draws the charts was ended by signal {-done.returncode}, most often because memory "
            "ran out. The last release is untouched; run the same command again."
        )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise RuntimeError(
            f"The charts were not drawn: {said[-1] if said else f'exit code {done.returncode}'}"
        )
    return tuple(json.loads(done.stdout))


def _draw(specs: Sequence[str], locale: str) -> list[str]:
    import vl_convert

    form = json.loads(locale)
    return [vl_convert.vegalite_to_svg(spec, format_locale=form) for spec in specs]


if __name__ == "__main__":
    sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        svgs = _draw(**json.load(sys.stdin))
    except ValueError as error:
        # What is wrong is said first; the engine's own trace follows.
        sys.exit(" ".join(str(error).splitlines()[:2]))
    sys.stdout.write(json.dumps(svgs))
