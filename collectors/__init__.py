"""COLLECT: what platforms say, as they say it."""
