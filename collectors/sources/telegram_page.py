"""What a page of Telegram's web preview looks like, and what is none: cut or foreign pages pass for empty ones."""

from __future__ import annotations

from collectors.answers import Answer


def not_a_preview(answer: Answer) -> str:
    """What is wrong with a page of a preview, empty if nothing; a channel without one is told by its address."""
    if "/s/" not in answer.url or answer.is_missing:
        return ""
    if b"tgme_" not in answer.body:
        return "an HTML page came that is no preview of a channel, or a truncated or malformed one"
    return "" if b"</html>" in answer.body else "the page is truncated or malformed"
