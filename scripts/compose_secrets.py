"""Makes the secrets that docker-compose.yml reads from ./secrets, once; what is there already stays."""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path


def contents(postgres: str, redis: str, s3: str) -> dict[str, str]:
    """Every file and what it holds; the URLs repeat the two passwords, because Airflow wants them whole."""
    return {
        "postgres_password": postgres,
        "postgres_url": f"postgresql+psycopg2://airflow:{postgres}@postgres/airflow",
        "result_url": f"db+postgresql://airflow:{postgres}@postgres/airflow",
        "redis_password": redis,
        "redis_url": f"redis://:{redis}@redis:6379/0",
        "jwt_key": secrets.token_hex(64),
        "api_key": secrets.token_hex(64),
        "fernet_key": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        # Losing one of these three loses data: no backup without them (docs/operate.md).
        "pseudonym_key": secrets.token_hex(32),
        "forgotten_key": secrets.token_hex(32),
        "receipt_key": secrets.token_hex(32),
        "s3_identities": json.dumps({"identities": [_identity(s3)]}),
        "s3_credentials": f"[default]\naws_access_key_id = girafe\naws_secret_access_key = {s3}\n",
    }


def _identity(secret: str) -> dict[str, object]:
    """Who may use the S3 of docker-compose.yml: girafe alone, and all of it."""
    return {
        "name": "girafe",
        "credentials": [{"accessKey": "girafe", "secretKey": secret}],
        "actions": ["Admin", "Read", "List", "Tagging", "Write"],
    }


def write(folder: Path) -> list[str]:
    """Writes all or nothing and returns the names: half a set would not fit together."""
    wanted = contents(*(secrets.token_hex(24) for _ in range(3)))
    there = {path.name for path in folder.glob("*")} & set(wanted)
    if there == set(wanted):
        return []
    if there:
        raise SystemExit(f"{folder} holds a part of the secrets only. Complete it from your backup.")
    folder.mkdir(mode=0o700, exist_ok=True)
    for name, text in wanted.items():
        path = folder / name
        # Readable for others, in a folder that only its owner may enter: containers run as other users.
        path.write_text(text)
        path.chmod(0o444)
    return sorted(wanted)


if __name__ == "__main__":
    made = write(Path(__file__).resolve().parent.parent / "secrets")
    print(f"made {', '.join(made)}" if made else "all there already")
