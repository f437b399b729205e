"""Docs: the Data Docs of Great Expectations as a static site that asks nothing of the network.

The pages as generated load scripts, styles and a tracking image from eight foreign hosts. What is
shown about a company's data stays on its own machines, so those references are cut and a small style
sheet takes their place; the start page is ours, because theirs is drawn by a remote script.
"""

from __future__ import annotations

import html
import logging
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from girafe.errors import told_of
from quality.report import Finding

_SITE = "girafe"
_REMOTE = re.compile(
    r"<script\b.*?</script>|<link\b[^>]*\bhref=\"https?:[^>]*>|<img\b[^>]*\bsrc=\"https?:[^>]*>|<footer\b.*?</footer>",
    re.DOTALL,
)
_LINK_OUT = re.compile(r"<a\b[^>]*\bhref=\"https?:[^>]*>(.*?)</a>", re.DOTALL)

STYLE = """<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 1rem; color: #1c2733 }
a { color: #0b5394 } .row { display: block } .card, section { margin: 1rem 0 } pre { white-space: pre-wrap }
.modal, .ge-walkthrough-modal, button { display: none } ul, ol.breadcrumb { padding-left: 1.2rem }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 }
td, th { border-bottom: 1px solid #d7dde3; padding: .35rem .6rem; text-align: left; vertical-align: top }
td { overflow-wrap: anywhere } .navbar, .sticky-top { position: static }
.bad { color: #a61b1b; font-weight: 600 } .warn { color: #8a5a00; font-weight: 600 } .good { color: #1a6b35 }
</style>"""


def build_docs(context: Any, root: Path) -> None:
    """Writes the pages of every validation in `context` to `root`, replacing what was there."""
    fresh = root.with_name(f".{root.name}.part")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        _draw(context, fresh)
        shutil.rmtree(root, ignore_errors=True)
        fresh.replace(root)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _draw(context: Any, fresh: Path) -> None:
    context.add_data_docs_site(
        _SITE,
        {
            "class_name": "SiteBuilder",
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(fresh)},
        },
    )
    with _failures_told():
        context.build_data_docs(site_names=[_SITE], build_index=False)
    for page in fresh.rglob("*.html"):
        page.write_text(without_remote(page.read_text(encoding="utf-8")), encoding="utf-8")


@contextmanager
def _failures_told() -> Iterator[None]:
    """Raises what the disk refused; of a page that could not be drawn for another reason, says where it failed.

    Great Expectations catches both, logs its whole trace, which may quote a row, and goes on without the page.
    """
    builder = logging.getLogger("great_expectations.render.renderer.site_builder")
    caught, was = _Caught(), builder.propagate
    builder.addHandler(caught)
    builder.propagate = False
    try:
        yield
    finally:
        builder.removeHandler(caught)
        builder.propagate = was
    if isinstance(caught.error, OSError):
        raise caught.error
    if caught.error:
        logging.getLogger(__name__).warning("A page of the validation is missing: %s", told_of(caught.error))


class _Caught(logging.Handler):
    """Keeps the first error that was being handled when something was logged."""

    error: BaseException | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Looks at the error and not at the record, which holds its words."""
        self.error = self.error or sys.exc_info()[1]


def without_remote(page: str) -> str:
    """The page without anything that would load from another host; links out become plain text."""
    page = _LINK_OUT.sub(r"\1", _REMOTE.sub("", page))
    return page.replace("</head>", STYLE + "</head>", 1)


def write_index(root: Path, title: str, findings: tuple[Finding, ...], rows: dict[str, int]) -> None:
    """Our own start page: every finding as a sentence, then one line per suite, the broken first."""
    pages = sorted((root / "validations").rglob("*.html"))
    lines = sorted(_line(page, root, findings, rows) for page in pages)
    notes = "".join(
        f'<li class="{"bad" if f.severity == "critical" else "warn"}">{html.escape(f.sentence())}</li>'
        for f in sorted(findings, key=lambda f: (f.severity != "critical", f.table))
    )
    (root / "index.html").write_text(
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f"{STYLE}</head><body><h1>{html.escape(title)}</h1><ul>{notes or '<li>Every rule holds.</li>'}</ul>"
        "<table><tr><th>suite</th><th>rows</th><th>state</th></tr>"
        f"{''.join(row for _, row in lines)}</table></body></html>",
        encoding="utf-8",
    )


def _line(
    page: Path, root: Path, findings: tuple[Finding, ...], rows: dict[str, int]
) -> tuple[tuple[int, int, str], str]:
    """The line of one suite, after what it is sorted by."""
    suite = ".".join(page.relative_to(root / "validations").parts[:-3])
    table = suite.partition(".")[2]
    broken = sum(f.table == table and f.severity == "critical" for f in findings)
    warned = sum(f.table == table and f.severity != "critical" for f in findings)
    if broken:
        state = f'<td class="bad">{broken} broken</td>'
    elif warned:
        state = f'<td class="warn">{warned} warnings</td>'
    else:
        state = '<td class="good">good</td>'
    link = html.escape(page.relative_to(root).as_posix(), quote=True)
    count = f"{rows[table]:,}" if table in rows else ""
    row = f'<tr><td><a href="{link}">{html.escape(suite)}</a></td><td>{count}</td>{state}</tr>'
    return (-broken, -warned, suite), row
