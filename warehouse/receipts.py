"""Receipts: what an erasure did, signed, so that anybody can check it without knowing who it was about.

The signature is Ed25519 (RFC 8032): the private key stays in DATA/keys, the public one goes with every receipt
and stands in DATA/receipts/public-key.txt for the data protection officer to publish.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from girafe.data_dir import DataDir
from girafe.errors import InputInvalid, SettingsInvalid, UserMustAct
from girafe.pseudonym import load_key
from girafe.storage import write

SIGNING_KEY = "receipts.key"
SIGNING_VARIABLE = "GIRAFE_RECEIPT_KEY"
_SEED_BYTES = 32


class ReceiptInvalid(InputInvalid):
    """The receipt was changed, or another installation signed it."""


def write_receipt(data: DataDir, details: Mapping[str, object], *, now: datetime) -> Path:
    """Signs `details` (numbers and digests only) with the time and keeps them under receipts/.

    Raises UserMustAct where the key that signed before is lost or another: what it signed could not be checked.
    """
    folder = data.root / "receipts"
    published = folder / "public-key.txt"
    key = _signing_key(data, may_make=not published.exists())
    public = _public(key)
    if published.exists() and published.read_bytes() != f"{public}\n".encode():
        raise UserMustAct(
            f"keys/{SIGNING_KEY}, or {SIGNING_VARIABLE}, is not the key published in {published}. Bring it back from a "
            "backup; to sign with another from now on, put that file aside."
        )
    body = {**details, "erased_at": now.astimezone(UTC).isoformat(), "public_key": public}
    signature = base64.b64encode(key.sign(_signed_bytes(body))).decode()
    path = folder / f"{now.astimezone(UTC):%Y%m%dT%H%M%S}-{details['number']}.json"
    write(published, f"{public}\n".encode())
    write(path, orjson.dumps(body | {"signature": signature}, option=orjson.OPT_INDENT_2))
    return path


def verify_receipt(path: Path, *, public_key: str) -> dict[str, Any]:
    """The fields of a receipt that `public_key` (base64) signed; raises ReceiptInvalid for all others."""
    try:
        told: dict[str, Any] = orjson.loads(path.read_bytes())
        signature = base64.b64decode(told.pop("signature"), validate=True)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ReceiptInvalid(f"{path.name} is not a receipt of girafe ({type(error).__name__}).") from error
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key.strip(), validate=True))
    except ValueError as error:
        raise ReceiptInvalid(
            "The public key is none: give the one line of receipts/public-key.txt, as it was published."
        ) from error
    try:
        key.verify(signature, _signed_bytes(told))
    except InvalidSignature as error:
        raise ReceiptInvalid(
            f"{path.name} does not carry the signature of this key: it was changed, or another "
            "installation issued it."
        ) from error
    return told


def public_key(data: DataDir) -> str:
    """The public key of this installation, base64; raises UserMustAct where nothing was ever signed."""
    try:
        key = _signing_key(data, may_make=False)
    except SettingsInvalid as error:
        raise UserMustAct(
            f"{data.root} has signed no receipt. Name the data folder that did with --data, or its key with "
            "--public-key."
        ) from error
    return _public(key)


def _public(key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def _signing_key(data: DataDir, *, may_make: bool = True) -> Ed25519PrivateKey:
    seed = load_key(data.keys, data.secrets, name=SIGNING_KEY, variable=SIGNING_VARIABLE, may_make=may_make)
    if len(seed) < _SEED_BYTES:
        raise UserMustAct(
            f"The key of receipts has {len(seed)} bytes; it needs at least {_SEED_BYTES}. Bring keys/{SIGNING_KEY} "
            f"back from a backup, or correct {SIGNING_VARIABLE}."
        )
    return Ed25519PrivateKey.from_private_bytes(seed[:_SEED_BYTES])


def _signed_bytes(body: Mapping[str, object]) -> bytes:
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
