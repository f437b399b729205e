"""Words and letters fall into the places their weights were learnt for."""

from __future__ import annotations

from sklearn.utils.murmurhash import murmurhash3_bytes_u32

from nlp.buckets import bucket


def test_a_piece_of_text_has_the_place_scikit_learn_gives_it() -> None:
    for piece in ("", "a", " chez ", "télétravail", "🦒", "\ud800", "x" * 1000):
        for salt in (0, 1, 7, 11):
            known = int(murmurhash3_bytes_u32(piece.encode("utf-8", "surrogatepass"), salt))
            assert bucket(piece, salt, 2**17) == known % 2**17
            assert bucket(piece, salt, 1000) == known % 1000
