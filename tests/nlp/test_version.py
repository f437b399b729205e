"""A newer classifier's version is the greater text: in SQL `max` picks the label that counts."""

from __future__ import annotations

import re

from nlp.version import CLASSIFIER_VERSION


def test_the_version_has_fixed_widths_so_that_text_order_is_time_order() -> None:
    assert re.fullmatch(r"\d{4}\.(0[1-9]|1[0-2])\.\d{2}", CLASSIFIER_VERSION)
    assert CLASSIFIER_VERSION > "2026.12.04"
