"""What Great Expectations loads and no rule uses is left where it is, and is there for whoever asks."""

from __future__ import annotations

import subprocess
import sys

UNUSED = """
import sys
import quality.engine, quality.registry
print(sorted({"scipy.stats", "altair"} & set(sys.modules)))
from great_expectations.expectations.core import expect_column_kl_divergence_to_be_less_than as asking
print(round(float(asking.stats.entropy([0.5, 0.5])), 3), asking.alt.Chart.__name__)
from scipy import stats
import altair
print(stats.norm.cdf(0), altair.Chart is asking.alt.Chart)
"""


def test_statistics_and_charts_load_when_somebody_uses_them() -> None:
    said = subprocess.run([sys.executable, "-c", UNUSED], stdout=subprocess.PIPE, text=True, check=True)
    assert said.stdout.splitlines() == ["[]", "0.693 Chart", "0.5 True"]
