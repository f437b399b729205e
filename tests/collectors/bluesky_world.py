"""A small invented world on a real Bluesky stack: who speaks, what is deleted, labelled and quoted, from a seed."""

from __future__ import annotations

import base64
import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

_BIOS = ("Ingénieure chez nous, à Nantes", "Journaliste · ציפור 🦒", "Two lines\nof a bio", "")


@dataclass
class Person:
    name: str
    did: str
    handle: str
    token: str
    bio: str = ""
    is_bot: bool = False
    is_shy: bool = False


@dataclass
class Said:
    uri: str
    cid: str
    text: str
    by: Person
    parent: str | None = None
    root: str | None = None
    quoted: str | None = None
    mentions: tuple[str, ...] = ()
    is_gone: bool = False
    is_hidden: bool = False
    """It carries a label of its own that asks not to show it."""


@dataclass
class World:
    """Made on a running stack; `word` is what its posts are found by."""

    stack: dict[str, Any]
    chance: random.Random
    people: list[Person] = field(default_factory=list)
    said: dict[str, Said] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # From the clock too: the stack remembers what an earlier test with this seed made there.
        tag = f"{self.chance.randrange(16**4):04x}{time.time_ns() // 1000 % 16**6:06x}"
        self.pds, self.word, self.tag = self.stack["pds"], f"ondine{tag}", tag

    @property
    def secrets(self) -> dict[str, str]:
        return {"BLUESKY_HANDLE": self.people[0].handle, "BLUESKY_APP_PASSWORD": "pw"}

    def speak(self) -> None:
        """Four to seven people, some of them shy or bots; threads, quotes, mentions; deletions and labels."""
        for number in range(self.chance.randrange(4, 8)):
            self._person(number)
        for number in range(self.chance.randrange(3, 7)):
            self._thread(number)
        for number in range(self.chance.randrange(0, 40)):
            self._say(self.chance.choice(self.people), f"annonce {number} {self.word}")
        speaking = list(self.said.values())
        for lost in self.chance.sample(speaking, 2):
            self._delete(lost)
        self._quote(self.chance.choice([each for each in speaking if not each.is_gone]))
        if self.stack.get("ozone"):
            labelled = self.chance.choice(
                [each for each in speaking if not each.is_gone and not each.by.is_shy]
            )
            self._label(labelled, "spam")  # a judgement on what was said, not a wish to be left out
            self._withhold()

    def _person(self, number: int) -> None:
        name = f"p{number}{self.tag}"
        body = {"email": f"{name}@x.test", "handle": f"{name}.test", "password": "pw"}
        made = self._call("com.atproto.server.createAccount", body)
        person = Person(name, made["did"], made["handle"], made["accessJwt"], bio=self.chance.choice(_BIOS))
        # The first signs in to listen; one of the others is shy, one may be a bot.
        person.is_shy, person.is_bot = number == 1, number == 2 and self.chance.random() < 0.5
        record: dict[str, Any] = {
            "$type": "app.bsky.actor.profile",
            "displayName": name,
            "description": person.bio,
        }
        labels = ["!no-unauthenticated"] * person.is_shy + ["bot"] * person.is_bot
        if labels:
            values = [{"val": value} for value in labels]
            record["labels"] = {"$type": "com.atproto.label.defs#selfLabels", "values": values}
        self._write(person, "app.bsky.actor.profile", record, rkey="self")
        self.people.append(person)

    def _thread(self, number: int) -> None:
        """A root that names the word, and answers that mostly do not."""
        members = [self._say(self.people[0], f"fil {number} : {self.word}, qu'en pensez-vous ? é🙂")]
        for place in range(self.chance.randrange(1, 6)):
            parent = self.chance.choice(members)
            word = f" {self.word}" if self.chance.random() < 0.3 else ""
            mentioned = self.chance.choice([None, None, self.chance.choice(self.people)])
            members.append(
                self._say(
                    self.chance.choice(self.people), f"réponse {number}.{place}{word}", parent=parent,
                    root=members[0], mentioned=mentioned,
                )
            )  # fmt: skip
        if self.chance.random() < 0.6:
            self._say(self.people[0], f"caché {number} {self.word}", own_label="!no-unauthenticated")

    def _withhold(self) -> None:
        """A post that moderators hide, and an account that they suspend, which the AppView then shows to nobody."""
        masked = self._say(self.people[0], f"masqué, {self.word}")
        self._label(masked, "!hide")
        masked.is_hidden = True
        self._person(len(self.people))
        suspended = self.people.pop()
        opened = self._say(suspended, f"bientôt suspendu, {self.word}")
        self._say(suspended, "et encore une chose", parent=opened, root=opened)
        self._label_account(suspended, "!suspend")
        suspended.is_shy = True

    def _quote(self, quoted: Said) -> None:
        self._say(self.people[0], f"encore cela, {self.word}", quoted=quoted)

    def _say(
        self, by: Person, text: str, *, parent: Said | None = None, root: Said | None = None,
        quoted: Said | None = None, mentioned: Person | None = None, own_label: str = "",
    ) -> Said:  # fmt: skip
        stamp = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        record: dict[str, Any] = {"$type": "app.bsky.feed.post", "createdAt": stamp, "langs": ["fr"]}
        if mentioned:
            at = f"@{mentioned.handle}"
            text, start = f"{text} {at}", len(f"{text} ".encode())
            feature = {"$type": "app.bsky.richtext.facet#mention", "did": mentioned.did}
            index = {"byteStart": start, "byteEnd": start + len(at.encode())}
            record["facets"] = [{"index": index, "features": [feature]}]
        if parent and root:
            record["reply"] = {"root": _ref(root), "parent": _ref(parent)}
        if quoted:
            record["embed"] = {"$type": "app.bsky.embed.record", "record": _ref(quoted)}
        if own_label:
            record["labels"] = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": own_label}]}
        made = self._write(by, "app.bsky.feed.post", {**record, "text": text})
        said = Said(
            made["uri"], made["cid"], text, by, parent=parent and parent.uri, root=root and root.uri,
            quoted=quoted and quoted.uri, mentions=(mentioned.did,) if mentioned else (), is_hidden=bool(own_label),
        )  # fmt: skip
        self.said[said.uri] = said
        return said

    def _delete(self, said: Said) -> None:
        place = {"repo": said.by.did, "collection": "app.bsky.feed.post", "rkey": said.uri.rpartition("/")[2]}
        self._call("com.atproto.repo.deleteRecord", place, said.by.token)
        said.is_gone = True

    def _label(self, said: Said, value: str) -> None:
        self._judge({"$type": "com.atproto.repo.strongRef", "uri": said.uri, "cid": said.cid}, value)

    def _label_account(self, person: Person, value: str) -> None:
        self._judge({"$type": "com.atproto.admin.defs#repoRef", "did": person.did}, value)

    def _judge(self, subject: dict[str, Any], value: str) -> None:
        event = {
            "$type": "tools.ozone.moderation.defs#modEventLabel",
            "createLabelVals": [value],
            "negateLabelVals": [],
        }
        body = {"event": event, "subject": subject, "createdBy": self.stack["labeler_did"]}
        self._call("tools.ozone.moderation.emitEvent", body, base=self.stack["ozone"])

    def leave(self) -> tuple[set[str], str]:
        """One post is deleted and one account closes; what posts and which account are to be found gone."""
        shown = self.expected().values()
        leaver = self.chance.choice([said.by for said in shown if said.by is not self.people[0]])
        lost = self.chance.choice([said for said in shown if said.by is not leaver])
        self._delete(lost)
        theirs = {said.uri for said in shown if said.by is leaver}
        self._call("com.atproto.admin.deleteAccount", {"did": leaver.did}, base=self.pds)
        return {lost.uri, *theirs}, leaver.did

    def wait_until_indexed(self) -> None:
        """Until the AppView shows what was last said and no longer shows what was deleted."""
        newest = [said.uri for said in self.said.values() if self._may(said)][-1]
        gone = [said.uri for said in self.said.values() if said.is_gone]
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            answer = httpx.get(
                f"{self.stack.get('appview', self.pds)}/xrpc/app.bsky.feed.getPosts",
                params={"uris": [newest, *gone]},
            )
            shown = {post["uri"] for post in answer.json().get("posts", [])} if answer.is_success else set()
            if newest in shown and not shown & set(gone) and self._withheld_are_marked():
                return
            time.sleep(0.3)
        raise AssertionError("the stack does not index what was said")

    def _withheld_are_marked(self) -> bool:
        """Whether the judgements of moderators have reached the AppView, which copies them a moment later."""
        told = [said for said in self.said.values() if said.text.startswith(("masqué", "bientôt suspendu"))]
        if not told:
            return True
        answer = httpx.get(
            f"{self.stack.get('appview', self.pds)}/xrpc/app.bsky.feed.getPosts",
            params={"uris": [said.uri for said in told]},
            headers={"atproto-accept-labelers": self.stack["labeler_did"]},
        )
        return answer.is_success and all(
            post.get("labels") or post["author"].get("labels") for post in answer.json()["posts"]
        )

    def expected(self) -> dict[str, Said]:
        """What is to be landed: posts that name the word, and the conversations around them.

        A branch below a deleted post hangs on nothing: it is reached only where one of its posts names the word.
        """
        found = {uri for uri, said in self.said.items() if self.word in said.text and self._may(said)}
        reached = set(found)
        below: dict[str, list[str]] = {}
        for said in self.said.values():
            if said.parent and not said.is_gone:
                below.setdefault(said.parent, []).append(said.uri)
        for uri in found:
            top = uri
            while (above := self.said[top].parent) and not self.said[above].is_gone:
                top = above
            waiting = [top]
            while waiting:
                here = waiting.pop()
                reached.add(here)
                waiting.extend(below.get(here, ()))
        return {uri: self.said[uri] for uri in reached if self._may(self.said[uri])}

    def hidden(self) -> list[Said]:
        """What must not be landed in any form."""
        return [said for said in self.said.values() if said.is_hidden or said.by.is_shy]

    def listed(self) -> list[Person]:
        """Everybody who speaks in what is expected."""
        speaking = {said.by.did for said in self.expected().values()}
        return [person for person in self.people if person.did in speaking]

    def _may(self, said: Said) -> bool:
        return not (said.is_gone or said.is_hidden or said.by.is_shy)

    def _write(self, by: Person, collection: str, record: dict[str, Any], **more: Any) -> Any:
        body = {"repo": by.did, "collection": collection, "record": record, **more}
        return self._call("com.atproto.repo.createRecord", body, by.token)

    def _call(self, name: str, body: dict[str, Any], token: str = "", *, base: str = "") -> Any:
        admin = base64.b64encode(b"admin:admin-pass").decode()
        signed = f"Basic {admin}" if base else f"Bearer {token}" if token else ""
        answer = httpx.post(
            f"{base or self.pds}/xrpc/{name}",
            json=body,
            headers={"authorization": signed} if signed else {},
            timeout=30,
        )
        answer.raise_for_status()
        return answer.json() if answer.content else {}


def _ref(said: Said) -> dict[str, str]:
    return {"uri": said.uri, "cid": said.cid}
