"""CLASSIFY: what has landed and is new, all of it or in batches for several workers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from girafe.errors import quoting_nobody
from girafe.run.context import Context
from girafe.storage import Place, name_under

if TYPE_CHECKING:
    from nlp.classify import ClassifyReport


@quoting_nobody
def classify(context: Context, files: Sequence[Place] | None = None) -> list[ClassifyReport]:
    """CLASSIFY what is new or whose classifier or company.toml has changed: `files`, or all that has landed."""
    from collectors.registry import PARSERS
    from nlp.classify import classify_pending
    from warehouse.forgotten import Forgotten

    with context.adding("girafe classify"):
        pseudonymiser = context.pseudonymiser
        return classify_pending(
            context.data,
            settings=context.settings,
            parsers=PARSERS,
            pseudonymiser=pseudonymiser,
            is_forgotten=Forgotten(context.data, pseudonymiser),
            progress=context.say,
            files=files,
        )


_BATCH_BYTES = 1_000_000
"""Of compressed landing: some 7,000 posts, about what a worker classifies in the time it needs to begin."""


def pending_batches(context: Context, *, at_most: int = 8) -> list[list[str]]:
    """Landing files still to be classified, in up to `at_most` batches of about equal size, for workers.

    Few small files make few batches (two at least, so that two workers share them): each worker first has
    to load the classifier.
    """
    from nlp.classify import fingerprint
    from nlp.parquet import read_manifests
    from warehouse.landing import classified_folder, landing_sizes

    mark, root = fingerprint(context.settings), context.data.landing
    landed = landing_sizes(root)
    manifests = read_manifests([classified_folder(context.data, path) for path, _ in landed])
    pending = [
        (size, name_under(root, path))
        for (path, size), manifest in zip(landed, manifests, strict=True)
        if manifest.get("fingerprint") != mark
    ]
    weight = sum(size for size, _ in pending)
    count = min(at_most, len(pending), max(2, weight // _BATCH_BYTES))
    batches: list[list[str]] = [[] for _ in range(count)]
    sizes = [0] * len(batches)
    for size, name in sorted(pending, reverse=True):
        smallest = sizes.index(min(sizes))
        batches[smallest].append(name)
        sizes[smallest] += size
    return batches


def classify_batch(context: Context, batch: Iterable[str]) -> list[ClassifyReport]:
    """CLASSIFY these landing files only; any number of workers may do so at once."""
    return classify(context, [context.data.landing / name for name in batch])
