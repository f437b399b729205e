"""Suites: one file = one table, what must be true of it, and what to do when it is not."""
