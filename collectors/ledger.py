"""Ledger: what a source has spent, written down before it is spent and kept whatever happens to the run."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping

import orjson

from girafe.errors import UserMustAct
from girafe.storage import Place, read, write


class Ledger(MutableMapping[str, str]):
    """Notes of one source, shared by all its queries; each change is on disk before the next line runs."""

    def __init__(self, path: Place) -> None:
        self._path = path
        try:
            found = orjson.loads(read(path))
            self._notes: dict[str, str] = {str(name): str(value) for name, value in found.items()}
        except FileNotFoundError:
            self._notes = {}
        except (ValueError, AttributeError) as error:
            # To read it as empty would be to spend again.
            raise UserMustAct(
                f"{path} is damaged, so what {path.parent.name} has spent is not known. Bring it back from a "
                "backup, or remove it when the platform counts anew."
            ) from error

    def __getitem__(self, name: str) -> str:
        """What was noted under `name`."""
        return self._notes[name]

    def __setitem__(self, name: str, value: str) -> None:
        """Notes it durably."""
        self._notes[name] = value
        write(self._path, orjson.dumps(self._notes, option=orjson.OPT_INDENT_2))

    def __delitem__(self, name: str) -> None:
        """Strikes it out durably."""
        del self._notes[name]
        write(self._path, orjson.dumps(self._notes, option=orjson.OPT_INDENT_2))

    def __iter__(self) -> Iterator[str]:
        """The names noted."""
        return iter(self._notes)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._notes)
