"""Chat: the digest to Slack, Teams and whatever else Apprise knows, once per channel and week."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import apprise

from girafe.errors import GirafeError, InputInvalid, SourceUnavailable
from reports.digest import Digest
from reports.mail import one_line, raise_all, record


def post(digest: Digest, *, channels: Sequence[str], state: Path, now: datetime) -> int:
    """Posts the digest to the channels (Apprise URLs) that have not had it; returns how many.

    A channel's URL holds its secret, so no error and no record names it. What one does not take, the others get.
    """
    posted = 0
    faults: list[GirafeError] = []
    with record(state, digest) as done:
        for number, channel in enumerate(dict.fromkeys(channels), 1):
            key = "chat-" + hashlib.sha256(channel.encode()).hexdigest()[:24]
            if key in done:
                continue
            room = apprise.Apprise()
            if not room.add(channel):
                faults.append(InputInvalid(f"chat channel {number} is not an address Apprise can read"))
                continue
            body = digest.markdown().partition("\n")[2].strip()
            if not room.notify(
                body=body, title=one_line(digest.subject), body_format=apprise.NotifyFormat.MARKDOWN
            ):
                faults.append(SourceUnavailable(f"chat channel {number} did not take the digest"))
                continue
            done[key] = now.isoformat()
            posted += 1
    raise_all(faults)
    return posted
