"""Sections: the questions of the dashboard, one file each, in reading order.

Adding one is a module with READS and build(scene), its strings in every language, and one entry here.
"""

from reports.sections import (
    about,
    brand,
    change,
    colleagues,
    families,
    fresh,
    help,
    hero,
    rivals,
    tone,
    trust,
    voices,
)

__all__ = ["OF_PEOPLE", "SECTIONS", "hero"]

SECTIONS = (change, colleagues, about, families, help, voices, brand, tone, fresh, rivals, trust)
OF_PEOPLE = (about, families, help, voices, tone, fresh)
"""What they tell is withheld of a week that still runs."""
