"""The command `girafe`, also as `python -m girafe`: the command line, and Ctrl-C while it is still being loaded."""

import json
import os
import signal
import sys
from types import FrameType
from typing import NoReturn

from girafe.errors import INTERRUPTED, STOPPED


def main() -> None:
    """Runs the command line. What it imports takes most of a second, in which people press Ctrl-C, too."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:  # not where Ctrl-C is ignored, as in the background
        signal.signal(signal.SIGINT, _stop)
    from girafe.cli import main as command_line

    try:
        signal.signal(signal.SIGINT, before)
        command_line()
    except KeyboardInterrupt:
        _stop()


def _stop(number: int = signal.SIGINT, frame: FrameType | None = None) -> NoReturn:
    """Says so and ends. At once: an error raised amid imports might be swallowed there, or leave half a module."""
    told = {"event": STOPPED, "exit_code": INTERRUPTED, "kind": "Interrupted", "level": "error"}
    as_json = os.environ.get("GIRAFE_LOG", "").lower() == "json"
    sys.stderr.write(json.dumps(told) + "\n" if as_json else f"girafe: {STOPPED}\n")
    sys.stderr.flush()
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
