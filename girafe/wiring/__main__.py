"""Prints every pool as JSON; `make up` and docker-compose.yml hand it to `airflow pools import`."""

import json
import sys

from collectors.registry import SOURCES
from girafe.wiring.pools import pools

sys.stdout.write(json.dumps(pools(tuple(SOURCES)), indent=2) + "\n")
