"""Conversations on a Mastodon-API server: the branch of a post and, from its root, all other branches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from collectors.contract import NOTES, Watch
from collectors.http import Http
from collectors.read import tree, trees
from girafe.errors import AccessDenied, SourceUnavailable
from girafe.records import Payload

_OF_ONE_THREAD = frozenset({423, 451})
"""Locked, or withheld by law: the others are not."""
_SHOWN_TO_STRANGERS = 60
"""Mastodon's own bound; whoever has a token is shown 4,096."""


def conversation(watch: Watch, status: Payload, http: Http) -> list[Payload] | None:
    """`status` and everything around it that the server shows, as received; None where it knows no such post."""
    members = {str(status["id"]): {key: value for key, value in status.items() if key != NOTES}}
    above = _context(watch, str(status["id"]), http)
    if above is None:
        return None
    around, roots = [above], trees(above.get("ancestors"))
    if roots:
        # Most list the root first; some begin with the nearest.
        root = next((one for one in roots if not one.get("in_reply_to_id")), roots[0])
        around.append(_context(watch, str(root.get("id")), http) or {})
    for context in around:
        for member in (*trees(context.get("ancestors")), *trees(context.get("descendants"))):
            members.setdefault(str(member.get("id")), dict(member))
    return list(members.values())


def _context(watch: Watch, local_id: str, http: Http) -> Mapping[str, Any] | None:
    """What surrounds a post; nothing where the server keeps threads from us, which is noted once."""
    refused = f"{watch.place} does not show whole threads to us"
    if any(limit.startswith(refused) for limit in watch.limits):
        return {}
    try:
        answer = http.json(f"{watch.origin}/api/v1/statuses/{quote(local_id, safe='')}/context")
    except AccessDenied as refusal:
        if refusal.status in _OF_ONE_THREAD:
            watch.limits.append(f"{watch.place} does not show a thread to us. {refusal}")
            return {}
        watch.limits.append(f"{refused}; a token in MASTODON_TOKENS may help. {refusal}")
        return {}
    if answer is not None and (not isinstance(answer, dict) or "error" in answer):
        raise SourceUnavailable(f"{watch.place} answered for a thread with an error under 200.")
    shown = len(trees(tree(answer).get("descendants")))
    cut = f"{watch.place} shows strangers no more than {_SHOWN_TO_STRANGERS} answers of a thread"
    if http.auth is None and shown >= _SHOWN_TO_STRANGERS and not any(cut in limit for limit in watch.limits):
        watch.limits.append(
            f"{cut}, and some have as many or more; with a token in MASTODON_TOKENS it shows all."
        )
    return answer
