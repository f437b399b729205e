"""Unpacked: what comes out of a packed file, read as any other; damage, and more than words pack to, end it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import IO, Any, TypeVar

from collectors.imports.zips import DAMAGED
from collectors.refusals import without_names

T = TypeVar("T")

LARGEST_TOTAL = 1024 * 1024 * 1024
_MOST_TIMES_LARGER = 100
"""Tables and JSON pack to a tenth or a thirtieth; a bomb to a thousandth."""


def most_out_of(packed: IO[bytes]) -> int:
    """How many bytes an honest export may have where `packed` is what it was packed to; leaves that at its start."""
    size = packed.seek(0, io.SEEK_END)
    packed.seek(0)
    return max(LARGEST_TOTAL, _MOST_TIMES_LARGER * size)


def unpacked(packed: IO[bytes], unpack: Callable[[IO[bytes]], Any]) -> IO[bytes]:
    """What `unpack` makes of `packed`; whatever goes wrong while it is read is an OSError. Closes both."""
    most = most_out_of(packed)
    return io.BufferedReader(_Unpacked(unpack(packed), packed, most))


class _Unpacked(io.RawIOBase):
    def __init__(self, stream: Any, packed: IO[bytes], most: int) -> None:
        self._stream, self._packed, self._most = stream, packed, most

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        content: bytes = self._checked(lambda: self._stream.read(len(buffer)))
        buffer[: len(content)] = content
        return len(content)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._checked(lambda: int(self._stream.seek(offset, whence)))

    def _checked(self, done: Callable[[], T]) -> T:
        try:
            found = done()
        except DAMAGED as error:
            raise OSError(without_names(str(error))) from error
        if self._stream.tell() > self._most:
            raise OSError(f"it unpacks to more than {self._most:,} bytes; no export does")
        return found

    def tell(self) -> int:
        return int(self._stream.tell())

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
            self._packed.close()
        super().close()
