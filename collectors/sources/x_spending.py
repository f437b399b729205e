"""What X may cost: the month's posts are counted before they are asked for, so a crash spends nothing twice.

X bills a post once per UTC day however often it is read, and referenced posts like those found.
"""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from datetime import datetime
from hashlib import blake2b

from girafe.errors import AccessDenied

FEWEST = 10
"""Posts X sends at least for one question."""


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
        """Takes up to `most` posts out of the budget before they are asked for, and says how many to ask for.

        Each may bring one that it refers to. Raises AccessDenied before money is spent that nobody granted.
        """
        size = min(most, (self._budget - self.spent) // 2)
        if size < FEWEST:
            raise AccessDenied(
                f"X: the monthly budget of {self._budget} posts is used up; raise `monthly_posts` in the options, "
                "or wait for the next month."
            )
        self._note(self.spent + 2 * size)
        return size

    def settle(self, reserved: int, read: Iterable[str]) -> None:
        """Replaces a reservation by what was really read, less what was read earlier on the same UTC day."""
        day, _, names = self._ledger.get("day", "").partition(":")
        known = set(names.split(",")) - {""} if day == self._day else set()
        new = {blake2b(name.encode(), digest_size=6).hexdigest() for name in read} - known
        self._ledger["day"] = f"{self._day}:{','.join(sorted(known | new))}"
        self._note(self.spent - 2 * reserved + len(new))

    def _note(self, posts: int) -> None:
        self._ledger["month"] = f"{self._month}:{max(0, posts)}"
