"""Versions: a store may keep what was replaced or removed; what girafe erases leaves there too.

An S3 bucket with versioning (on, or suspended later) keeps every earlier state of a file, and a marker where one was
removed. After each erasure all of that goes from girafe's part of the bucket: only what stands now stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from girafe.data_dir import DataDir
from girafe.errors import StoreRefused
from girafe.storage import Place, told

_AT_A_TIME = 1000
"""As many as S3 takes in one call."""
_ROUNDS = 3


def remove_old_versions(data: DataDir, *, at_a_time: int = _AT_A_TIME) -> int:
    """Removes every earlier version and every marker of a removal from the store; returns how many.

    Raises StoreRefused where the key may not see or remove them, or the bucket locks them: the erasure then is
    not done, and the same call finishes it once that is mended.
    """
    return sum(_remove_old(root, at_a_time) for root in _stores(data))


def keeps_versions(data: DataDir) -> bool | None:
    """Whether the store keeps what is removed, now or from earlier on; None where it cannot be told."""
    roots = _stores(data)
    if not roots:
        return False
    if not all(map(_is_s3, roots)):
        return None
    return any(_versioning(root) or next(_old(root, "Versions"), None) is not None for root in roots)


def _stores(data: DataDir) -> list[Place]:
    named = (data.store, data.landing_at, data.classified_at)
    return [root for root in named if root is not None and not isinstance(root, Path)]


def _is_s3(root: Place) -> bool:
    return not isinstance(root, Path) and root.protocol in ("s3", "s3a")


def _versioning(root: Any) -> bool:
    bucket, _, _ = root.path.lstrip("/").partition("/")
    with told(root):
        return "Status" in root.fs.call_s3("get_bucket_versioning", Bucket=bucket)


def _remove_old(root: Any, at_a_time: int) -> int:
    if not _is_s3(root):
        return 0
    # Markers last: with its marker gone first, an earlier version would stand there again for a moment.
    return _remove_versions(root, at_a_time) + _remove_markers(root, at_a_time)


def _remove_versions(root: Any, at_a_time: int) -> int:
    """Removes what is listed, and looks again: what was written meanwhile may have made more."""
    removed = 0
    for _ in range(_ROUNDS):
        old = list(_old(root, "Versions", at_a_time))
        if not old:
            return removed
        _delete(root, old, at_a_time)
        removed += len(old)
    raise StoreRefused(
        f"{root}: the store still lists {len(old)} earlier versions after they were removed {_ROUNDS} times, so what "
        "was erased may still be there. Use a bucket that never had versions, or let its keeper empty it."
    )


def _remove_markers(root: Any, at_a_time: int) -> int:
    """Markers hold nothing but the name of a file; where versions are suspended a store may make them anew."""
    markers = list(_old(root, "DeleteMarkers", at_a_time))
    _delete(root, markers, at_a_time)
    return len(markers)


def _delete(root: Any, old: list[dict[str, str]], at_a_time: int) -> None:
    bucket, _, _ = root.path.lstrip("/").partition("/")
    for start in range(0, len(old), at_a_time):
        batch = {"Objects": old[start : start + at_a_time], "Quiet": True}
        with told(root):
            answer = root.fs.call_s3("delete_objects", Bucket=bucket, Delete=batch)
        if answer.get("Errors"):
            raise StoreRefused(
                f"{root}: {len(answer['Errors'])} earlier versions cannot be removed "
                f"({answer['Errors'][0].get('Code', 'no reason given')}), so what was erased is still there. Allow "
                "s3:DeleteObjectVersion, end the lock of the bucket, then run the same command again."
            )


def _old(root: Any, kind: str, at_a_time: int = _AT_A_TIME) -> Iterator[dict[str, str]]:
    """Earlier states of files (`Versions`) or marks of removals (`DeleteMarkers`), page by page."""
    bucket, _, prefix = root.path.lstrip("/").partition("/")
    start: dict[str, str] = {}
    while True:
        with told(root):
            page = root.fs.call_s3(
                "list_object_versions",
                Bucket=bucket,
                Prefix=prefix and f"{prefix}/",
                MaxKeys=at_a_time,
                **start,
            )
        for one in page.get(kind, []):
            if kind == "DeleteMarkers" or not one["IsLatest"]:
                yield {"Key": one["Key"], "VersionId": one["VersionId"]}
        if not page.get("IsTruncated"):
            return
        start = {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page.get("NextVersionIdMarker", "")}
