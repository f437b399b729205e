"""Rows: what is kept of a batch of posts and profiles. Text, names and bios go in; none of them comes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeAlias

from girafe.pseudonym import Pseudonymiser
from girafe.records import JUDGED_VOICES, Account, Envelope, IsForgotten, Post, Profile, Voice
from nlp.company import CompanyNames
from nlp.fold import asks, handles_in, is_copy, words_in
from nlp.links import Official, organisation_link
from nlp.pipeline import Question, Reading, read
from nlp.profile import score_profiles
from nlp.relevance import given
from nlp.statements import weights
from nlp.terms import terms_in
from nlp.union_speech import is_withheld, speaks_for_a_union
from nlp.version import CLASSIFIER_VERSION
from warehouse.tables import CLASSIFIED
from warehouse.traces import ERASED, FORMERLY_ERASED

Row: TypeAlias = dict[str, Any]
Rows: TypeAlias = Mapping[str, list[Row]]

_SCORES = [f"score_{voice.value}" for voice in JUDGED_VOICES]


@dataclass(kw_only=True)
class RowMaker:
    """Turns batches into rows; remembers which profile versions it has judged, so each is judged once."""

    companies: Sequence[CompanyNames]
    """The home company first."""
    pseudonymiser: Pseudonymiser
    official: Official = frozenset()
    """The accounts that company.toml declares: their threads may be linked to."""
    is_forgotten: IsForgotten = lambda account: False
    """Whoever asked to be forgotten is not kept as someone others mention either."""
    judged: set[tuple[str, str]] = field(default_factory=set)

    def make(self, sightings: Sequence[tuple[Envelope, Post | Profile]]) -> Rows:
        """The rows of one batch, by table."""
        rows: Rows = {table.name: [] for table in CLASSIFIED}
        posts = [(envelope, record) for envelope, record in sightings if isinstance(record, Post)]
        keys = [self._post_row(rows, envelope, post) for envelope, post in posts]
        self._label_posts(rows, [post for _, post in posts], keys)
        self._account_rows(rows, (record for _, record in sightings))
        return rows

    def identify(self, sightings: Sequence[tuple[Envelope, Post | Profile]]) -> None:
        """Computes every pseudonym that `make` would, and judges nothing: what `girafe rotate-key` needs."""
        rows: Rows = {table.name: [] for table in CLASSIFIED}
        for envelope, record in sightings:
            if isinstance(record, Post):
                self._post_row(rows, envelope, record)
        self._observed(rows, (record for _, record in sightings))

    def _post_row(self, rows: Rows, envelope: Envelope, post: Post) -> tuple[str, str]:
        name, platform = self.pseudonymiser, post.platform
        mentions = handles_in(post.text, platform) if post.mentions is None else post.mentions
        bare = post.repost_of is not None and is_copy(post.text)
        parents = (post.reply_to, post.conversation_id, post.quote_of, post.repost_of)
        version = name.content(post.text, *parents, *sorted(set(mentions)))
        post_id = name.post(platform, post.post_id)

        def other(identifier: str | None) -> str | None:
            return None if identifier is None else name.post(platform, identifier)

        rows["posts"].append(
            {
                "post_id": post_id,
                "content_hash": version,
                "platform": platform,
                "account_id": self._author(post),
                "created_at": post.created_at,
                "first_seen_at": post.observed_at,
                "last_seen_at": post.observed_at,
                "reply_to_id": other(post.reply_to),
                "conversation_id": None
                if post.conversation_id is None
                else name.conversation(platform, post.conversation_id),
                "root_post_id": other(post.conversation_id),
                "quote_of_id": other(post.quote_of),
                "repost_of_id": other(post.repost_of),
                "is_bare_repost": bare,
                "is_question": not bare and asks(post.text),
                "count_words": len(words_in(post.text)),
                "likes": post.likes,
                "replies": post.replies,
                "reposts": post.reposts,
                "time_precision": post.time_precision,
                "source": envelope.source,
                "query": envelope.query,
            }
        )
        if not bare:
            rows["mentions"].extend(
                {
                    "post_id": post_id,
                    "content_hash": version,
                    "handle_key": name.handle(platform, mention),
                    "account_key": name.account_id(platform, mention),
                }
                for mention in dict.fromkeys(mentions)
                if mention.removeprefix("@") not in (ERASED, FORMERLY_ERASED)
                and not self.is_forgotten(Account(platform=platform, account_id=mention, handle=mention))
            )
        link = organisation_link(post, source=envelope.source, official=self.official)
        if link is not None:
            row = {"post_id": post_id, "url": link, "last_seen_at": post.observed_at}
            rows["organisation_links"].append(row)
        return post_id, version

    def _label_posts(self, rows: Rows, posts: Sequence[Post], keys: Sequence[tuple[str, str]]) -> None:
        questions = [
            Question(
                text=post.text,
                companies=self.companies,
                addressed=post.mentions or (),
                is_speech=not row["is_bare_repost"],
            )
            for post, row in zip(posts, rows["posts"], strict=True)
        ]
        for post, key, row, reading in zip(posts, keys, rows["posts"], read(questions), strict=True):
            row["language"] = reading.language
            version, mood = _version_of(key), reading.sentiment
            rows["theme_labels"].extend(
                {**version, "theme": theme, "probability": p} for theme, p in reading.themes
            )
            if not row["is_bare_repost"]:
                used = terms_in(words_in(post.text), reading.language)
                rows["term_labels"].extend({**version, "term": term} for term in used)
            if mood is not None:
                rows["sentiment_labels"].append(
                    {**version, "sentiment": mood.label, "probability": mood.probability}
                )
            self._match(rows, post, key, reading)

    def _match(self, rows: Rows, post: Post, key: tuple[str, str], reading: Reading) -> None:
        """Which companies a post is about, and what it says about its author's tie to them."""
        author = self._author(post)
        may_be_tied = not is_withheld(post)
        statements = reading.statements or [None] * len(self.companies)
        for names, read_about, said in zip(self.companies, reading.about, statements, strict=True):
            found = read_about if post.about is None else given(post.about, names)
            if found.evidence:
                rows["post_matches"].append(
                    {
                        **_version_of(key),
                        "company_id": names.company_id,
                        "is_about": found.is_about,
                        "probability": found.probability,
                        "evidence": list(found.evidence),
                    }
                )
            if not may_be_tied:
                continue
            if post.author.voice is not None:
                rows["speaker_evidence"].append(self._given(post, author, key[0], names))
            elif said is not None and said.code is not None:
                rows["speaker_evidence"].append(
                    _evidence(author, names, "post", key[0], post.created_at, (said.code,), weights(said))
                )

    def _author(self, post: Post) -> str:
        """The account a post is stored under; union speech stands under a name of its own, tied to nobody."""
        if is_withheld(post):
            return self.pseudonymiser.content("withheld", post.platform, post.post_id)
        return self.pseudonymiser.account(post.author)

    def _given(self, post: Post, author: str, post_id: str, names: CompanyNames) -> Row:
        assert post.author.voice is not None  # noqa: S101  (the caller asked)
        voice = voice_towards(post.author.voice, is_home=names is self.companies[0])
        scores = [0.0 if judged is voice else None for judged in JUDGED_VOICES]
        return _evidence(author, names, "given", post_id, post.created_at, ("given",), scores)

    def _account_rows(self, rows: Rows, records: Iterable[Post | Profile]) -> None:
        new = self._observed(rows, records)
        scored = score_profiles(list(new.values()), self.companies)
        for ((account_id, version), account), scores in zip(new.items(), scored, strict=True):
            origin = "name" if account.is_name_only else "profile"
            rows["speaker_evidence"].extend(
                _evidence(account_id, names, origin, version, None, score.codes, score.scores)
                for names, score in zip(self.companies, scores, strict=True)
            )

    def _observed(self, rows: Rows, records: Iterable[Post | Profile]) -> Mapping[tuple[str, str], Account]:
        """Adds what was seen of accounts; returns the profile versions that were not judged before."""
        seen: dict[tuple[str, str], Row] = {}
        aliases: dict[tuple[str, str], Row] = {}
        new: dict[tuple[str, str], Account] = {}
        for record in records:
            account = record.speaker
            if isinstance(record, Post) and is_withheld(record):
                key = (self._author(record), self.pseudonymiser.content("withheld"))
                _observe(seen, key, replace(account, followers=None), record.observed_at)
                continue
            if speaks_for_a_union(account):
                continue
            key = (self.pseudonymiser.account(account), self._profile_version(account))
            _observe(seen, key, account, record.observed_at)
            if account.handle is not None and account.account_id is not None:
                alias = (self.pseudonymiser.handle(account.platform, account.handle), key[0])
                row = aliases.setdefault(
                    alias, {"alias_id": alias[0], "account_id": alias[1], "last_seen_at": record.observed_at}
                )
                row["last_seen_at"] = max(row["last_seen_at"], record.observed_at)
            if key not in self.judged:
                self.judged.add(key)
                new[key] = account
        rows["account_observations"].extend(seen.values())
        rows["account_aliases"].extend(aliases.values())
        return new

    def _profile_version(self, account: Account) -> str:
        """A keyed hash of what the classifier reads of a profile."""
        flags = (str(account.is_bot), str(account.is_organisation), str(account.is_name_only))
        texts = (account.handle, account.display_name, account.bio, account.url)
        return self.pseudonymiser.content(*texts, *flags, *account.links, "", *account.verified_links)


def voice_towards(given: Voice, *, is_home: bool) -> Voice:
    """A voice given towards the home company, as it stands towards a competitor.

    The annotator speaks of the home company. Towards any other company its brand is one more
    organisation, and its staff are people without a known tie.
    """
    if is_home:
        return given
    elsewhere = {
        Voice.BRAND: Voice.ORGANISATION,
        Voice.EMPLOYEE: Voice.PERSON,
        Voice.FORMER_EMPLOYEE: Voice.PERSON,
    }
    return elsewhere.get(given, given)


def _version_of(key: tuple[str, str]) -> Row:
    return {"post_id": key[0], "content_hash": key[1], "classifier_version": CLASSIFIER_VERSION}


def _observe(seen: dict[tuple[str, str], Row], key: tuple[str, str], account: Account, at: datetime) -> None:
    row = seen.get(key)
    if row is None:
        seen[key] = {
            "account_id": key[0],
            "profile_version": key[1],
            "platform": account.platform,
            "first_seen_at": at,
            "last_seen_at": at,
            "followers": account.followers,
        }
        return
    row["first_seen_at"] = min(row["first_seen_at"], at)
    if at >= row["last_seen_at"]:
        row["last_seen_at"], row["followers"] = at, account.followers


def _evidence(
    account_id: str,
    names: CompanyNames,
    origin: str,
    reference: str,
    at: datetime | None,
    codes: Sequence[str],
    scores: Sequence[float | None],
) -> Row:
    return {
        "account_id": account_id,
        "company_id": names.company_id,
        "origin": origin,
        "reference": reference,
        "observed_at": at,
        "codes": list(codes),
        **dict(zip(_SCORES, scores, strict=True)),
        "classifier_version": CLASSIFIER_VERSION,
    }
