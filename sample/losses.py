"""Losses: posts edited, hidden or taken down after others have read or answered them."""

from __future__ import annotations

from datetime import timedelta

from sample.choosing import Choosing
from sample.world import END, Utterance, run_after


class Losses(Choosing):
    """Changes posts that have been said; never the conversation around them."""

    def happen(self) -> None:
        """Corrections first, so that nothing hidden is also edited."""
        self._corrections()
        self._gaps()
        self._deletions()

    def _corrections(self) -> None:
        """Posts edited after they were first collected; three of them then address somebody else."""

        def editable(post: Utterance) -> bool:
            platform = self.actor(post).platform
            return platform in ("mastodon", "forum") and bool(post.text) and post.at < END - timedelta(days=9)

        for post in self.pick(30, lambda p: editable(p) and self.is_person(p)):
            before = post.text.replace(" ", "  ", 1) + " (brouillon)"
            post.edited = (
                run_after(post.at) + timedelta(hours=self.rng.randint(2, 60)),
                before,
                post.mentions,
            )

        def misaddressed(post: Utterance) -> bool:
            return (
                editable(post) and f"{self.actor(post).platform}:support" in post.mentions and not post.parent
            )

        for post in self.pick(3, misaddressed):
            platform = self.actor(post).platform
            before = post.text.replace(f"@[{platform}:support]", f"@[{platform}:lectrice0]")
            if f"{platform}:lectrice0" in self.world.actors:
                post.edited = (run_after(post.at) + timedelta(hours=6), before, (f"{platform}:lectrice0",))

    def _gaps(self) -> None:
        """Posts no collector may see (followers only, hidden): what answers them lacks its parent."""
        parents = {p.parent for p in self.world.posts.values()}
        for platform, count in (("bluesky", 10), ("mastodon", 10), ("forum", 5), ("hackernews", 3)):

            def hidden(post: Utterance, platform: str = platform) -> bool:
                fits = (
                    self.actor(post).platform == platform and post.key in parents and post.parent is not None
                )
                return fits and self.is_person(post)

            for post in self.pick(count, hidden):
                post.never_seen = True

    def _deletions(self) -> None:
        """Posts their authors took down after they had been collected, some with answers below them."""
        for platform, count in (("bluesky", 18), ("hackernews", 5)):

            def removable(post: Utterance, platform: str = platform) -> bool:
                author = self.actor(post)
                fits = author.platform == platform and author.count > 2 and self.is_person(post)
                return fits and author.opted_out is None and post.at < END - timedelta(days=9)

            for post in self.pick(count, removable):
                post.deleted_at = run_after(post.at) + timedelta(hours=self.rng.randint(2, 100))
