"""Odd inputs from raw bytes, always the same for the same bytes: a payload with some places changed, or text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 2**70, -(2**70), 1.5, float("inf"), float("nan"), 1e400, "", " ", "x", "\x00",
    "\ufeff", "\u202e", "\U0010ffff", "<p>", "<a href='x'>", "&#xd800;", "&#0;", "9" * 400, "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00", "2026-11-20T08:00:00Z", "2026-02-30", "http://[", "https://a.example/%ff", "//", "at://", "@", "@@a@",
    [], {}, [None], [[]], {"a": None}, {"": {}}, ["x", 3, {}], [{"name": None}], {"data": [{}]}, [True], ["\x00"],
)  # fmt: skip


class Bytes:
    """Fuzzer bytes, taken from the front; empty gives zeros."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def number(self, below: int) -> int:
        """A number from 0 to `below` - 1."""
        size = 1 if below <= 256 else 4
        taken = self.take(size)
        return int.from_bytes(taken, "little") % max(below, 1)

    def take(self, size: int) -> bytes:
        """The next `size` bytes, fewer at the end."""
        taken = self._data[self._at : self._at + size]
        self._at += size
        return taken

    def words(self) -> str:
        """Text, now and then a long one."""
        size = self.number(64)
        return self.take(size).decode("utf-8", "replace") * (1 if self.number(16) else 500)

    @property
    def is_empty(self) -> bool:
        return self._at >= len(self._data)


def places(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a payload."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for name, value in items:
        yield (*path, name)
        yield from places(value, (*path, name))


class Payloads:
    """The payloads a parser knows, and their many changed cousins."""

    def __init__(self, payloads: list[Any]) -> None:
        self._packed = [json.dumps(payload) for payload in payloads]
        self._places = [list(places(payload)) for payload in payloads]

    @classmethod
    def of(cls, path: Path) -> Payloads:
        """Those of a file in tests/collectors/payloads."""
        return cls(json.loads(path.read_text(encoding="utf-8"))["payloads"])

    def changed(self, data: bytes) -> Any:
        """One of the payloads with up to eight places changed as `data` says."""
        source = Bytes(data)
        which = source.number(len(self._packed))
        tree, known = json.loads(self._packed[which]), self._places[which]
        for _ in range(1 + source.number(8)):
            if source.is_empty or not known:
                break
            _change(tree, known[source.number(len(known))], source)
        return tree


def _change(tree: Any, path: tuple[Any, ...], source: Bytes) -> None:
    at = tree
    try:
        for name in path[:-1]:
            at = at[name]
        kind, last = source.number(6), path[-1]
        if kind == 0:
            del at[last]
        elif kind == 1:
            at[last] = source.words()
        elif kind == 2 and isinstance(at[last], str):
            cut = source.number(len(at[last]) + 1)
            at[last] = at[last][:cut] + source.words() + at[last][cut:]
        elif kind == 3:
            at[last] = [at[last]] * source.number(4)
        elif kind == 4:
            at[last] = {source.words()[:20]: at[last]}
        else:
            # A copy: a later change of the same payload would else change ODD, and with it every input to come.
            at[last] = deepcopy(ODD[source.number(len(ODD))])
    except (KeyError, IndexError, TypeError):
        pass  # an earlier change took the place away
