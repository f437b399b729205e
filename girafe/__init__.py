"""girafe: what every stage agrees on. Imports no stage (cli.py excepted)."""

__version__ = "0.1.0"
