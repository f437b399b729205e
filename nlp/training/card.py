"""Card: the measured table written into the model card, between its two marks."""

from __future__ import annotations

from collections.abc import Sequence

from nlp.linear import MODELS

BEGIN, END = "<!-- figures: written by make evaluate ARGS=--card -->", "<!-- end of figures -->"


def write_figures(rows: Sequence[Sequence[str]]) -> None:
    """Replaces the table of nlp/models/README.md; the words around it stay as they are."""
    path = MODELS / "README.md"
    before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    path.write_text(f"{before}{BEGIN}\n\n{markdown(rows)}\n\n{END}{after}", encoding="utf-8")


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells as a Markdown table; the first row is the head."""
    head, *body = ([cell.replace("|", "/") for cell in row] for row in rows)
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
