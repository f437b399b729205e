"""Time zones as exports name them: offsets, abbreviations, cities. One that is not known is refused, never passed
over: a time read in the wrong zone would look right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

_HOURS: Mapping[str, float] = {
    "utc": 0, "gmt": 0, "z": 0, "wet": 0, "west": 1, "cet": 1, "cest": 2, "mez": 1, "mesz": 2, "bst": 1,
    "eet": 2, "eest": 3, "msk": 3, "gst": 4, "ist": 5.5, "sgt": 8, "hkt": 8, "awst": 8, "jst": 9, "kst": 9,
    "acst": 9.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13, "brt": -3, "art": -3, "ast": -4, "adt": -3,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "akst": -9, "hst": -10,
}  # fmt: skip
_OFFSET = re.compile(r"(?:utc|gmt)?\s?([+\-\u2212])(\d{1,2})(?::?(\d{2}))?\Z")
_NOISE = frozenset({
    "uhr", "h", "hr", "hrs", "heure", "heures", "time", "local", "de", "d", "of", "le", "la", "the", "on",
    "at", "um", "am", "a", "den", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
    "lun", "mar", "mer", "jeu", "ven", "sam", "dim", "monday", "tuesday", "wednesday", "thursday",
    "friday", "saturday", "sunday", "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat",
    "sun", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag", "mo", "di",
    "mi", "do", "fr", "sa", "so",
})  # fmt: skip
"""Words beside a clock that say nothing about its zone."""
_FURTHEST = timedelta(hours=14)


def zone_of(said: str, otherwise: tzinfo) -> tzinfo | None:
    """The zone named in what stands beside a clock, in lower case; `otherwise` where none is, None if not known."""
    named, _, remark = said.partition("(")
    named = named.lstrip(" ,.;|\u00b7\u2022").rstrip(" ,.;|-\u00b7\u2022")
    if found := _OFFSET.search(named):
        offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return timezone(offset if found[1] == "+" else -offset) if offset <= _FURTHEST else None
    words = [word for word in re.findall(r"[a-z_/+\-]+", named) if word not in _NOISE]
    if words:
        return _known("_".join(words)) or _known(words[-1])
    return _known(remark.strip(" )")) or otherwise


def _known(name: str) -> tzinfo | None:
    if name in _HOURS:
        return timezone(timedelta(hours=_HOURS[name]))
    full = _places().get(name)
    return ZoneInfo(full) if full else None


@lru_cache(1)
def _places() -> Mapping[str, str]:
    """`europe/paris` and `paris` -> `Europe/Paris`."""
    names = sorted(available_timezones())
    cities = {name.rpartition("/")[2].casefold(): name for name in names if "/" in name}
    return cities | {name.casefold(): name for name in names if "/" in name}
