"""YouTube payloads read: comments and videos."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.read import count, identifier, moment, optional_id, text, tree
from girafe.errors import PayloadChanged
from girafe.records import Account, Envelope, Post, Record


def parse(envelope: Envelope) -> Iterator[Record]:
    """A comment or a video becomes a Post."""
    thing, snippet = envelope.payload, tree(envelope.payload.get("snippet"))
    number = identifier(thing.get("id"), "id")
    if "channelTitle" in snippet and "title" in snippet:
        channel = identifier(snippet.get("channelId"), "snippet.channelId")
        author = Account(
            platform="youtube", account_id=channel, display_name=text(snippet.get("channelTitle"))
        )
        own = video = f"video:{number}"
        words, above = f"{text(snippet.get('title'))}\n\n{text(snippet.get('description'))}".strip(), None
    elif "authorDisplayName" in snippet:
        channel = identifier(tree(snippet.get("authorChannelId")).get("value"), "authorChannelId.value")
        name = text(snippet.get("authorDisplayName"))
        author = Account(platform="youtube", account_id=channel, handle=name or None, display_name=name,
                         url=text(snippet.get("authorChannelUrl")) or None)  # fmt: skip
        own, words = number, text(snippet.get("textOriginal")) or text(snippet.get("textDisplay"))
        video = f"video:{snippet['videoId']}" if optional_id(snippet.get("videoId")) else ""
        above = optional_id(snippet.get("parentId")) or video or None
    else:
        raise PayloadChanged(
            "Neither a comment (snippet.authorDisplayName) nor a video (snippet.channelTitle)."
        )
    yield Post(
        platform="youtube",
        post_id=own,
        created_at=moment(snippet.get("publishedAt"), "publishedAt"),
        text=words,
        author=author,
        observed_at=envelope.fetched_at,
        reply_to=above,
        conversation_id=video or None,
        likes=count(snippet.get("likeCount")),
        url=f"https://www.youtube.com/watch?v={video.removeprefix('video:')}" if video else None,
    )
