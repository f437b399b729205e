"""PDF: the still page on paper, when this machine can; without it a release is whole all the same.

Run as a program, it reads the page from standard input and writes the PDF to standard output. It is drawn so, in a
process of its own, because each page leaves something behind in the text libraries (0.7 MB), and because a crash in
native code shall cost the PDF and not the release.
"""

from __future__ import annotations

import gc
import logging
import subprocess
import sys
from pathlib import Path

_LONGEST_SECONDS = 600
_NO_LIBRARIES = 3
"""Exit code: WeasyPrint is there, what it draws with is not."""


def write_pdf(html: str, path: Path) -> str:
    """Writes the page as PDF and returns how, or why not.

    The identifier is fixed and no date is written, so the same page gives the same bytes.
    """
    program = [sys.executable, "-P", str(Path(__file__).resolve())]
    try:
        done = subprocess.run(  # noqa: S603 - this file, by this interpreter
            program, input=html.encode(), capture_output=True, check=False, timeout=_LONGEST_SECONDS
        )
    except subprocess.TimeoutExpired:
        return f"none, WeasyPrint was not done after {_LONGEST_SECONDS} s"
    said = done.stderr.decode(errors="replace").strip().splitlines()
    if done.returncode == _NO_LIBRARIES:
        return f"none, WeasyPrint cannot load its libraries ({said[-1]})"
    if done.returncode or not done.stdout:
        return f"none, WeasyPrint failed ({said[-1] if said else f'exit code {done.returncode}'})"
    path.write_bytes(done.stdout)
    return "WeasyPrint"


def main() -> int:
    """Draws the page of standard input to standard output."""
    try:
        # Its text libraries (Pango) come with the operating system and may be missing.
        import weasyprint
    except OSError as error:
        sys.stderr.write(f"{str(error).splitlines()[0]}\n")
        return _NO_LIBRARIES
    gc.disable()  # what it makes lives as long as this process
    # It warns of every screen rule paper does not know; the page is written for both.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    document = weasyprint.HTML(string=sys.stdin.buffer.read().decode(), base_url=None, url_fetcher=_refuse)
    drawn: bytes = document.write_pdf(pdf_identifier=b"girafe", pdf_tags=True)
    sys.stdout.buffer.write(drawn)
    return 0


def _refuse(url: str, *_: object, **__: object) -> dict[str, object]:
    raise ValueError(f"the page is self-contained, but asks for {url}")


if __name__ == "__main__":
    sys.exit(main())
