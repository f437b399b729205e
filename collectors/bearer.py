"""Bearer tokens: fixed ones, and those an app fetches for itself and renews once when they expire."""

from __future__ import annotations

from collections.abc import Generator

import httpx

from girafe.errors import AccessDenied


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
        try:
            return str(response.json()[self._field])
        except (ValueError, KeyError, TypeError) as error:
            # A transport error is tried again, as a failing login should be.
            raise httpx.RemoteProtocolError(f"no session ({response.status_code})") from error
