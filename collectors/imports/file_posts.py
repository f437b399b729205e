"""The posts of one file by their addresses: whoever names a parent by its address means the row that has it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from collectors.imports.below import rows_below
from collectors.imports.contract import File
from collectors.imports.mapping import ImportMapping
from collectors.imports.table_line import named_by_address
from girafe.errors import PayloadRejected

_BESIDE = re.compile(r"^https?://(?:www\.)?|/$")


class PostsOfFile:
    """Which id the row of an address has: asked for once, when a row names another post by its address."""

    def __init__(self, mapping: ImportMapping, file: File) -> None:
        self._mapping, self._file = mapping, file
        self._ids: Mapping[str, str] | None = None

    def id_of(self, address: str) -> str:
        """The id of the post with this address; the address itself where the file has none, or none but that."""
        if self._mapping.columns["post_id"] == self._mapping.columns.get("url"):
            return address
        if self._ids is None:
            self._ids = self._read()
        return self._ids.get(_BESIDE.sub("", address), address)

    def _read(self) -> Mapping[str, str]:
        # Twice, and only what is asked for is held: most posts are nobody's parent.
        wanted = {_BESIDE.sub("", other) for _, _, others in self._named() for other in others}
        return {
            address: own
            for own, url, _ in self._named()
            if own and url and (address := _BESIDE.sub("", url)) in wanted
        }

    def _named(self) -> Iterator[tuple[str | None, str | None, list[str]]]:
        for row in rows_below(self._mapping, self._file):
            try:
                yield named_by_address(self._mapping, row)
            except PayloadRejected:
                continue
