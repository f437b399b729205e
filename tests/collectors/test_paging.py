"""Following next links: never the same one twice, never many that lead to nothing, and others as often as they come."""

from __future__ import annotations

import pytest

from collectors.paging import MOST_EMPTY_PAGES, Trail, next_query
from girafe.errors import SourceUnavailable


def test_empty_pages_in_a_row_end_it_and_scattered_ones_do_not():
    trail = Trail("a.example")
    for number in range(20):
        trail.step(str(number), [number] if number % 2 else [])
    for number in range(20, 20 + MOST_EMPTY_PAGES - 1):
        trail.step(str(number), [])
    with pytest.raises(SourceUnavailable, match="empty pages in a row"):
        trail.step("last", [])


def test_a_cursor_that_comes_again_ends_it():
    trail = Trail("a.example")
    trail.step("a", [1])
    trail.step("b", [2])
    with pytest.raises(SourceUnavailable, match="repeated its cursor"):
        trail.step("a", [3])


def test_the_same_page_with_ever_new_cursors_ends_it_and_pages_that_overlap_do_not():
    trail = Trail("a.example")
    for number in range(20):
        trail.step(str(number), [{"id": number}, {"id": number + 1}])
    same = [{"id": 1}]
    for number in range(20, 20 + MOST_EMPTY_PAGES):
        trail.step(str(number), same)
    with pytest.raises(SourceUnavailable, match="repeated pages in a row"):
        trail.step("last", same)


@pytest.mark.parametrize(
    ("link", "found"),
    [
        (
            '<https://a.example/x?max_id=7>; rel="next", <https://a.example/x?min_id=9>; rel="prev"',
            {"max_id": "7"},
        ),
        (
            '<https://a.example/x?min_id=9>; rel="prev", <https://a.example/x?max_id=7>; rel="next"',
            {"max_id": "7"},
        ),
        ("</x?max_id=01M8&limit=40>; rel=next", {"max_id": "01M8", "limit": "40"}),
        ('<?max_id=7> ; title="older" ; REL="next last"', {"max_id": "7"}),
        ('<https://a.example/x?min_id=9>; rel="prev"', None),
        ("", None),
        ("nonsense", None),
    ],
)
def test_the_next_link_is_found_however_a_server_writes_it(link, found):
    assert next_query({"link": link} if link else {}) == found
