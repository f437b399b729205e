"""Bearer tokens: fixed ones, and those an app fetches for itself and renews once when they expire."""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, datetime

import httpx

from collectors.answers import Answer, TryAgain, decode_json, readable
from collectors.limits import host_time
from girafe.errors import AccessDenied

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""Only for a host that says neither the time nor how long to wait in seconds."""


class Bearer(httpx.Auth):
    """A token that is given."""

    def __init__(self, token: str) -> None:
        self._header = f"Bearer {token}"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Signs the request."""
        request.headers["authorization"] = self._header
        yield request


class FetchedBearer(httpx.Auth):
    """A token that `login` answers with, under `field`; asked for once and again when refused."""

    requires_response_body = True

    def __init__(self, login: httpx.Request, *, field: str, help_: str, expired: bytes = b"") -> None:
        self._login, self._field, self._help, self._expired = login, field, help_, expired
        self._token = ""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Signs the request, with a new token if the old one is refused as expired."""
        # It is sent as it is: without the timeouts of the client a login that never answers would hold the run.
        self._login.extensions = dict(request.extensions)
        if not self._token:
            self._token = self._read((yield self._login))
        request.headers["authorization"] = f"Bearer {self._token}"
        response = yield request
        if response.status_code in (400, 401) and self._expired in response.content:
            self._token = self._read((yield self._login))
            request.headers["authorization"] = f"Bearer {self._token}"
            yield request

    def _read(self, response: httpx.Response) -> str:
        if response.status_code in (400, 401, 403):
            raise AccessDenied(self._help)
        # A login that is limited, fails or answers nonsense is tried again, as any question is.
        told, _ = decode_json(readable(_answer(response), host_time(response.headers) or _LONG_AGO))
        try:
            return str(told[self._field])
        except (KeyError, TypeError) as error:
            raise TryAgain(f"no session ({response.status_code})") from error


def _answer(response: httpx.Response) -> Answer:
    return Answer(
        status=response.status_code,
        url=str(response.request.url),
        headers=response.headers,
        body=response.content,
    )
