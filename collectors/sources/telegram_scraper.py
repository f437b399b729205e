"""snscrape's reader of a Telegram channel, message by message: one that it cannot read costs no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from snscrape.modules.telegram import TelegramChannelScraper, TelegramPost


class Scraper(TelegramChannelScraper):  # type: ignore[misc]
    """As snscrape's own, which gives up a channel at the first message without a time."""

    def _soup_to_items(self, soup: Any, pageUrl: str, onlyUsername: bool = False) -> Iterator[Any]:
        """Raises what snscrape raises where it can read no message of a page: then the page is another one."""
        fault, posts, is_read = None, [], False
        for message in reversed(
            soup.find_all("div", attrs={"class": "tgme_widget_message", "data-post": True})
        ):
            try:
                posts += super()._soup_to_items(type(soup)(str(message), "lxml"), pageUrl, onlyUsername)
                is_read = True
            except Exception as error:
                fault = error
                words, url = (
                    message.find("div", class_="tgme_widget_message_text"),
                    f"https://t.me/s/{message['data-post']}",
                )
                posts.append(TelegramPost(url=url, date=None, content=words and words.text, outlinks=[]))
        if fault and not is_read:
            raise fault
        yield from posts
