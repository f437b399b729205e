"""The polite client: paced, patient, guarded; every wait is visible and every refusal says who must act.

Time, sleep and chance are passed in, so a test of an hour's waiting takes no time.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urljoin, urlsplit

import httpx

from collectors.answers import Answer, TryAgain, decode_json, readable
from collectors.guard import Resolve, check_url, host_of, hosts_named, resolve, shown
from collectors.limits import Wait, clock_skew, spent_budget
from collectors.outward import ACCEPTED, Errand, errand
from girafe.errors import AccessDenied, QuestionRefused, RateLimited, SourceUnavailable

if TYPE_CHECKING:
    from collectors.contract import Options, Secrets, Source

USER_AGENT = "girafe/0.1 (employer-brand listening; honours opt-outs; contact in company.toml)"
T = TypeVar("T")

_SHORTEST_KEY = 8
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How a client behaves towards a host."""

    pace: float = 1.0
    """Seconds between two requests to one host."""
    attempts: int = 5
    patience: float = 300.0
    """The longest single wait it obeys; a longer one is handed to the scheduler as RateLimited."""
    backoff: float = 1.0
    largest_body: int = 20_000_000
    longest_answer: float = 120.0
    """Seconds one attempt may take from first to last byte, however steadily it trickles."""
    most_redirects: int = 5


@dataclass(slots=True)
class _Shared:
    """What all bound copies of a client share: who was asked when, what was waited for, what went wrong."""

    next_at: dict[str, float] = field(default_factory=dict)
    waits: list[Wait] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    skew: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Http:
    """A client for one run. `bound` gives a copy with other manners or another signature."""

    client: httpx.Client
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    ticks: Callable[[], float]
    """Seconds that only ever grow; the clock may be set to a day in the past."""
    chance: Callable[[], float]
    """A number in [0, 1), for jitter."""
    manners: Manners = Manners()
    auth: httpx.Auth | None = None
    allowed_hosts: frozenset[str] = frozenset()
    """`host` or `host:port` that may be plain http or private: servers of one's own, tests."""
    on_wait: Callable[[Wait], None] | None = None
    look_up: Resolve = resolve
    shared: _Shared = field(default_factory=_Shared)

    def bound(
        self, *, auth: httpx.Auth | None, pace: float, allowed_hosts: frozenset[str] = frozenset()
    ) -> Http:
        """The same client and books, signing with `auth`, at `pace`, to more hosts."""
        return replace(
            self,
            auth=auth,
            manners=replace(self.manners, pace=pace),
            allowed_hosts=self.allowed_hosts | allowed_hosts,
        )

    def for_source(self, module: Source, origin: str, options: Options, secrets: Secrets) -> Http:
        """As `bound`: with the source's signature and pace, also to the hosts that company.toml names."""
        return self.bound(
            auth=module.auth(secrets, origin), pace=module.PACE, allowed_hosts=hosts_named(options)
        )

    def hasty(self) -> Http:
        """The same client, which asks no more than twice: for what is good to know but can be done without."""
        return replace(self, manners=replace(self.manners, attempts=min(2, self.manners.attempts)))

    @property
    def waits(self) -> tuple[Wait, ...]:
        """Every wait so far, with its reason."""
        return tuple(self.shared.waits)

    @property
    def troubles(self) -> tuple[str, ...]:
        """Every fault and refusal so far, each as often as it came; also those a second try got past."""
        return tuple(self.shared.troubles)

    def pause(self, host: str, seconds: float, reason: str) -> None:
        """Waits because the platform asked for it in its answer; a long wait is left to the scheduler."""
        if seconds > self.manners.patience:
            raise RateLimited(f"{host} asks to wait {seconds:.0f} s ({reason}).", wait_seconds=seconds)
        self._wait(host, seconds, reason)

    def skew(self, host: str) -> float:
        """Seconds by which this machine is ahead of `host`, as its last Date header says."""
        return self.shared.skew.get(host, 0.0)

    def json(self, url: str, params: Mapping[str, Any] | None = None) -> Any:
        """The decoded body, or None where the thing asked for is missing (404, 410)."""
        return self.json_with_headers(url, params)[0]

    def json_with_headers(
        self, url: str, params: Mapping[str, Any] | None = None
    ) -> tuple[Any, Mapping[str, str]]:
        """Like `json`, with the headers a pager needs (`link`)."""
        return self._retry(url, params, {"accept": "application/json"}, decode_json)

    def get(
        self,
        url: str,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        fault: Callable[[Answer], str] = lambda answer: "",
    ) -> Answer:
        """The body as bytes; for feeds and pages. What `fault` finds wrong with it, if anything, is retried."""
        return self._retry(url, params, dict(headers or {}), lambda answer: _sound(answer, fault))

    def _retry(
        self,
        url: str,
        params: Mapping[str, Any] | None,
        headers: dict[str, str],
        read: Callable[[Answer], T],
    ) -> T:
        """Asks until `read` accepts the answer or the attempts are used up."""
        try:
            host = host_of(url)
        except ValueError as error:
            raise AccessDenied(f"{shown(url)!r} is not a web address.") from error
        for attempt in range(1, self.manners.attempts + 1):
            self._pace(host)
            try:
                return read(self._once(url, params, headers))
            except TryAgain as fault:
                self.shared.troubles.append(f"{host}: {fault.what}")
                if attempt == self.manners.attempts:
                    raise fault.final(host, attempt) from fault
                self._wait(host, self._pause(fault, attempt, host), fault.what)
            except AccessDenied as refusal:
                if not isinstance(
                    refusal, QuestionRefused
                ):  # that is how a server says which dialect it speaks
                    self.shared.troubles.append(str(refusal))
                raise
        raise AssertionError("unreachable")

    def _pause(self, fault: TryAgain, attempt: int, host: str) -> float:
        if fault.asked is None:
            # Jitter on an exponential: many workers do not come back at the same moment.
            return float(self.manners.backoff * 2 ** (attempt - 1) * (1 + self.chance() / 2))
        if fault.asked > self.manners.patience:
            raise RateLimited(
                f"{host} asks to wait {fault.asked:.0f} s ({fault.what}).", wait_seconds=fault.asked
            )
        return fault.asked + self.chance()

    def _pace(self, host: str) -> None:
        now = self.ticks()
        due = self.shared.next_at.get(host, now)
        if due - now > self.manners.patience:
            raise RateLimited(f"{host}: the budget is spent for {due - now:.0f} s.", wait_seconds=due - now)
        if due > now:
            reason = "pace" if due - now <= self.manners.pace else "budget spent"
            self._wait(host, due - now, reason)
        self.shared.next_at[host] = max(now, due) + self.manners.pace

    def _wait(self, host: str, seconds: float, reason: str) -> None:
        wait = Wait(host=host, seconds=seconds, reason=reason)
        if reason != "pace":
            self.shared.waits.append(wait)
            if self.on_wait is not None:
                self.on_wait(wait)
        self.sleep(seconds)

    def _once(self, url: str, params: Mapping[str, Any] | None, headers: dict[str, str]) -> Answer:
        """One request with its redirects, each of them checked like the first.

        Only the host that was asked gets the signature: a redirect must not carry a token elsewhere.
        """
        asked = _origin(url)
        for _ in range(self.manners.most_redirects + 1):
            with _naming_only(asked, url):
                check_url(url, self.allowed_hosts, self.look_up)
                answer = self._send(url, params, headers, self.auth if _origin(url) == asked else None)
                self._note(asked[1], answer.headers, is_good=200 <= answer.status < 300)
                if answer.status not in _REDIRECTS or "location" not in answer.headers:
                    return readable(answer, self.clock())
                url, params = _joined(answer.url, answer.headers["location"]), None
        raise SourceUnavailable(f"{asked[1]}: more than {self.manners.most_redirects} redirects.")

    def _send(
        self, url: str, params: Mapping[str, Any] | None, headers: dict[str, str], auth: httpx.Auth | None
    ) -> Answer:
        sent = {"user-agent": USER_AGENT, "accept-encoding": ACCEPTED, **headers}
        limits = Errand(
            allowed_hosts=self.allowed_hosts,
            largest_body=self.manners.largest_body,
            seconds=self.manners.longest_answer,
        )
        try:
            request = self.client.build_request("GET", url, params=params, headers=sent)
        except httpx.InvalidURL as error:
            raise AccessDenied(f"{shown(url)!r} is not a web address.") from error
        unsigned = {*request.headers.values(), *request.url.params.values()}
        try:
            with errand(limits):
                response = self.client.send(request, auth=auth, follow_redirects=False)
        except httpx.InvalidURL as error:  # where the answer leads
            raise AccessDenied(f"{host_of(url)} redirects to what is not a web address.") from error
        except (httpx.LocalProtocolError, UnicodeEncodeError):
            raise AccessDenied(
                f"{host_of(url)}: the key holds what no header may (a line break, a blank at its end, an accent); "
                "correct it in the environment."
            ) from None
        except httpx.TimeoutException as error:
            raise TryAgain(f"no answer in time ({type(error).__name__})") from error
        except httpx.TransportError as error:
            raise TryAgain(_why(error)) from error
        except httpx.DecodingError as error:
            raise TryAgain("the body could not be unpacked") from error
        host = request.url.netloc.decode()
        # Signing in anew happens inside httpx: the refusals before it are only in the history.
        refused = [earlier.status_code for earlier in response.history if earlier.is_error]
        self.shared.troubles += [f"{host}: status {status}, then signed in anew" for status in refused]
        return Answer(
            status=response.status_code,
            url=url,
            headers=response.headers,
            body=response.content,
            keys=_keys(response.request, unsigned),
        )

    def _note(self, host: str, headers: Mapping[str, str], *, is_good: bool) -> None:
        """What an answer says of time and budget counts for the host that was asked, whoever gave it in the end."""
        now = self.clock()
        skew = clock_skew(headers, now)
        if skew is not None:
            self.shared.skew[host] = skew
        # After a refusal the retry keeps the wait that was asked for; here only success is read.
        budget = spent_budget(headers, now) if is_good else None
        if budget:
            due = self.ticks() + budget
            self.shared.next_at[host] = max(self.shared.next_at.get(host, 0.0), due)


def _why(error: BaseException) -> str:
    """What to say of a connection that failed; of a certificate nothing but its fault, which names nobody."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__ or cause.__context__
    if cause is None:
        return f"the connection failed ({type(error).__name__})"
    fault = "it is for another name" if "match" in cause.verify_message else cause.verify_message
    return f"the certificate is not accepted ({fault})"


def _sound(answer: Answer, fault: Callable[[Answer], str]) -> Answer:
    if what := fault(answer):
        raise TryAgain(what)
    return answer


def _origin(url: str) -> tuple[str, str]:
    return urlsplit(url).scheme, host_of(url)


@contextmanager
def _naming_only(asked: tuple[str, str], url: str) -> Iterator[None]:
    """Says of a host to which one was sent on what is wrong, and not its name, which may be that of a person.

    What a refusal says goes into run records and the published report on sources.
    """
    try:
        yield
    except (AccessDenied, SourceUnavailable) as refusal:
        if _origin(url)[1] != asked[1]:
            words = str(refusal)
            for name in sorted(_names_of(url), key=len, reverse=True):
                words = re.sub(re.escape(name), "…", words, flags=re.IGNORECASE)
            refusal.args = (f"{asked[1]} sends on to another host: {words}",)
            refusal.__cause__ = refusal.__context__ = None
        raise


def _names_of(url: str) -> set[str]:
    """Every form in which a message may name the host of `url`."""
    names = {urlsplit(url).netloc, host_of(url), urlsplit(url).hostname or "", shown(url)}
    with suppress(httpx.InvalidURL):
        names |= {httpx.URL(url).host, httpx.URL(url).raw_host.decode("ascii", "replace")}
    return names - {""}


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise AccessDenied(f"{host_of(url)} redirects to what is not a web address.") from error


def _keys(signed: httpx.Request, unsigned: set[str]) -> tuple[str, ...]:
    """What signing added to a request, as a whole and in its parts, the longest first."""
    added = {*signed.headers.values(), *signed.url.params.values()} - unsigned
    parts = {part for value in added for part in value.split() if len(part) >= _SHORTEST_KEY}
    return tuple(sorted(parts, key=len, reverse=True))
