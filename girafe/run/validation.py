"""VALIDATE: what entered, and the marts; marts found valid are sealed, and only sealed marts are published."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from girafe.data_dir import DataDir
from girafe.run.context import Context

if TYPE_CHECKING:
    from quality.validate import ValidationReport


def validate_raw(context: Context) -> ValidationReport:
    """VALIDATE what entered; raises QualityFailed before any mart changes."""
    from quality.validate import validate_raw as validate

    with context.alone("girafe validate"):
        return validate(context.data, context.settings, context.now)


def validate_marts(context: Context) -> ValidationReport:
    """VALIDATE the marts; only marts found valid may be published."""
    from quality.validate import validate_marts as validate

    with context.alone("girafe validate"):
        report = validate(context.data.marts, context.settings, context.now)
        _seal(context.data.marts).write_bytes(orjson.dumps(digest(context.data.marts)))
    return report


def digest(marts: Path) -> dict[str, str]:
    """The content hash of each mart file: equal data gives equal hashes."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(marts.glob("rpt_*.parquet"))
    }


def is_measured(data: DataDir) -> bool:
    """Whether marts were ever written; some that are missing among others are a fault that validation names."""
    return any(data.marts.glob("rpt_*.parquet"))


def is_sealed(marts: Path) -> bool:
    """Whether the marts are byte for byte the ones last found valid."""
    seal = _seal(marts)
    # As bytes: a seal that is damaged is none, and `girafe validate` writes it anew.
    return seal.exists() and seal.read_bytes() == orjson.dumps(digest(marts))


def _seal(marts: Path) -> Path:
    return marts / "_validated.json"
