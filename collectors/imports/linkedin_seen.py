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
_FOLLOWERS = re.compile(
    r"^([\d\s.,\u00a0\u202f]{1,30})([km]?)\s*(?:d’|d')?(followers|abonnés)", re.IGNORECASE
)


def read(item: Mapping[str, Any], seen_at: datetime) -> Iterator[Record]:
    """One feed update becomes one Post."""
    if left_out(item):
        return
    number = _number(item)
    created_at, precision = _written(item, number, seen_at)
    commentary = tree(tree(item.get("commentary")).get("text"))
    likes, replies, reposts = _counts(tree(item.get("*socialDetail")))
    shared = _shared(item)
    words = text(commentary.get("text"))
    yield Post(
        platform="linkedin",
        post_id=number,
        created_at=created_at,
        text=words,
        author=_author(tree(item.get("actor"))),
        observed_at=seen_at,
        quote_of=shared if words else None,
        repost_of=None if words else shared,
        mentions=_mentions(commentary),
        url=f"https://www.linkedin.com/feed/update/urn:li:activity:{number}",
        likes=likes,
        replies=replies,
        reposts=reposts,
        time_precision=precision,
    )


def left_out(item: Mapping[str, Any]) -> str:
    """Why an item is no conversation, or nothing: an advertisement shows a word where posts show their age."""
    shown = _age_shown(item)
    is_dated = age(shown) is not None or any(character.isdigit() for character in shown)
    return "promoted" if shown and not is_dated else ""


def _age_shown(item: Mapping[str, Any]) -> str:
    return text(tree(tree(item.get("actor")).get("subDescription")).get("text"))


def _number(item: Mapping[str, Any]) -> str:
    found = _named(item)
    if found is None:
        raise PayloadChanged("No urn:li:activity in updateMetadata.urn, metadata, preDashEntityUrn or id.")
    return found


def _named(item: Mapping[str, Any]) -> str | None:
    metadata = tree(item.get("metadata"))
    names = (tree(item.get("updateMetadata")).get("urn"), metadata.get("backendUrn"), metadata.get("shareUrn"),
             item.get("preDashEntityUrn"), item.get("entityUrn"), item.get("id"))  # fmt: skip
    return next((found[1] for name in names if (found := _ACTIVITY.search(text(name)))), None)


def _shared(item: Mapping[str, Any]) -> str | None:
    """The post that is passed on."""
    return _named(tree(item.get("*resharedUpdate")) or tree(item.get("resharedUpdate")))


def _counts(detail: Mapping[str, Any]) -> tuple[int | None, int | None, int | None]:
    """Reactions, comments and shares, in both layouts LinkedIn has used."""
    total = tree(detail.get("*totalSocialActivityCounts"))
    if total:
        return count(total.get("numLikes")), count(total.get("numComments")), count(total.get("numShares"))
    likes, comments = tree(detail.get("likes")), tree(detail.get("comments"))
    return (
        count(tree(likes.get("paging")).get("total")),
        count(tree(comments.get("paging")).get("total")),
        count(detail.get("totalShares")),
    )


def _written(item: Mapping[str, Any], number: str, seen_at: datetime) -> tuple[datetime, TimePrecision]:
    told = age(_age_shown(item))
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
        followers=_many(followers[1], followers[2].casefold()) if followers else None,
    )


def _many(number: str, unit: str) -> int | None:
    """`12 345`, `12.3` thousand, `1,2` million."""
    if not unit:
        return count(re.sub(r"\D", "", number))
    try:
        return int(float(re.sub(r"\s", "", number).replace(",", ".")) * (1000 if unit == "k" else 1_000_000))
    except ValueError:
        return None


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
