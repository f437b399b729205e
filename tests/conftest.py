"""Tests that fork run in a process of their own: the fork of a process that has threads may wait for ever."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

_PATIENCE = 4 * 3600.0
"""Seconds; the two hundred kill schedules are the longest."""


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Runs a test marked `forks` through a pytest of its own, and fails as it does."""
    name = pyfuncitem.nodeid
    if pyfuncitem.get_closest_marker("forks") is None or os.environ.get("GIRAFE_FORKING_TEST") == name:
        return None
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "forks", "-p", "no:cacheprovider", name],
        cwd=pyfuncitem.config.rootpath,
        env={**os.environ, "GIRAFE_FORKING_TEST": name},
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE,
    )
    sys.stdout.write(done.stdout)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return True
