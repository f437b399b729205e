"""Borrowed: lets a library that speaks `requests` go out by the polite client, and by nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import requests
from requests.adapters import BaseAdapter

from collectors.answers import Answer
from collectors.http import Http


class Borrowed(BaseAdapter):
    """An adapter to mount on a session of `requests`: it answers with what the polite client was answered."""

    def __init__(self, http: Http, fault: Callable[[Answer], str], seen: Callable[[Answer], bytes]) -> None:
        """`http`: whose pace, retries, guard and bounds hold. `fault`: what is wrong with an answer, if anything.

        `seen` is called with each sound answer and gives the page as the library is to read it; it may raise, where the
        library itself would go round for ever.
        """
        super().__init__()
        self._http, self._fault, self._seen = http, fault, seen

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Raises what the polite client raises; redirects are followed before the library sees any."""
        if request.method != "GET":
            raise ValueError(f"only GET is lent, not {request.method}")
        answer = self._http.get(str(request.url), fault=self._fault)
        response = requests.Response()
        response.status_code, response.url, response.request = answer.status, answer.url, request
        response.headers.update(answer.headers)
        response._content = self._seen(answer)
        response.encoding = "utf-8"
        return response

    def close(self) -> None:
        """Nothing of its own is open."""
