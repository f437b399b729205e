"""Sections: the questions of the dashboard, one file each, in reading order."""

from reports.sections import change, hero

__all__ = ["SECTIONS", "hero"]

SECTIONS = (change,)
"""Adding a section is one module with READS and build(scene), and one entry here."""
