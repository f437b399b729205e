"""X: money counted before it is spent."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx
import pytest

from collectors.sources.x_spending import Spending
from girafe.errors import AccessDenied, SourceUnavailable
from tests.collectors.collecting import NOW, posts
from tests.collectors.collecting import run as run


class X:
    """A search that never ends; `refers` posts bring one they refer to, and some questions fail."""

    def __init__(self, *, faults=(), refers=False):
        self.asked, self.sold, self.refers, self.faults = [], [], refers, list(faults)

    def __call__(self, request):
        fault = self.faults.pop(0) if self.faults else None
        if fault:
            return fault
        size, token = int(request.url.params["max_results"]), request.url.params.get("next_token", "t0")
        self.asked.append((size, token))
        start = 1000 * int(token[1:])
        found = [self._post(start + n) for n in range(size)]
        parents = [self._post(5_000_000 + start + n) for n in range(size)] if self.refers else []
        self.sold += [post["id"] for post in [*found, *parents]]
        users = [{"id": "7", "username": "ada", "description": "at Ondine"}]
        page = {"data": found, "includes": {"users": users, "tweets": parents},
                "meta": {"next_token": f"t{int(token[1:]) + 1}"}}  # fmt: skip
        return httpx.Response(200, json=page)

    def _post(self, number):
        return {"id": str(number), "text": "Ondine", "author_id": "7", "created_at": "2026-11-23T08:00:00Z"}


X_OPTIONS = 'api = "https://api.example", monthly_posts = {}'


X_KEY = {"X_BEARER_TOKEN": "k"}


@pytest.mark.parametrize("refers", [False, True])
def test_the_budget_stops_a_run_before_money_is_spent_and_is_remembered(run, data, time, refers):
    x = X(refers=refers)
    with pytest.raises(AccessDenied, match="monthly budget of 125"):
        run("x", x, X_OPTIONS.format(125), X_KEY, window=None)
    assert 60 < len(set(x.sold)) + 2 <= 125  # the one author costs as much as two posts
    assert set(posts(data)) == set(x.sold)  # what was paid for is landed
    assert posts(data)["0"].author.bio == "at Ondine"
    before = len(x.asked)
    with pytest.raises(AccessDenied, match="monthly budget"):
        run("x", x, X_OPTIONS.format(125), X_KEY, window=None)
    assert len(x.asked) == before  # not one more question in this month
    time.now += timedelta(days=10)
    with pytest.raises(AccessDenied):
        run("x", x, X_OPTIONS.format(125), X_KEY, window=None)
    assert len(x.asked) > before  # December has a budget of its own


def test_what_was_paid_for_is_not_bought_again_after_a_failure(run, data, time):
    x = X(faults=[None, None, *[httpx.Response(503)] * 9])
    with pytest.raises(SourceUnavailable):
        run("x", x, X_OPTIONS.format(100_000), X_KEY, window=None)
    first = list(x.sold)
    assert len(first) == 200
    time.now += timedelta(days=1)
    x.faults = [None, httpx.Response(401)]
    with pytest.raises(AccessDenied):
        run("x", x, X_OPTIONS.format(100_000), X_KEY, window=None)
    assert x.asked[2][1] == "t2"  # it goes on where it ended
    assert not set(first) & set(x.sold[200:])


def test_a_power_cut_between_question_and_answer_leaves_the_money_counted(run, data):
    def cut(request):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run("x", cut, X_OPTIONS.format(100), X_KEY, window=None)
    with pytest.raises(AccessDenied, match="monthly budget of 100"):
        run("x", X(), X_OPTIONS.format(100), X_KEY, window=None)


def test_a_post_read_twice_on_one_day_is_counted_once():
    ledger = {}
    spending = Spending(ledger, 100, NOW)
    for _ in range(3):
        spending.settle(spending.reserve(20), [str(n) for n in range(20)])
    assert spending.spent == 20
    tomorrow = Spending(ledger, 100, NOW + timedelta(days=1))
    tomorrow.settle(tomorrow.reserve(20), [str(n) for n in range(20)])
    assert tomorrow.spent == 40


def test_an_author_costs_as_much_as_two_posts_once_a_day():
    ledger = {}
    spending = Spending(ledger, 1000, NOW)
    for _ in range(2):
        spending.settle(spending.reserve(20), ["1", "2"], ["7", "8"])
    assert spending.spent == 2 + 2 * 2
    # The most a question may cost is taken before it is asked: posts, those they refer to, and all their authors.
    assert Spending({}, 59, NOW).spent == 0
    with pytest.raises(AccessDenied, match="budget of 59"):
        Spending({}, 59, NOW).reserve(100)
    assert Spending({}, 60, NOW).reserve(100) == 10


def test_without_a_budget_x_is_not_asked_at_all(run):
    def nobody(request):
        raise AssertionError("a request left")

    with pytest.raises(AccessDenied, match="budget of 0"):
        run("x", nobody, 'api = "https://api.example"', {"X_BEARER_TOKEN": "k"})


def test_conversations_of_what_a_stopped_run_read_are_named_as_not_completed(run, data, time):
    is_up = []

    def two_pages(request):
        token = request.url.params.get("next_token")
        if token and not is_up:
            return httpx.Response(401)
        post = {"id": token or "1", "text": "Ondine", "author_id": "7", "created_at": "2026-11-23T08:00:00Z"}
        return httpx.Response(200, json={"data": [post], "meta": {} if token else {"next_token": "2"}})

    with pytest.raises(AccessDenied):
        run("x", two_pages, X_OPTIONS.format(100_000), X_KEY, window=None)
    is_up.append(True)
    for _ in range(2):
        time.now += timedelta(hours=1)
        run("x", two_pages, X_OPTIONS.format(100_000), X_KEY, window=None)
    told = [json.loads(path.read_bytes())["limits"] for path in sorted(data.runs.glob("*/*.json"))]
    assert ["were not completed" in limits for limits in told] == [False, True, False]
