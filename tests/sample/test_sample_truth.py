"""The truth about the sample, counted a second time from what the parsers read, and consistent."""

from __future__ import annotations

import gzip
from bisect import bisect_right
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
import pytest

from collectors.imports.girafe_jsonl import read_line
from collectors.registry import PARSERS
from girafe.errors import PayloadRejected
from girafe.records import SIDE_OF_VOICE, Deletion, Post, Rejected, Side, Voice
from sample import seed
from warehouse.landing import landing_files, read_envelopes

SAMPLE = Path(seed.__file__).parent
TRUTH = orjson.loads((SAMPLE / "truth.json").read_bytes())
NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)


def _rows(name):
    with gzip.open(SAMPLE / name) as file:
        return [orjson.loads(line) for line in file]


@pytest.fixture(scope="module")
def conversations():
    return _rows("truth_conversations.jsonl.gz")


@pytest.fixture(scope="module")
def given():
    """The posts of given.jsonl.gz as girafe's own parser reads them."""
    return [read_line(row, NOW) for row in _rows("given.jsonl.gz")]


class Reader:
    """Counts conversations and exchanges from parsed posts only, by the definitions in the design."""

    def __init__(self, posts):
        self.posts = {post.post_id: post for post in posts}
        self.speech = [p for p in posts if not (p.repost_of and not p.text)]
        self.names, self.history = {}, defaultdict(list)
        for post in sorted(posts, key=lambda p: p.created_at):
            author = self.author(post)
            self.names[post.platform, post.author.handle.casefold()] = author
            self.history[author].append((post.created_at, post.author.voice))
        for account in _rows("truth_accounts.jsonl.gz"):
            # Official accounts are known from company.toml, whether or not they have spoken.
            name = account["platform"], account["handle"].casefold()
            if account["official_of"] and name not in self.names:
                self.names[name] = name
                self.history[name].append((NOW, Voice(account["voices"][0]["sillon"])))

    @staticmethod
    def author(post):
        return post.platform, post.author.account_id

    def side(self, account, moment):
        known = self.history.get(account)
        if not known:
            return Side.UNKNOWN
        index = bisect_right([at for at, _ in known], moment) - 1
        return SIDE_OF_VOICE[known[max(index, 0)][1]]

    def thread_of(self, post):
        """Follows pointers up to the top; the node of a conversation bears the id of its first post."""
        node, steps = post, 0
        while steps < 100:
            steps += 1
            above = node.conversation_id or node.reply_to
            if above is None or above == node.post_id:
                return node.platform, node.post_id
            if above not in self.posts:
                return node.platform, above
            node = self.posts[above]
        raise AssertionError("a cycle")

    def threads(self):
        found = defaultdict(list)
        for post in sorted(self.speech, key=lambda p: (p.created_at, p.url)):
            found[self.thread_of(post)].append(post)
        return list(found.values())

    def kind(self, thread):
        sides = {self.author(p): SIDE_OF_VOICE[p.author.voice] for p in thread}
        humans = sum(side is Side.HUMAN for side in sides.values())
        if len(sides) < 2:
            return "monologue"
        if Side.BRAND in sides.values():
            return "brand_to_human" if humans else "other"
        return "human_to_human" if humans > 1 else "other"

    def exchanges(self, post):
        me, to = self.author(post), set()
        for other in (post.reply_to, post.quote_of, post.repost_of):
            if other in self.posts:
                to.add(self.author(self.posts[other]))
        for name in post.mentions:
            to.add(self.names.get((post.platform, name.casefold()), ("?", name)))
        to.discard(me)
        if not to and post.reply_to and post.reply_to not in self.posts:
            return [self._edge(self.side(me, post.created_at), Side.UNKNOWN)]
        return [self._edge(self.side(me, post.created_at), self.side(other, post.created_at)) for other in to]

    @staticmethod
    def _edge(speaker, addressee):
        if Side.OTHER in (speaker, addressee):
            return "with_other"
        return "unresolved" if Side.UNKNOWN in (speaker, addressee) else f"{speaker}_to_{addressee}"


def _week(moment):
    local = moment.astimezone(ZoneInfo("Europe/Paris")).date()
    return (local - timedelta(days=local.weekday())).isoformat()


def _weeks(table):
    return {
        (week, kind): n for week, row in table["weeks"].items() for kind, n in row.items() if kind != "share"
    }


def test_a_second_count_from_the_given_labels_finds_the_same_conversations(given, conversations):
    reader = Reader(given)
    threads = {frozenset(p.post_id for p in thread): reader.kind(thread) for thread in reader.threads()}
    assert threads == {frozenset(row["posts"]): row["kind"]["sillon"] for row in conversations}
    weeks = Counter((_week(thread[0].created_at), reader.kind(thread)) for thread in reader.threads())
    assert weeks == _weeks(TRUTH["headline_all_threads"]["sillon"]["conversations"])


def test_a_second_count_from_the_given_labels_finds_the_same_exchanges(given):
    reader = Reader(given)
    found = Counter()
    for post in reader.speech:
        found.update((_week(post.created_at), kind) for kind in reader.exchanges(post))
    assert found == _weeks(TRUTH["headline_given_all_threads"]["sillon"]["exchanges"])


def test_what_the_given_labels_say_a_post_is_about_decides_which_conversations_count(given, conversations):
    about = {post.post_id: {name.lower() for name in post.about} for post in given}
    for row in conversations:
        for company in ("sillon", "quintarel"):
            assert row["about"][company] == [post for post in row["posts"] if company in about[post]]


def test_looking_up_who_is_addressed_only_resolves_what_was_unresolved():
    with_, without = (TRUTH[name]["sillon"]["exchanges"]["total"] for name in ("headline", "headline_given"))
    kinds = (set(with_) | set(without)) - {"share"}
    assert with_["unresolved"] < without["unresolved"]
    assert sum(with_.get(k, 0) for k in kinds) == sum(without.get(k, 0) for k in kinds)


def _what_remains():
    """Posts of the landed payloads in their last version, without what is gone, refused or unreadable."""
    posts, gone, refused = {}, set(), set()
    for path in landing_files(SAMPLE / "landing"):
        for envelope in read_envelopes(path):
            if isinstance(envelope, Rejected):
                continue
            try:
                records = list(PARSERS[envelope.source](envelope))
            except PayloadRejected:
                continue
            for record in records:
                if isinstance(record, Deletion):
                    gone.add(record.post_id)
                    continue
                account = record.author if isinstance(record, Post) else record.account
                if account.opted_out:
                    refused.add(account.account_id)
                elif isinstance(record, Post):
                    known = posts.get(record.post_id)
                    if known is None or record.observed_at >= known.observed_at:
                        posts[record.post_id] = record
    return [p for p in posts.values() if p.post_id not in gone and p.author.account_id not in refused]


def test_the_payloads_hold_exactly_the_conversations_of_the_truth(conversations):
    posts = _what_remains()
    platforms = {post.platform for post in posts}
    threads = {frozenset(p.post_id for p in thread) for thread in Reader(posts).threads()}
    assert threads == {frozenset(row["posts"]) for row in conversations if row["platform"] in platforms}
    assert platforms == {"bluesky", "mastodon", "hackernews", "rss"}


def test_people_talk_to_people_above_all_and_the_weeks_differ():
    table = TRUTH["headline"]["sillon"]["conversations"]
    shares = {week: row["share"] for week, row in table["weeks"].items()}
    assert len(shares) == 8
    assert 0.7 < table["total"]["share"] < 0.92
    campaign = TRUTH["weeks"][4]
    assert min(shares, key=shares.get) == campaign
    assert max(shares.values()) - shares[campaign] > 0.08


def test_the_headline_counts_no_more_than_all_threads():
    for company in ("sillon", "quintarel"):
        some, all_ = (
            _weeks(TRUTH[name][company]["conversations"]) for name in ("headline", "headline_all_threads")
        )
        assert all(number <= all_[key] for key, number in some.items())
        assert sum(some.values()) < sum(all_.values()) == TRUTH["counts"]["conversations_and_monologues"]


def test_a_thread_about_a_furrow_is_not_about_the_company(conversations):
    furrows = [row for row in conversations if row["scenario"] == "homonym"]
    assert len(furrows) > 50
    assert sum("sillon" in row["counts_for"] for row in furrows) <= len(furrows) * 0.1


def test_every_voice_is_a_known_voice_and_every_role_is_played():
    accounts = _rows("truth_accounts.jsonl.gz")
    voices = Counter(stage["sillon"] for account in accounts for stage in account["voices"])
    assert set(voices) == set(Voice) - {Voice.UNKNOWN}
    kinds = Counter(account["kind"] for account in accounts)
    for kind in (
        "apprentice",
        "executive",
        "consultant",
        "recruiter",
        "student",
        "homonym",
        "fan",
        "parody",
        "job_bot",
        "union_org",
        "undeclared",
        "candidate",
        "rival_employee",
        "quiet_employee",
    ):
        assert kinds[kind] >= 1
    changing = [a for a in accounts if len({stage["sillon"] for stage in a["voices"]}) > 1]
    assert len(changing) >= 12
