"""The command `girafe`, also as `python -m girafe`: the command line, and what is sent to end it."""

import errno
import io
import json
import os
import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import Any, NoReturn

from girafe.errors import INTERRUPTED, STOPPED

_ENDS = (signal.SIGTERM, signal.SIGHUP)
"""How a supervisor ends a command, and a terminal or a connection that goes."""
_sent: list[int] = []


def main() -> None:
    """Runs the command line. What it imports takes most of a second, in which people press Ctrl-C, too."""
    _open_what_is_closed()
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper):
            # As standard error does by itself: where a terminal or a pipe cannot show a sign (Latin-1), it is spelt.
            spelt = io.TextIOWrapper(
                io.BufferedWriter(_Unheard(stream.fileno(), "w", closefd=False)),
                encoding=stream.encoding, errors="backslashreplace", line_buffering=stream.line_buffering,
            )  # fmt: skip
            setattr(sys, name, spelt)
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:  # not where Ctrl-C is ignored, as in the background
        signal.signal(signal.SIGINT, _stop)
    from girafe.cli import main as command_line

    try:
        signal.signal(signal.SIGINT, before)
        for number in _ENDS:
            if signal.getsignal(number) is signal.SIG_DFL:  # not where it is ignored, as under nohup
                signal.signal(number, _end)
        command_line()
    except KeyboardInterrupt:
        _stop()
    finally:
        _die_of_what_was_sent()


class _Unheard(io.FileIO):
    """A standard stream whose reader may leave (`| head`, a terminal that is closed): what is said then is lost.

    It would otherwise end the work in its midst, without a word and as a fault of girafe: an erasure half done.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._gone = {errno.EPIPE, errno.EIO} if self.isatty() else {errno.EPIPE}

    def write(self, said: Any) -> int:
        """As any file, but where nobody reads any more all is well."""
        try:
            return super().write(said)
        except OSError as error:
            if error.errno not in self._gone:
                raise
            return len(said)


def _open_what_is_closed() -> None:
    """Gives each standard stream that is closed (`>&-`, some schedulers) a place to go.

    Python has None there, and the next file that is opened takes its number: a library that prints to 1 or 2 would
    write into a lock or the warehouse.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            # It takes the lowest number that is free: this one. What girafe starts has it, too.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
        if getattr(sys, name) is None:
            opened = open(number, "w" if number else "r", closefd=False, errors="backslashreplace")  # noqa: SIM115
            setattr(sys, name, opened)


def _stop(number: int = signal.SIGINT, frame: FrameType | None = None) -> NoReturn:
    """Says so and ends. At once: an error raised amid imports might be swallowed there, or leave half a module."""
    told = {"event": STOPPED, "exit_code": INTERRUPTED, "kind": "Interrupted", "level": "error"}
    as_json = os.environ.get("GIRAFE_LOG", "").lower() == "json"
    sys.stderr.write(json.dumps(told) + "\n" if as_json else f"girafe: {STOPPED}\n")
    sys.stderr.flush()
    _die_of_what_was_sent()
    os._exit(INTERRUPTED)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    """As Ctrl-C does, so that nothing half written stays: a backup has the key in it, a copy from a store payloads."""
    for each in _ENDS:  # one often follows the other; what is being put away is put away in peace
        signal.signal(each, signal.SIG_IGN)
    _sent.append(number)
    raise KeyboardInterrupt


def _die_of_what_was_sent() -> None:
    """Ends as whoever sent a signal expects it: by that signal."""
    for number in _sent:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        os._exit(128 + number)  # as the first process of a container it cannot be killed so


if __name__ == "__main__":
    main()
