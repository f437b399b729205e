"""girafe: what every stage agrees on. Imports no stage (cli.py excepted)."""

import os

from girafe.memory import share_one_allocator

__version__ = "0.1.0"

# Here, because whatever starts girafe (the command, Airflow, a test) imports it before Arrow.
share_one_allocator(os.environ)
