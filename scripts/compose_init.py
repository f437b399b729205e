"""What docker-compose.yml does before anything else: database, pools, bucket. Again, it changes nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path


def prepare_airflow() -> None:
    """Brings the metadata database up to date and makes the pools, before a task asks for a slot."""
    airflow = [sys.executable, "-m", "airflow"]
    subprocess.run([*airflow, "db", "migrate"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        pools = Path(folder) / "pools.json"
        subprocess.run([sys.executable, "-m", "girafe.wiring", str(pools)], check=True)
        subprocess.run([*airflow, "pools", "import", str(pools)], check=True)


def make_bucket(store: str) -> None:
    """Makes the bucket of `s3://bucket/...` unless it is there; other stores are not ours to make."""
    scheme, _, rest = store.partition("://")
    if scheme != "s3":
        return
    import s3fs

    store_system = s3fs.S3FileSystem(use_listings_cache=False)
    bucket = rest.partition("/")[0]
    if not store_system.exists(bucket):
        store_system.mkdir(bucket)


if __name__ == "__main__":
    prepare_airflow()
    make_bucket(os.environ.get("GIRAFE_STORE", ""))
