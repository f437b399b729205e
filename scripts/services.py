"""Services: an S3, a PostgreSQL and a Redis for one run, on free loopback ports, in a folder of their own.

Used by scripts/cluster.py and by tests with the marker `cluster`. Nothing outside the folder is read or written,
every process is in a session of its own, and all of them end with the block that started them.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

BUCKET = "girafe"
_KEY, _SECRET = "test", "testsecret-of-loopback"


class ServiceMissing(SystemExit):
    """Something is not installed; the message says how to install it."""


@dataclass(frozen=True)
class S3:
    """A running S3 with one empty bucket."""

    endpoint: str
    environment: Mapping[str, str]
    """What a process needs to reach it."""
    store: str
    """The value for GIRAFE_STORE."""


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody holds, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]
    finally:
        for each in sockets:
            each.close()


def program(name: str, *, apt: str | None = None, folders: Sequence[Path] = ()) -> str:
    """The path of a program; installs the Debian package that brings it where that is possible."""
    path = os.pathsep.join([str(Path(sys.executable).parent), *map(str, folders), os.environ.get("PATH", "")])
    found = shutil.which(name, path=path)
    if found is None and apt and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {apt} ...", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        subprocess.run(["apt-get", "update"], env=environment, **quiet)
        subprocess.run(
            ["apt-get", "install", "--yes", "--no-install-recommends", apt], env=environment, **quiet
        )
        found = shutil.which(name, path=path)
    if found is None:
        remedy = f"apt-get install {apt}" if apt else "make install"
        raise ServiceMissing(f"{name} is missing, and without it there is no cluster. Install it: {remedy}")
    return found


@contextmanager
def running(
    command: Sequence[str],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: str | None = None,
    stop: signal.Signals = signal.SIGTERM,
    patience: float = 20,
) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a session of its own, ended with all its children when the block ends."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            env=dict(env) if env is not None else None, cwd=cwd, user=user, start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        end(process, stop=stop, patience=patience)


def end(
    process: subprocess.Popen[bytes], *, stop: signal.Signals = signal.SIGTERM, patience: float = 20
) -> None:
    """Ends a process and its session: politely, then for certain."""
    for number, seconds in ((stop, patience), (signal.SIGKILL, 5)):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.1)
    process.poll()


def wait_until(ready: Callable[[], bool], what: str, *, seconds: float, log: Path | None = None) -> None:
    """Waits for `ready`; raises RuntimeError with the end of the log if it does not come."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            tail = log.read_text(errors="replace")[-3000:] if log and log.exists() else ""
            raise RuntimeError(f"{what} did not come up in {seconds:.0f} s.\n{tail}")
        time.sleep(0.2)


def answers(url: str) -> bool:
    """Whether a GET of `url` is answered with 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


@contextmanager
def s3(folder: Path) -> Iterator[S3]:
    """SeaweedFS with the bucket `girafe`, its data under `folder`."""
    folder.mkdir(parents=True)
    ports = free_ports(10)
    master, master_grpc, volume, volume_grpc, filer, filer_grpc, api, api_grpc, iceberg, lance = map(
        str, ports
    )
    identity = {
        "name": "test",
        "credentials": [{"accessKey": _KEY, "secretKey": _SECRET}],
        "actions": ["Admin", "Read", "List", "Tagging", "Write"],
    }
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [identity]}))
    (folder / "data").mkdir()
    command = [
        program("weed"), "-logtostderr=true", "server", "-master.telemetry=false", f"-dir={folder / 'data'}",
        "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.volumeSizeLimitMB=64", "-volume.max=20",
        f"-master.port={master}", f"-master.port.grpc={master_grpc}", f"-volume.port={volume}",
        f"-volume.port.grpc={volume_grpc}", "-filer", f"-filer.port={filer}", f"-filer.port.grpc={filer_grpc}",
        "-s3", "-s3.autoCreateBucket=false", f"-s3.port={api}", f"-s3.port.grpc={api_grpc}",
        f"-s3.port.iceberg={iceberg}", f"-s3.port.lance={lance}", f"-s3.config={config}",
    ]  # fmt: skip
    endpoint = f"http://127.0.0.1:{api}"
    environment = {
        "AWS_ACCESS_KEY_ID": _KEY,
        "AWS_SECRET_ACCESS_KEY": _SECRET,
        "AWS_ENDPOINT_URL_S3": endpoint,
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    log = folder / "weed.log"
    # Asked politely it waits for its own parts to notice each other's end; its data leaves with the folder.
    with running(command, log=log, cwd=folder, patience=2):
        wait_until(lambda: answers(f"{endpoint}/healthz"), "The S3", seconds=60, log=log)
        make_bucket(environment, log)
        forget_clients()
        yield S3(endpoint=endpoint, environment=environment, store=f"s3://{BUCKET}/store")


def forget_clients() -> None:
    """Lets this process open the S3 anew: clients are kept by their arguments, and the address is not one of them."""
    client = sys.modules.get("s3fs")
    if client is not None:
        client.S3FileSystem.clear_instance_cache()


def make_bucket(environment: Mapping[str, str], log: Path) -> None:
    """Makes the bucket; the S3 answers before its volumes do, so it is asked more than once."""
    code = f"import s3fs; s3fs.S3FileSystem(use_listings_cache=False).mkdir({BUCKET!r})"
    command = [sys.executable, "-c", code]
    env = {**os.environ, **environment}
    wait_until(
        lambda: subprocess.run(command, env=env, check=False, capture_output=True).returncode == 0,
        "The bucket", seconds=60, log=log,
    )  # fmt: skip


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL with the database `airflow`; yields its URL without a driver: `user:password@host:port/name`."""
    folder.mkdir(parents=True)
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    initdb = program("initdb", apt="postgresql", folders=binaries)
    [port], password = free_ports(1), os.urandom(12).hex()
    (folder / "password").write_text(password)
    # PostgreSQL refuses to run as root, so there it runs as the user its package brings.
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        for path in (folder, folder / "password"):
            shutil.chown(path, user)
    log = folder / "postgres.log"
    with log.open("ab") as output:
        subprocess.run(
            [initdb, "-D", folder / "data", "-U", "airflow", "-A", "scram-sha-256", "--no-sync", "-E", "UTF8",
             f"--pwfile={folder / 'password'}", "--locale=C.UTF-8"],
            cwd=folder, user=user, check=True, stdout=output, stderr=output,
        )  # fmt: skip
    command = [
        str(Path(initdb).with_name("postgres")), "-D", str(folder / "data"), "-p", str(port),
        "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}", "-c", "max_connections=200",
        "-c", "fsync=off",
    ]  # fmt: skip
    url = f"airflow:{password}@127.0.0.1:{port}"
    # SIGINT: without waiting for those who are still connected.
    with running(command, log=log, cwd=folder, user=user, stop=signal.SIGINT):
        psql = [
            str(Path(initdb).with_name("psql")),
            f"postgresql://{url}/postgres",
            "-c",
            "create database airflow",
        ]
        wait_until(
            lambda: subprocess.run(psql, check=False, capture_output=True).returncode == 0,
            "PostgreSQL", seconds=60, log=log,
        )  # fmt: skip
        yield f"{url}/airflow"


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A Redis that keeps nothing; yields its URL."""
    folder.mkdir(parents=True)
    [port], password = free_ports(1), os.urandom(12).hex()
    config = folder / "redis.conf"
    config.write_text(f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ""\ndir {folder}\n')
    log = folder / "redis.log"
    with running([program("redis-server", apt="redis-server"), str(config)], log=log, cwd=folder):
        wait_until(lambda: listens(port), "Redis", seconds=30, log=log)
        yield f"redis://:{password}@127.0.0.1:{port}/0"


def listens(port: int) -> bool:
    """Whether something answers on this port of 127.0.0.1."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
