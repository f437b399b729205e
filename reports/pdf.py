"""PDF: the still page on paper, when this machine can; without it a release is whole all the same."""

from __future__ import annotations

import logging
from pathlib import Path


def write_pdf(html: str, path: Path) -> str:
    """Writes the page as PDF and returns how, or why not.

    The identifier is fixed and no date is written, so the same page gives the same bytes.
    """
    try:
        # Its text libraries (Pango) come with the operating system and may be missing.
        import weasyprint
    except OSError as error:
        return f"none, WeasyPrint cannot load its libraries ({str(error).splitlines()[0]})"
    # It warns of every screen rule paper does not know; the page is written for both.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    document = weasyprint.HTML(string=html, base_url=None, url_fetcher=_refuse)
    document.write_pdf(str(path), pdf_identifier=b"girafe", pdf_tags=True)
    return "WeasyPrint"


def _refuse(url: str, *_: object, **__: object) -> dict[str, object]:
    raise ValueError(f"the page is self-contained, but asks for {url}")
