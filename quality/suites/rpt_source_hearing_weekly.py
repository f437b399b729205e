"""rpt_source_hearing_weekly: for each source and week, heard, silent or blind."""

from great_expectations.expectations.expectation import Expectation

from quality.rules import not_yet, one_of
from quality.silence import REASONS

MART = "rpt_source_hearing_weekly"
KEY: tuple[str, ...] = ("source", "week_start")

EXPECTATIONS: tuple[Expectation, ...] = (
    not_yet("week_start"),
    one_of("state", ("heard", "silent", "blind")),
    one_of("reason", tuple(REASONS)),
)
