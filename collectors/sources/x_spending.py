"""What X may cost: the month's posts are counted before they are asked for, so a crash spends nothing twice.

X bills a post once per UTC day however often it is read, referenced posts like those found, and each author at twice
the price of a post: so an author counts as two posts.
"""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from datetime import datetime
from hashlib import blake2b

from collectors.contract import Watch
from collectors.http import Http
from collectors.read import count
from girafe.errors import AccessDenied

FEWEST = 10
"""Posts X sends at least for one question."""
AUTHOR = 2
"""What an author costs, in posts."""
_SEARCHED = 2 + 2 * AUTHOR
"""What one post of a search may cost at most: itself, one that it refers to, and the authors of both."""


class Spending:
    """The posts of this month, over all queries."""

    def __init__(self, ledger: MutableMapping[str, str], budget: int, now: datetime) -> None:
        self._ledger, self._budget = ledger, budget
        self._month, self._day = f"{now:%Y-%m}", f"{now:%Y-%m-%d}"

    @property
    def spent(self) -> int:
        """Posts read or asked for this month."""
        month, _, number = self._ledger.get("month", "").partition(":")
        return int(number) if month == self._month else 0

    def reserve(self, most: int) -> int:
        """Takes up to `most` posts of a search out of the budget before they are asked for; says how many to ask for.

        Raises AccessDenied before money is spent that nobody granted.
        """
        return self._reserve(most, FEWEST, _SEARCHED)

    def reserve_look_up(self, most: int) -> int:
        """The same for posts asked for by id: they bring nobody else."""
        return self._reserve(most, 1, 1)

    def settle(self, reserved: int, read: Iterable[str], authors: Iterable[str] = ()) -> None:
        """Replaces the reservation of a search by what was really read, less what was read on the same UTC day."""
        self._settle(reserved * _SEARCHED, read, authors)

    def settle_look_up(self, reserved: int, read: Iterable[str]) -> None:
        """The same for posts asked for by id."""
        self._settle(reserved, read, ())

    def _reserve(self, most: int, fewest: int, cost: int) -> int:
        size = min(most, (self._budget - self.spent) // cost)
        if size < fewest:
            raise AccessDenied(
                f"X: the monthly budget of {self._budget} posts is used up; raise `monthly_posts` in the options, "
                "or wait for the next month."
            )
        self._note(self.spent + cost * size)
        return size

    def _settle(self, taken: int, read: Iterable[str], authors: Iterable[str]) -> None:
        day, _, names = self._ledger.get("day", "").partition(":")
        known = set(names.split(",")) - {""} if day == self._day else set()
        posts = {_mark(name) for name in read} - known
        people = {_mark(f"author {name}") for name in authors} - known
        self._ledger["day"] = f"{self._day}:{','.join(sorted(known | posts | people))}"
        self._note(self.spent - taken + len(posts) + AUTHOR * len(people))

    def _note(self, posts: int) -> None:
        self._ledger["month"] = f"{self._month}:{max(0, posts)}"


def _mark(name: str) -> str:
    return blake2b(name.encode(), digest_size=6).hexdigest()


def spending_of(watch: Watch, http: Http) -> Spending:
    """The spending of the month, under the budget of the options."""
    return Spending(watch.ledger, count(watch.options.get("monthly_posts")) or 0, http.clock())
