"""Every chart of the page is a specification that Vega-Lite's own schema admits."""

from __future__ import annotations

from pathlib import Path

import altair as alt
import pytest

from girafe.settings import Settings
from reports import dashboard
from reports.tables import read_tables


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_specification_keeps_to_the_schema(marts: Path, settings: Settings, language: str) -> None:
    # Publishing does not check them: they depend on the code alone.
    [page] = dashboard.pages(read_tables(marts), settings, (language,))
    specs = [part["spec"] for part in page["sections"] if part["spec"]]
    assert len(specs) >= 8
    for spec in specs:
        # The look is shared, and takes a background of null, which Vega-Lite knows and its schema does not.
        alt.Chart.from_dict({name: part for name, part in spec.items() if name not in ("usermeta", "config")})
