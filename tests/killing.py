"""Killing: runs a call in a child process that dies at a chosen point, as by kill -9: no cleanup, no goodbye.

Two kinds of points. A file operation (`steps`): the child dies right before its n-th write, rename, unlink
or fsync from Python. A moment (`seconds` of processor time): the kernel ends the child wherever it is, in
DuckDB's or Arrow's C++ too. Nothing of girafe is patched; the hooks sit on the operating system's functions.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_HOOKED = ("replace", "rename", "unlink", "rmdir", "link", "symlink", "fsync", "write", "ftruncate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """How the child ended, and how far it came."""

    died: bool
    steps: int
    seconds: float
    error: str = ""


class _Steps:
    """Counts file operations and dies before the one that was chosen."""

    def __init__(self, at: int | None) -> None:
        self.at, self.count = at, 0

    def install(self) -> None:
        for name in _HOOKED:
            setattr(os, name, self._counted(getattr(os, name)))

    def _counted(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self.count += 1
            if self.count == self.at:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*arguments, **named)

        return call


def run_and_die(call: Callable[[], object], *, step: int | None = None, seconds: float | None = None) -> Fate:
    """Runs `call` in a fork and kills it before its file operation `step`, or after so much processor time.

    Raises AssertionError with what the child said if it failed by itself. Fork before any thread starts.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _live(call, step, seconds, reader, writer)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        said = pipe.read()
    _, status, usage = os.wait4(child, 0)
    used = usage.ru_utime + usage.ru_stime
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) in (signal.SIGKILL, signal.SIGPROF), os.WTERMSIG(status)
        return Fate(died=True, steps=0, seconds=used)
    steps, _, error = said.partition("\n")
    return Fate(died=False, steps=int(steps or 0), seconds=used, error=error)


def _live(
    call: Callable[[], object], step: int | None, seconds: float | None, reader: int, writer: int
) -> None:
    os.close(reader)
    steps, write, leave, error = _Steps(step), os.write, os._exit, ""
    steps.install()
    if seconds is not None:
        signal.signal(signal.SIGPROF, signal.SIG_DFL)  # its default is to end the process, without a word
        signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        call()
    except BaseException as failure:
        error = f"{type(failure).__name__}: {failure}"
    signal.setitimer(signal.ITIMER_PROF, 0)
    write(writer, f"{steps.count}\n{error}".encode())
    leave(0)
