"""Keys: what Airflow's connections hold for the sources, the mail server and the pseudonyms, by girafe's own names."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

CONNECTIONS: Mapping[str, tuple[str, str]] = {
    "BLUESKY_HANDLE": ("girafe_bluesky", "login"),
    "BLUESKY_APP_PASSWORD": ("girafe_bluesky", "password"),
    "LINKEDIN_ACCESS_TOKEN": ("girafe_linkedin", "password"),
    "MASTODON_TOKENS": ("girafe_mastodon", "password"),
    "META_PAGE_TOKEN": ("girafe_meta", "password"),
    "REDDIT_CLIENT_ID": ("girafe_reddit", "login"),
    "REDDIT_CLIENT_SECRET": ("girafe_reddit", "password"),
    "STACKEXCHANGE_KEY": ("girafe_stackexchange", "password"),
    "X_BEARER_TOKEN": ("girafe_x", "password"),
    "YOUTUBE_API_KEY": ("girafe_youtube", "password"),
    "GIRAFE_ALERTS": ("girafe_alerts", "password"),
    "GIRAFE_DIGEST_TO": ("girafe_digest", "password"),
    "GIRAFE_SMTP_HOST": ("girafe_smtp", "host"),
    "GIRAFE_SMTP_PORT": ("girafe_smtp", "port"),
    "GIRAFE_SMTP_USER": ("girafe_smtp", "login"),
    "GIRAFE_SMTP_PASSWORD": ("girafe_smtp", "password"),
    "GIRAFE_PSEUDONYM_KEY": ("girafe_pseudonym_key", "password"),
    "GIRAFE_PSEUDONYM_KEY_FILE": ("girafe_pseudonym_key", "path"),
    "GIRAFE_FORGOTTEN_KEY": ("girafe_forgotten_key", "password"),
    "GIRAFE_FORGOTTEN_KEY_FILE": ("girafe_forgotten_key", "path"),
    "GIRAFE_RECEIPT_KEY": ("girafe_receipt_key", "password"),
    "GIRAFE_RECEIPT_KEY_FILE": ("girafe_receipt_key", "path"),
    "MOTHERDUCK_TOKEN": ("girafe_motherduck", "password"),
}
"""Each secret, the connection that may hold it, and the field it stands in (`path` is one of its extras)."""


class Keys(Mapping[str, str]):
    """Secrets by name: from Airflow's connections (any secrets backend), else from the environment.

    Nothing is asked before a stage needs it, and a connection once only. To be used inside a task, a callback
    or a trigger: only there Airflow hands out connections.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._known: dict[str, Any] = {}

    def __getitem__(self, name: str) -> str:
        """The secret; KeyError if nobody has set it."""
        if name in CONNECTIONS:
            connection, part = CONNECTIONS[name]
            if connection not in self._known:
                self._known[connection] = _ask(connection)
            if found := _field(self._known[connection], part):
                return found
        return self._environment[name]

    def __iter__(self) -> Iterator[str]:
        """The names that can be asked for."""
        yield from {*CONNECTIONS, *self._environment}

    def __len__(self) -> int:
        """How many names there are."""
        return len({*CONNECTIONS, *self._environment})


def _ask(connection: str) -> Any:
    """The connection, None if there is none. Airflow hides its password in logs; here each word of it as well."""
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException
    from airflow.sdk.log import mask_secret

    try:
        found: Any = Connection.get(connection)
    except AirflowNotFoundException:
        return None
    for word in (found.password or "").split():
        mask_secret(word)
        mask_secret(word.partition("=")[2] or None)
    logging.getLogger("girafe").debug("The connection %s is used.", connection)
    return found


def _field(connection: Any, part: str) -> str | None:
    if connection is None:
        return None
    value = connection.extra_dejson.get(part) if part == "path" else getattr(connection, part)
    return str(value) if value else None
