"""Cluster: the topology of docker-compose.yml on one machine without containers, on free loopback ports.

PostgreSQL, Redis, an S3, Airflow's api-server, scheduler, dag-processor and triggerer, and two Celery workers that
share nothing but the S3: each has its own working directory and data directory. The worker `writer` owns DuckDB,
both collect and classify. `make cluster-test` runs the chain on it and kills a worker; by hand:

    .venv/bin/python scripts/cluster.py          starts it, says where it is, and stays until Ctrl-C
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import airflow_up, services  # noqa: E402

WORKERS = {"classifier": "default", "writer": "writer,default"}
"""Each Celery worker and the queues it serves, as in docker-compose.yml."""
CHAIN = ("girafe_import", "girafe_process", "girafe_publish")
"""What is switched on; nothing that a schedule starts runs in between."""
HEARTBEAT_TIMEOUT = 30
"""Seconds until a task whose worker is gone is tried again; 300 by default."""
_READY = " ready."
"""What Celery logs when a worker begins to take tasks."""
_OPENED = "Found credentials"
"""What the S3 client logs at its first use."""
_ENDED = "Done. Returned value"
"""What Airflow logs when a task's code has returned."""
PATIENCE = 2400
"""Seconds to wait for a start or the end of a run: the machine may be busy."""


@dataclass
class Cluster:
    """A running cluster."""

    folder: Path
    url: str
    environment: dict[str, str]
    """Of the parts that are not workers."""
    store: str
    token: str = ""
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    peak_mb: dict[str, float] = field(default_factory=dict)

    def ask(self, path: str, body: dict[str, Any] | None = None, method: str | None = None) -> dict[str, Any]:
        """One call of Airflow's REST API: GET, or POST with a body, or another `method`."""
        request = urllib.request.Request(
            f"{self.url}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            told: dict[str, Any] = json.load(answer)
        return told

    def trigger(self, dag: str, **conf: Any) -> str:
        """Starts a run, as the button in the UI does, and returns its id."""
        run = self.ask(f"/api/v2/dags/{dag}/dagRuns", {"logical_date": None, "conf": conf})
        return str(run["dag_run_id"])

    def runs(self, dag: str) -> list[dict[str, Any]]:
        """Every run of a DAG, oldest first."""
        found = self.ask(f"/api/v2/dags/{dag}/dagRuns?order_by=run_after")["dag_runs"]
        return list(found)

    def tasks(self, dag: str, run: str) -> list[dict[str, Any]]:
        """Every task instance of a run."""
        found = self.ask(f"/api/v2/dags/{dag}/dagRuns/{run}/taskInstances?limit=500")["task_instances"]
        return list(found)

    def wait_for(self, dag: str, *, count: int = 1, seconds: float = PATIENCE) -> dict[str, Any]:
        """Waits until `dag` has ended its run number `count`; raises RuntimeError if it did not succeed."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            runs = self.runs(dag)
            if len(runs) >= count and runs[count - 1]["state"] in ("success", "failed"):
                run = runs[count - 1]
                if run["state"] == "success":
                    return run
                bad = [t["task_id"] for t in self.tasks(dag, run["dag_run_id"]) if t["state"] == "failed"]
                raise RuntimeError(f"{dag} failed in {bad}; logs are in {self.folder}")
            time.sleep(1)
        raise RuntimeError(f"{dag} did not end in {seconds:.0f} s; logs are in {self.folder}")

    def data(self, worker: str) -> Path:
        """The data directory of a worker."""
        return self.folder / worker / "data"

    def started(self, worker: str, task: str) -> list[Path]:
        """The logs of the tries of `task` that this worker began."""
        return sorted((self.folder / worker / "logs").glob(f"**/*task_id={task}/**/*.log"))

    def at_work(self, worker: str, task: str) -> set[str]:
        """The map indexes of `task` that this worker has begun in earnest (it has opened the store) and not ended."""
        logs = {path.parent.name: path.read_text() for path in self.started(worker, task)}
        return {name for name, text in logs.items() if _OPENED in text and _ENDED not in text}

    def kill(self, worker: str) -> None:
        """Ends a worker and every process it started at once, as a machine that loses power."""
        process = self.processes.pop(worker)
        family = [process.pid, *descendants(process.pid)]
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()

    def start_worker(self, worker: str) -> None:
        """Starts a worker in its own folder; `wait_for_worker` says when it takes tasks."""
        home = self.folder / worker
        home.mkdir(exist_ok=True)
        ports = services.free_ports(1)
        own = {
            "AIRFLOW_HOME": home,
            "AIRFLOW__LOGGING__BASE_LOG_FOLDER": home / "logs",
            "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": ports[0],
            "GIRAFE_DATA": home / "data",
            "TMPDIR": home / "tmp",
        }
        (home / "tmp").mkdir(exist_ok=True)
        env = self.environment | {name: str(value) for name, value in own.items()}
        command = [
            "celery",
            "worker",
            "--queues",
            WORKERS[worker],
            "--concurrency",
            "2",
            "--celery-hostname",
            worker,
        ]
        self.start(worker, command, env=env, cwd=home)

    def wait_for_worker(self, worker: str, *, starts: int = 1) -> None:
        """Waits until a worker, started so many times by now, takes tasks."""
        log = self.folder / f"{worker}.log"
        services.wait_until(
            lambda: log.read_text(errors="replace").count(_READY) >= starts,
            f"The worker {worker}", seconds=PATIENCE, log=log,
        )  # fmt: skip

    def start(self, name: str, command: list[str], *, env: dict[str, str], cwd: Path) -> None:
        """Starts one part of Airflow in a session of its own."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "airflow", *command],
                env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def stop(self) -> None:
        """Ends every part: workers first, so that the scheduler hears of it."""
        for process in reversed(self.processes.values()):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for name in list(self.processes):
            process = self.processes[name]
            family = descendants(process.pid)
            services.end(process, patience=15)
            for pid in family:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            del self.processes[name]

    def weigh(self) -> None:
        """Notes the memory of each part (PSS: shared pages counted once), if it is more than before."""
        for name, process in list(self.processes.items()):
            total = sum(map(pss_mb, [process.pid, *descendants(process.pid)]))
            self.peak_mb[name] = max(self.peak_mb.get(name, 0), total)


def descendants(pid: int) -> list[int]:
    """Every process that `pid` started, and what those started."""
    found = []
    with contextlib.suppress(OSError, ValueError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += [int(child), *descendants(int(child))]
    return found


def pss_mb(pid: int) -> float:
    """The proportional set size of a process in MB; 0 if it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def settings(
    folder: Path, port: int, database: str, broker: str, s3: services.S3, company: Path
) -> dict[str, str]:
    """The environment of every part: that of `make up`, with Celery, PostgreSQL, Redis and the S3."""
    home = folder / "core"
    postgres = {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"postgresql+psycopg2://{database}"}
    base = airflow_up.environment(home, folder / "core" / "data", company, port, postgres)
    own = {
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "AIRFLOW__CORE__PARALLELISM": 16,
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": True,
        "AIRFLOW__CELERY__BROKER_URL": broker,
        "AIRFLOW__CELERY__RESULT_BACKEND": f"db+postgresql://{database}",
        "AIRFLOW__CELERY__SYNC_PARALLELISM": 1,
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": HEARTBEAT_TIMEOUT,
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": 5,
        "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": 60,
        "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": 10,
        "AIRFLOW__TRIGGERER__TRIGGERER_LOG_SERVER_PORT": services.free_ports(1)[0],
        "GIRAFE_STORE": s3.store,
        "GIRAFE_CLASSIFIERS": 4,
        "GIRAFE_PSEUDONYM_KEY_FILE": airflow_key(folder / "pseudonym.key"),
        "GIRAFE_FORGOTTEN_KEY_FILE": airflow_key(folder / "forgotten.key"),
    }
    return base | dict(s3.environment) | {name: str(value) for name, value in own.items()}


def airflow_key(path: Path) -> Path:
    """A key of this cluster, the same for every worker."""
    airflow_up.secret(path)
    return path


@contextmanager
def cluster(company: Path = airflow_up.SAMPLE_COMPANY, **more: str) -> Iterator[Cluster]:
    """A cluster with every part healthy, ended with the block; its folder stays if the block fails."""
    folder = Path(tempfile.mkdtemp(prefix="girafe-cluster-"))
    folder.chmod(0o711)  # PostgreSQL runs as another user and must pass through
    with ExitStack() as stack:
        database = stack.enter_context(services.postgres(folder / "postgres"))
        broker = stack.enter_context(services.redis(folder / "redis"))
        s3 = stack.enter_context(services.s3(folder / "s3"))
        [port] = services.free_ports(1)
        env = settings(folder, port, database, broker, s3, company) | more
        made = Cluster(folder=folder, url=f"http://127.0.0.1:{port}", environment=env, store=s3.store)
        stack.callback(made.stop)
        home = folder / "core"
        airflow_up.prepare(home, env)
        made.start(
            "api-server", ["api-server", "--host", "127.0.0.1", "--port", str(port)], env=env, cwd=home
        )
        for name in ("scheduler", "dag-processor", "triggerer"):
            made.start(name, [name], env=env, cwd=home)
        for worker in WORKERS:
            made.start_worker(worker)
        services.wait_until(
            lambda: airflow_up.healthy(made.url), "Airflow", seconds=PATIENCE, log=folder / "api-server.log"
        )
        log_in(made, home)
        services.wait_until(
            lambda: all_parsed(made), "The DAGs", seconds=PATIENCE, log=folder / "dag-processor.log"
        )
        for worker in WORKERS:
            made.wait_for_worker(worker)
        for dag in CHAIN:
            made.ask(f"/api/v2/dags/{dag}", {"is_paused": False}, "PATCH")
        weighing = threading.Event()
        watcher = threading.Thread(target=lambda: _watch(made, weighing), daemon=True)
        watcher.start()
        stack.callback(weighing.set)
        yield made
    shutil.rmtree(folder, ignore_errors=True)


def _watch(made: Cluster, done: threading.Event) -> None:
    while not done.wait(2):
        made.weigh()


def log_in(made: Cluster, home: Path) -> None:
    """Gets a token for the REST API with the password Airflow made."""
    login = {"username": "girafe", "password": airflow_up.password(home)}
    made.token = str(made.ask("/auth/token", login)["access_token"])


def all_parsed(made: Cluster) -> bool:
    """Whether every DAG of the repository is known."""
    wanted = {path.stem for path in (ROOT / "dags").glob("girafe_*.py")}
    return wanted <= {dag["dag_id"] for dag in made.ask("/api/v2/dags?limit=100")["dags"]}


def main() -> None:
    """Starts a cluster and stays until told to stop."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--company", type=Path, default=airflow_up.SAMPLE_COMPANY)
    given = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    print(
        "Starting PostgreSQL, Redis, an S3, Airflow and two workers; this takes a minute or two ...",
        flush=True,
    )
    try:
        with cluster(given.company.resolve()) as made:
            print(
                f"\nAirflow   {made.url}\nLogin     girafe\nPassword  {airflow_up.password(made.folder / 'core')}"
            )
            print(
                f"Store     {made.store}\nExports   {made.data('writer') / 'exports'}\nLogs      {made.folder}"
            )
            print("\nCtrl-C stops all of it.", flush=True)
            while True:
                time.sleep(1)
    except KeyboardInterrupt:
        print("\nStopped.")


if __name__ == "__main__":
    main()
