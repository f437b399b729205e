"""LinkedIn posts as a browser received them: no exact date is shown, but the id holds it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from collectors.imports.times import age, from_activity_id
from collectors.read import address, count, text, tree, trees
from girafe.errors import PayloadChanged
from girafe.records import Account, Post, Record, TimePrecision

_ACTIVITY = re.compile(r"urn:li:(?:activity|ugcPost|share):(\d+)")
_FOLLOWERS = re.compile(r"^([\d\s.,\u00a0\u202f]{1,30})(followers|abonnés)", re.IGNORECASE)


def read(item: Mapping[str, Any], seen_at: datetime) -> Iterator[Record]:
    """One feed update becomes one Post."""
    number = _number(item)
    written = _written(item, number, seen_at)
    if written is None:
        return  # promoted: it tells no age, and an advertisement is not conversation
    created_at, precision = written
    commentary = tree(tree(item.get("commentary")).get("text"))
    counts = tree(tree(item.get("*socialDetail")).get("*totalSocialActivityCounts"))
    yield Post(
        platform="linkedin",
        post_id=number,
        created_at=created_at,
        text=text(commentary.get("text")),
        author=_author(tree(item.get("actor"))),
        observed_at=seen_at,
        mentions=_mentions(commentary),
        url=f"https://www.linkedin.com/feed/update/urn:li:activity:{number}",
        likes=count(counts.get("numLikes")),
        replies=count(counts.get("numComments")),
        reposts=count(counts.get("numShares")),
        time_precision=precision,
    )


def _number(item: Mapping[str, Any]) -> str:
    names = (tree(item.get("updateMetadata")).get("urn"), item.get("preDashEntityUrn"), item.get("id"))
    for name in names:
        found = _ACTIVITY.search(text(name))
        if found:
            return found[1]
    raise PayloadChanged("No urn:li:activity in updateMetadata.urn, preDashEntityUrn or id.")


def _written(
    item: Mapping[str, Any], number: str, seen_at: datetime
) -> tuple[datetime, TimePrecision] | None:
    shown = text(tree(tree(item.get("actor")).get("subDescription")).get("text"))
    told = age(shown)
    if told is None and shown:
        return None
    exact = from_activity_id(number, seen_at)
    if exact is not None:
        return exact, "second"
    if told is None:
        raise PayloadChanged("Neither the id nor actor.subDescription tells when the post was written.")
    return seen_at - told[0], told[1]


def _author(actor: Mapping[str, Any]) -> Account:
    target = text(tree(actor.get("navigationContext")).get("actionTarget"))
    parts = [unquote(part) for part in address(target).path.split("/") if part]
    if len(parts) < 2 or parts[0] not in ("in", "company", "school", "showcase"):
        raise PayloadChanged("actor.navigationContext.actionTarget names neither a person nor a page.")
    kind, slug = parts[:2]
    headline = text(tree(actor.get("description")).get("text"))
    is_page = kind != "in"
    followers = _FOLLOWERS.match(headline) if is_page else None
    return Account(
        platform="linkedin",
        handle=slug,
        display_name=text(tree(actor.get("name")).get("text")),
        bio="" if followers else headline,
        url=f"https://www.linkedin.com/{kind}/{slug}",
        is_organisation=True if is_page else None,
        followers=count(re.sub(r"\D", "", followers[1])) if followers else None,
    )


def _mentions(commentary: Mapping[str, Any]) -> tuple[str, ...]:
    """People and pages named by link, in both layouts LinkedIn has used."""
    found: list[str] = []
    for attribute in [*trees(commentary.get("attributes")), *trees(commentary.get("attributesV2"))]:
        for branch in (attribute, tree(attribute.get("detailData"))):
            person, page = tree(branch.get("*miniProfile")), tree(branch.get("*miniCompany"))
            person = person or tree(branch.get("*profileMention")) or tree(branch.get("*profileFullName"))
            page = page or tree(branch.get("*companyName"))
            found.append(text(person.get("publicIdentifier")) or text(page.get("universalName")))
    return tuple(dict.fromkeys(name for name in found if name))
