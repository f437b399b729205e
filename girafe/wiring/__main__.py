"""Writes every pool as JSON into the file named, for `airflow pools import`: python -m girafe.wiring FILE."""

import json
import sys
from pathlib import Path

from collectors.registry import SOURCES
from girafe.wiring.pools import pools

# Not to standard output: Airflow, once imported, may log there (it does where telemetry is on).
Path(sys.argv[1]).write_text(json.dumps(pools(tuple(SOURCES)), indent=2) + "\n")
