"""Buckets: a piece of text as one of a fixed number of places in a table of weights."""

from __future__ import annotations

from murmurhash.mrmr import hash_bytes


def bucket(piece: str, salt: int, count: int) -> int:
    """The place of `piece` among `count`, by MurmurHash3 (x86, 32 bits, unsigned) of its UTF-8 from seed `salt`.

    The models were trained with it: another hash makes them nonsense. scikit-learn's is the same, but loading it
    costs a second.
    """
    return int(hash_bytes(piece.encode("utf-8", "surrogatepass"), salt) & 0xFFFFFFFF) % count
