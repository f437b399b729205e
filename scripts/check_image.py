"""Builds the Dockerfile without a Docker engine: its very lines, run in a throw-away layer over this machine.

Needs root on Debian 12 with its Python 3.11, which stands in for the base image. Every stage is an overlay of / in a
mount namespace of its own, so nothing here changes. Ends with what must be true of the image; prints one line a step.

    python3 scripts/check_image.py [--stage girafe] [--keep]
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHECKS = {
    "girafe": (
        "airflow version",
        "girafe --help > /dev/null",
        "python -c 'import celery, psycopg2, asyncpg, redis, s3fs, weasyprint, spacy, duckdb, great_expectations'",
        "for d in dags/*.py; do python $d || exit 1; done",
        "test ! -e .venv/bin/pip && test ! -e .venv/bin/uv && test ! -e .venv/bin/pytest && test ! -e /tools",
        'test "$(id -u)" = 10001 && ! touch /opt/girafe/x 2> /dev/null && touch /data/x && touch /airflow/logs/x',
        "test ! -e secrets && test ! -e company.toml && test ! -e .git",
    ),
    "store": ("weed version", "test ! -e /tools && touch /store/x"),
}
"""What must succeed in the finished stage, as its user."""


@dataclass
class Stage:
    """One FROM ... AS ..., with what came before it."""

    name: str
    base: str
    steps: list[tuple[str, str]] = field(default_factory=list)


def parse(text: str) -> list[Stage]:
    """The stages of a Dockerfile with their instructions, continuation lines joined."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    stages: list[Stage] = []
    for line in re.sub(r"\\\n", " ", "\n".join(lines)).splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            stages.append(Stage(name=name.strip(), base=base.strip()))
        elif stages:
            stages[-1].steps.append((word, rest.strip()))
    return stages


def chain(stages: list[Stage], name: str) -> list[Stage]:
    """The stage `name` after those it is built on."""
    by_name = {stage.name: stage for stage in stages}
    found = [by_name[name]]
    while found[0].base in by_name:
        found.insert(0, by_name[found[0].base])
    return found


class Layer:
    """A stage being built: a folder that holds only what differs from this machine."""

    def __init__(self, folder: Path) -> None:
        self.upper, self.work, self.merged = (folder / name for name in ("upper", "work", "merged"))
        for path in (self.upper, self.work, self.merged):
            path.mkdir(parents=True)
        # As in the base image, `python` is Python 3.11 and what users of this machine installed is not there.
        local = self.upper / "usr/local/bin"
        local.mkdir(parents=True)
        (local / "python").symlink_to("/usr/bin/python3.11")
        self.env = {
            "PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LANG": "C.UTF-8",
        }
        self.env |= {name: value for name, value in os.environ.items() if re.match(r"(PIP|UV|SSL)_", name)}
        self.folder, self.user = "/", 0

    def run(self, command: str) -> None:
        """One RUN line; raises CalledProcessError if it fails."""
        inner = f"cd {shlex.quote(self.folder)} && {command}"
        as_user = (
            ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups"] if self.user else []
        )
        merged = shlex.quote(str(self.merged))
        mount = (
            f"mount -t overlay overlay -o lowerdir=/,upperdir={self.upper},workdir={self.work} {merged}"
            f" && mount -t proc proc {merged}/proc && mount --rbind /dev {merged}/dev"
            f" && exec chroot {merged} {shlex.join([*as_user, '/bin/sh', '-c', inner])}"
        )
        env = self.env | ({"HOME": "/home/girafe"} if self.user else {})
        subprocess.run(["unshare", "--mount", "sh", "-c", mount], env=env, check=True)  # fmt: skip

    def path(self, inside: str) -> Path:
        """Where a path of the image lies here."""
        whole = inside if inside.startswith("/") else f"{self.folder.rstrip('/')}/{inside}"
        return self.upper / whole.lstrip("/")


def build(stages: list[Stage], name: str, home: Path, arguments: dict[str, str]) -> Layer:
    """Builds a stage, and first what it copies from."""
    layer = Layer(home / f"layer-{name}")
    for word, rest in [step for stage in chain(stages, name) for step in stage.steps]:
        started = time.monotonic()
        if word == "RUN":
            layer.run(rest)
        elif word == "ENV":
            layer.env |= {k: os.path.expandvars(v) for k, v in read_env(rest, layer.env).items()}
        elif word == "ARG" and (value := arguments.get(rest) or os.environ.get(rest)):
            layer.env[rest] = value
        elif word == "WORKDIR":
            layer.folder = rest
            layer.path(rest).mkdir(parents=True, exist_ok=True)
        elif word == "USER":
            layer.user = int(rest)
        elif word == "COPY":
            copy(stages, layer, shlex.split(rest), home, arguments)
        print(f"{name:12} {time.monotonic() - started:6.1f} s  {word} {rest[:90]}", flush=True)
    return layer


def read_env(text: str, known: dict[str, str]) -> dict[str, str]:
    """NAME=value pairs of an ENV line, with $NAME filled in."""
    pairs = dict(part.partition("=")[::2] for part in shlex.split(text))
    return {
        name: re.sub(r"\$(\w+)", lambda found: known.get(found[1], ""), value)
        for name, value in pairs.items()
    }


def copy(stages: list[Stage], layer: Layer, words: list[str], home: Path, arguments: dict[str, str]) -> None:
    """COPY from the repository (what git knows and .dockerignore lets through), or from another stage."""
    options = dict(word[2:].partition("=")[::2] for word in words if word.startswith("--"))
    *sources, target = [word for word in words if not word.startswith("--")]
    if "from" in options:
        other = build(stages, options["from"], home, arguments)
        layer.path(target).parent.mkdir(parents=True, exist_ok=True)
        layer.path(target).exists() and shutil.rmtree(layer.path(target))
        # Moved, not copied: the other stage has done its duty, and the disk is not endless.
        shutil.move(other.path(sources[0]), layer.path(target))
        return
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    names = [n for n in listed.splitlines() if (ROOT / n).is_file() and ("." in sources or n in sources)]
    for name in names:
        place = layer.path(target) / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, place)


def main() -> None:
    """Builds the stages named and checks them; ends with 1 if a line fails."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--stage", action="append", choices=sorted(CHECKS))
    options.add_argument("--keep", action="store_true", help="Leave the layers where they were built.")
    given = options.parse_args()
    stages = parse((ROOT / "Dockerfile").read_text())
    home = Path(tempfile.mkdtemp(prefix="girafe-image-"))
    home.chmod(0o755)
    try:
        for name in given.stage or sorted(CHECKS):
            layer = build(stages, name, home, {})
            for check in CHECKS[name]:
                layer.run(check)
                print(f"{name:12}      ok    {check[:90]}", flush=True)
            size = subprocess.run(
                ["du", "-sm", layer.upper], check=True, capture_output=True, text=True
            ).stdout
            print(json.dumps({"stage": name, "megabytes_over_base": int(size.split()[0])}))
    except subprocess.CalledProcessError as error:
        sys.exit(f"A line of the Dockerfile failed (exit {error.returncode}); layers are in {home}")
    finally:
        if not given.keep:
            shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
