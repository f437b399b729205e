"""Requests: a folder into which anybody who may write there puts requests to be forgotten, one small file each.

A request is JSON, {"platform": "mastodon", "account": "ada@social.example"}, or one line of text with the same
two words. It is answered in answers/ and leaves; one that cannot be read is answered with the reason and kept
as NAME.refused, so that no wish is lost to a typing error.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import orjson

from girafe.data_dir import DataDir
from girafe.errors import InputInvalid
from girafe.platforms import one_name
from girafe.storage import find, write
from warehouse.forgotten import lasting
from warehouse.landing import MANIFEST, file_name, landing_files, read_envelopes

_LARGEST = 4096
_LONGEST_ACCOUNT = 500
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One wish to be forgotten."""

    platform: str
    account: str
    file: Path | None = None
    """Where it lay; None if it was asked for on the command line."""
    digest: str | None = None
    """Of that file as it was read: another wish may stand there when this one is answered."""

    def __repr__(self) -> str:
        """Without the account: a traceback must not tell."""
        return f"Request({self.platform})"


def requests_folder(data: DataDir) -> Path:
    """Where requests are put."""
    return data.root / "requests"


def check_request(
    data: DataDir, platform: str, account: str, platforms: Iterable[str] | None = None
) -> Request:
    """A request that makes sense; raises InputInvalid, without repeating the account, for any other."""
    account = account.strip()
    if not account.removeprefix("@") or len(account) > _LONGEST_ACCOUNT or not account.isprintable():
        raise InputInvalid("The account is empty, too long or holds characters no account has.")
    known = {*(platforms or ()), *_platforms_held(data)}
    as_written = platform.strip().lower()
    platform = as_written if as_written in known else one_name(platform)
    # The name of a folder is not always that of its platform: `my_forum` holds what came from `my.forum`.
    is_only_a_folder = file_name(platform) in map(file_name, known)
    held_in_a_folder = find(data.classified, f"*/{file_name(platform)}-*/{MANIFEST}")
    if platform not in known and (is_only_a_folder or not held_in_a_folder):
        raise InputInvalid(
            "Nothing was ever kept of a platform of that name. "
            f"Known are {', '.join(sorted(known)) or 'none yet'}; check the spelling."
        )
    return Request(platform=platform, account=account)


def file_request(data: DataDir, request: Request) -> str:
    """Puts a request into the folder, for the nightly run or the form of girafe_forget; returns its id."""
    # An id no account looks like: the form of the DAG girafe_forget takes nothing else.
    name = f"r-{secrets.token_hex(8)}"
    body = orjson.dumps({"platform": request.platform, "account": request.account})
    write(requests_folder(data) / f"{name}.json", body)
    return name


def waiting(data: DataDir, only: str | None = None) -> list[Path]:
    """The requests not yet answered, in a stable order; files still being written (dot, .part, .tmp) wait."""
    folder = requests_folder(data)
    found = [
        path
        for path in (sorted(folder.iterdir()) if folder.is_dir() else ())
        if not path.name.startswith(".")
        and path.suffix not in (".part", ".tmp", ".refused")
        and not (path.is_dir() and not path.is_symlink())
        and (only is None or path.stem == only)
    ]
    if only is not None and not found:
        raise InputInvalid(f"No request {only} is waiting: it was answered already, or its id is wrong.")
    return found


def read_request(data: DataDir, path: Path, platforms: Iterable[str] | None = None) -> Request:
    """The request in a file; raises InputInvalid with the reason if there is none."""
    told = path.lstat()
    if not stat.S_ISREG(told.st_mode):
        raise InputInvalid("It is not a plain file.")
    if told.st_size > _LARGEST:
        raise InputInvalid(f"It has {told.st_size:,} bytes; a request has at most {_LARGEST:,}.")
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig").strip()
    except PermissionError as error:
        raise InputInvalid("It may not be read by the user girafe runs as.") from error
    except UnicodeDecodeError as error:
        raise InputInvalid("It is not UTF-8 text.") from error
    platform, account = _json_words(text) if text.startswith("{") else _plain_words(text)
    request = check_request(data, platform, account, platforms)
    return replace(request, file=path, digest=_digest(data, path, content))


def number_answered(data: DataDir, path: Path) -> str | None:
    """The number of the erasure if this very request was carried out and only its file is left, as after a crash.

    One that was refused may be handed in again as it is: what was wrong with it may have changed.
    """
    for place in (_answer_path(data, path), _nameless_path(data, path)):
        try:
            told = orjson.loads(place.read_bytes())
        except (FileNotFoundError, orjson.JSONDecodeError):
            continue
        if told.get("status") == "erased" and told.get("request") == _digest(data, path):
            number: str = told.get("number", "")
            return number
    return None


def answer(data: DataDir, path: Path, wish: Request | None = None, **told: object) -> None:
    """Writes the answer (no personal data); a request that is refused is put aside.

    It bears the name of the request, unless that is made of the account: an answer stays.
    """
    digest = wish.digest if wish else _digest(data, path)
    body = {"request": digest, **told}
    is_telling = wish is not None and _is_named_after(path.stem, wish.account)
    place = _nameless_path(data, path) if is_telling else _answer_path(data, path)
    write(place, orjson.dumps(body, option=orjson.OPT_INDENT_2))
    if told.get("status") == "refused":
        path.replace(_refused_path(data, path))


def let_go(data: DataDir, wish: Request) -> None:
    """Removes the file of a request that was carried out, unless it holds another wish by now."""
    if wish.file is not None and os.path.lexists(wish.file) and _digest(data, wish.file) == wish.digest:
        wish.file.unlink()


def _answer_path(data: DataDir, path: Path) -> Path:
    # `ada.json`, `ada.txt` and `ada` are three wishes.
    name = path.name if path.suffix == ".json" else f"{path.name}.answer.json"
    place = path.parent / "answers" / name
    return _nameless_path(data, path) if _is_long(path) or place.is_dir() else place


def _refused_path(data: DataDir, path: Path) -> Path:
    """Where a refused request is kept: never in the place of another that had the same name."""
    kept = path.with_name(f"{path.name}.refused")
    if _is_long(path) or os.path.lexists(kept):
        return path.with_name(f"r-{_digest(data, path)[:16]}.refused")
    return kept


def _is_long(path: Path) -> bool:
    """Whether a file system may refuse the names made of this one."""
    return len(os.fsencode(path.name)) > _LONGEST_NAME


def _nameless_path(data: DataDir, path: Path) -> Path:
    return path.parent / "answers" / f"r-{lasting(data).content(path.name)[:16]}.json"


def _is_named_after(name: str, account: str) -> bool:
    """Whether `name` holds the account, or a word of it of some length, however it is written."""
    plain = "".join(filter(str.isalnum, name.casefold()))
    words = re.findall(r"[^\W_]{3,}", account.casefold())
    whole = "".join(filter(str.isalnum, account.casefold()))
    return bool(whole) and (whole in plain or any(word in plain for word in words))


def _digest(data: DataDir, path: Path, content: bytes | None = None) -> str:
    if content is None:
        told = path.lstat()
        if stat.S_ISREG(told.st_mode) and told.st_size <= _LARGEST and os.access(path, os.R_OK):
            content = path.read_bytes()
    return lasting(data).content(path.name, None if content is None else content.hex())


def _json_words(text: str) -> tuple[str, str]:
    try:
        told = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InputInvalid("It is not valid JSON.") from error
    words = [told.get(name) for name in ("platform", "account")]
    if not all(isinstance(word, str) and word.strip() for word in words):
        raise InputInvalid('It must name "platform" and "account", both as text.')
    return words[0], words[1]


def _plain_words(text: str) -> tuple[str, str]:
    words = text.split()
    if len(words) != 2 or not re.fullmatch(r"[A-Za-z0-9_.-]+", words[0]):
        raise InputInvalid("It must be JSON, or one line with two words: platform and account.")
    return words[0], words[1]


def _platforms_held(data: DataDir) -> set[str]:
    found: set[str] = set()
    for path in landing_files(data.landing):
        folder = path.parent.parent.name
        # Only what was made safe for a file name has to be looked up.
        found.add(next((told.platform for told in read_envelopes(path)), folder) if "_" in folder else folder)
    return found
