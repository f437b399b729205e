"""Package: the pipeline as a folder spaCy can load, and as a project a wheel can be built from (`make package-nlp`).

The components and their weights live in girafe, which the package names as its requirement: `spacy.load` of the
folder, or of the installed wheel (`pip wheel FOLDER/xx_girafe_posts-...`), finds them through girafe's entry points.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

from spacy.cli.package import package as spacy_package

from nlp.pipeline import build
from nlp.version import CLASSIFIER_VERSION

NAME = "girafe_posts"


def package(folder: Path) -> Path:
    """Writes the pipeline to `folder`/girafe_posts and its project beside it; returns the former."""
    pipeline = build()
    pipeline.meta.update(
        name=NAME,
        version=CLASSIFIER_VERSION,
        description="Language, company, job statements, themes and sentiment of a post (French and English)",
        license="Apache-2.0",
        requirements=[f"girafe=={version('girafe')}"],
    )
    target = folder / NAME
    pipeline.to_disk(target)
    spacy_package(target, folder, create_sdist=False, create_wheel=False, force=True, silent=True)
    return target


def main() -> None:
    """Writes the package where it was asked for: `python -m nlp.training.package FOLDER`."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    print(package(folder))


if __name__ == "__main__":
    main()
