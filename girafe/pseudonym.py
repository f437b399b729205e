"""Pseudonyms: a keyed HMAC of every identifier, made before anything is stored past landing."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from base64 import b32encode
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from girafe.errors import SettingsInvalid
from girafe.records import Account
from girafe.storage import Place, flush, read, write

KEY_VARIABLE = "GIRAFE_PSEUDONYM_KEY"
KEY_FILE = "pseudonym.key"
NEXT_KEY_FILE = "pseudonym.next.key"
"""There while the key is being replaced (girafe rotate-key)."""
KEY_MARK = "key.mark"
"""Beside what was classified: tells one key from another, and nothing else about it."""
_KEY_BYTES = 32


class Pseudonymiser:
    """Turns identifiers into 26-letter pseudonyms; without the key they cannot be recomputed.

    HMAC-SHA-256 (RFC 2104) cut to 128 bits. Two name spaces for accounts, because a platform's
    opaque id is case-sensitive and a handle is not.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < _KEY_BYTES:
            raise SettingsInvalid(
                f"The pseudonym key has {len(key)} bytes; it needs at least {_KEY_BYTES}. "
                "If its file was cut off, bring it back from a backup, for under another key every account is a new "
                f"one; if it came from {KEY_VARIABLE}, give a longer one."
            )
        self._mac = hmac.new(key, digestmod=hashlib.sha256)
        # Threads repeat the same few authors and parents; the cache is bounded, so memory is too.
        self._of = lru_cache(maxsize=200_000)(self._compute)

    def _compute(self, message: str) -> str:
        mac = self._mac.copy()
        mac.update(message.encode("utf-8", "surrogatepass"))
        return b32encode(mac.digest()[:16]).decode("ascii").rstrip("=").lower()

    def account_id(self, platform: str, account_id: str) -> str:
        """The pseudonym of an opaque account id."""
        return self._of(f"account\x1f{platform}\x1f{account_id}")

    def handle(self, platform: str, handle: str) -> str:
        """The pseudonym of a handle; `@Ada` and `ada` are the same."""
        return self._of(f"handle\x1f{platform}\x1f{handle.strip().removeprefix('@').casefold()}")

    def account(self, account: Account) -> str:
        """The key an account is stored under: its id if it has one, else its handle."""
        if account.account_id is not None:
            return self.account_id(account.platform, account.account_id)
        if account.handle is None:
            raise ValueError("an account has an id or a handle")
        return self.handle(account.platform, account.handle)

    def post(self, platform: str, post_id: str) -> str:
        """The pseudonym of a post: its id often holds its author's."""
        return self._of(f"post\x1f{platform}\x1f{post_id}")

    def conversation(self, platform: str, conversation_id: str) -> str:
        """The pseudonym of a platform's conversation id."""
        return self._of(f"conversation\x1f{platform}\x1f{conversation_id}")

    @property
    def key_id(self) -> str:
        """Tells keys apart without giving anything of them away."""
        return self._compute("key-id")

    def again(self, pseudonym: str) -> str:
        """The pseudonym of what is known only by a pseudonym under a key that is going."""
        return self._compute(f"again\x1f{pseudonym}")

    def content(self, *parts: str | None) -> str:
        """A keyed hash of what something says: tells versions apart, cannot be guessed from a dictionary."""
        # Not through the cache: contents hardly ever repeat.
        return self._compute("content\x1f" + "\x1f".join("\x00" if part is None else part for part in parts))


class Rekeying(Pseudonymiser):
    """Computes under the new key and tells `note` what the same was under the old one: (old, new)."""

    def __init__(self, old: Pseudonymiser, key: bytes, note: Callable[[str, str], None]) -> None:
        super().__init__(key)
        self._old, self._note = old, note

    def _compute(self, message: str) -> str:
        new = super()._compute(message)
        self._note(self._old._compute(message), new)
        return new


def load_key(
    keys: Path,
    secrets_by_name: Mapping[str, str] = os.environ,
    *,
    name: str = KEY_FILE,
    variable: str = KEY_VARIABLE,
    may_make: bool = True,
) -> bytes:
    """The key that was given, else that in the file `name` in `keys`, made (mode 0600) on first use.

    `variable` names the key itself, `variable`_FILE the path of a file with exactly its bytes. Where several
    machines need the same key, or it was lost, none is made (`may_make`): SettingsInvalid says what to do.
    """
    given, file = secrets_by_name.get(variable), secrets_by_name.get(f"{variable}_FILE")
    if given:
        return given.encode()
    path = Path(file) if file else keys / name
    try:
        return path.read_bytes()
    except OSError as error:
        if not file and may_make and isinstance(error, FileNotFoundError):
            return make_key(path)
        raise SettingsInvalid(
            f"There is no key in {path}, and another would not do. Bring it back from a backup; machines that share a "
            f"store need the same one: give each of them a copy and set {variable}_FILE to its path."
        ) from error


def check_same_key(store: Place, pseudonymiser: Pseudonymiser) -> None:
    """Raises SettingsInvalid where it was begun with another key: two keys make two of every account."""
    try:
        known = read(store / KEY_MARK)
    except FileNotFoundError:
        mark_key(store, pseudonymiser)
        return
    if known != _mark(pseudonymiser):
        raise SettingsInvalid(
            f"The pseudonym key of this machine is not the one {store} was begun with. Bring keys/{KEY_FILE} back from "
            f"a backup, or give every machine the same {KEY_VARIABLE}. If the key was changed on purpose everywhere, "
            f"remove {store / KEY_MARK}."
        )


def mark_key(store: Place, pseudonymiser: Pseudonymiser) -> None:
    """Says in the store which key it is for."""
    write(store / KEY_MARK, _mark(pseudonymiser))


def _mark(pseudonymiser: Pseudonymiser) -> bytes:
    return pseudonymiser.content("which key").encode()


def make_key(path: Path) -> bytes:
    """Makes a key file, durable and whole, unless there is one; returns what it holds."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.parent / f".{path.stem}.{secrets.token_hex(8)}.part"
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        # A hard link fails if another process was first: its key then wins, whole.
        os.link(partial, path)
    except FileExistsError:
        pass
    finally:
        partial.unlink()
    for folder in (
        path.parent,
        path.parent.parent,
    ):  # a key whose name is lost would be made anew, and be another
        flush(folder)
    return path.read_bytes()
