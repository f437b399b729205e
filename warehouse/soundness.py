"""Soundness: whether a file still holds what was written, read to its end."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def is_sound_table(file: Path | pa.Buffer, names: set[str] | None = None) -> bool:
    """Whether a Parquet file is whole, its page checksums (`tables.PARQUET`) hold and it has the columns `names`.

    One that was cut off has lost where Parquet says what is in it, and a bit may have turned.
    """
    try:
        with pq.ParquetFile(file, page_checksum_verification=True) as table:
            if names is not None and not names <= set(table.schema_arrow.names):
                return False
            for group in range(table.num_row_groups):
                table.read_row_group(group)
    except (OSError, ValueError, pa.ArrowException):
        return False
    return True


def is_sound(name: str, content: bytes) -> bool:
    """Whether `content`, the bytes of the file `name`, can be read: Parquet and gzip prove themselves, others pass."""
    if name.endswith(".parquet"):
        return is_sound_table(pa.py_buffer(content))
    if name.endswith(".gz"):
        try:
            return bool(gzip.decompress(content))  # written whole, it has a line at least
        except (OSError, EOFError, zlib.error):
            return False
    return True
