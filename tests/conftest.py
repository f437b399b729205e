"""For all tests: an S3; and tests that fork run in a process of their own, as the fork of a process that has threads
may wait for ever."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from scripts import services

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


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real S3, empty: the value for GIRAFE_STORE."""
    with (
        services.s3(tmp_path_factory.mktemp("s3") / "weed") as running,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in running.environment.items():
            patch.setenv(name, value)
        yield running.store
