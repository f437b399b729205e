"""Pictures: what people see, taken from a release by Chromium: the README's by default, every view with --all.

python scripts/pictures.py data/demo/exports docs/images [--all]
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One view of one file of the release."""

    name: str
    file: str
    width: int
    height: int | None = None
    """None: the whole page, however long."""
    dark: bool = False
    language: str = "fr"
    company: str = ""


README = (
    Picture(name="dashboard", file="dashboard.html", width=1440, height=1180),
    Picture(name="digest", file="digest.fr.html", width=720),
)
EVERY = (
    *README,
    Picture(name="dashboard-whole", file="dashboard.html", width=1440),
    *(
        Picture(
            name=f"dashboard-{width}-{'dark' if dark else 'light'}-{language}",
            file="dashboard.html",
            width=width,
            dark=dark,
            language=language,
        )
        for width in (1440, 390)
        for dark in (False, True)
        for language in ("fr", "en")
    ),
    Picture(name="digest-en", file="digest.en.html", width=720),
    Picture(name="digest-390", file="digest.fr.html", width=390),
)


def take(browser: Any, exports: Path, folder: Path, picture: Picture) -> Path:
    """Opens the file as a reader would and writes what is seen."""
    page = browser.new_page(
        viewport={"width": picture.width, "height": picture.height or 900},
        color_scheme="dark" if picture.dark else "light",
        reduced_motion="reduce",
    )
    address = (exports / picture.file).resolve().as_uri()
    is_dashboard = picture.file.startswith("dashboard")
    page.goto(f"{address}#?lang={picture.language}" if is_dashboard else address)
    if is_dashboard:
        page.wait_for_selector("html[data-drawn]", state="attached")
    target = folder / f"{picture.name}.png"
    page.screenshot(path=str(target), full_page=picture.height is None)
    page.close()
    return target


def take_all(exports: Path, folder: Path, pictures: tuple[Picture, ...]) -> Iterator[Path]:
    """Every picture, one after the other, by one browser."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        for picture in pictures:
            yield take(browser, exports, folder, picture)
        browser.close()


def main(exports: str, folder: str, *options: str) -> int:
    """Says what to install where there is no browser; it is the only thing that can be missing."""
    if CHROMIUM is None:
        sys.stderr.write("No Chromium on this machine. Install it (Debian: apt-get install chromium).\n")
        return 1
    if not Path(exports, "dashboard.html").exists():
        sys.stderr.write(f"{exports} holds no release. Run: make demo\n")
        return 1
    for path in take_all(Path(exports), Path(folder), EVERY if "--all" in options else README):
        sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
