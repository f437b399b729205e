"""An employee's own LinkedIn export, handed in with consent: shares, comments and positions in one zip."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime

from sample.cast import EMPLOYED
from sample.ids import activity, linkedin_link
from sample.platforms.showing import with_mentions
from sample.world import Actor, Utterance, World

_WHEN = (2026, 11, 16, 8, 0, 0)
CONSENT = """# What girafe asks for beside a person's own export.
account = "{account}"
given_on = 2026-11-16
purpose = "Montrer l'exemple fourni avec girafe (personne inventée)"
"""


def volunteer(world: World) -> Actor:
    """The employee who hands in an export: the first French one on LinkedIn."""
    return next(
        a
        for a in world.actors.values()
        if a.platform == "linkedin" and a.lang == "fr" and a.stages[0].kind in EMPLOYED
    )


def archive(world: World) -> bytes:
    """The zip, without a time of its own, so that the same content is the same file."""
    person = volunteer(world)
    posts = [p for p in world.of_platform("linkedin") if p.actor == person.key]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in (
            ("Shares.csv", _shares(world, [p for p in posts if not p.parent])),
            ("Comments.csv", _comments(world, [p for p in posts if p.parent])),
            ("Positions.csv", _positions()),
            ("Connections.csv", "Notes:\nNobody's business\n\nFirst Name,Last Name\nPersonne,Inventée\n"),
        ):
            file.writestr(zipfile.ZipInfo(name, _WHEN), content)
    return buffer.getvalue()


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue()


def _date(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _shares(world: World, posts: Sequence[Utterance]) -> str:
    header = ("Date", "ShareLink", "ShareCommentary", "SharedUrl", "MediaUrl", "Visibility")
    rows = [
        (_date(p.at), linkedin_link(p), with_mentions(world, p.text, lambda a: a.name), "", "", "PUBLIC")
        for p in posts
    ]
    hidden = linkedin_link(posts[0]).replace(str(activity(posts[0])), str(activity(posts[0]) + 7))
    private = (_date(posts[0].at), hidden, "Pour mes proches seulement", "", "", "MEMBER_NETWORK")
    return _table(header, [*rows, private])


def _comments(world: World, posts: Sequence[Utterance]) -> str:
    rows = [(_date(p.at), linkedin_link(world.posts[str(p.parent)]), p.text) for p in posts]
    return _table(("Date", "Link", "Message"), rows)


def _positions() -> str:
    header = ("Company Name", "Title", "Description", "Location", "Started On", "Finished On")
    now = ("Sillon", "Planificatrice", "", "Brumeval", "Sep 2019", "")
    before = ("Ferrand Logistique", "Assistante d'exploitation", "", "Tours", "Jan 2016", "Aug 2019")
    return _table(header, [now, before])
