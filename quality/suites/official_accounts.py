"""Raw official accounts: those of company.toml, by pseudonym, and whether any was ever seen."""

from great_expectations.expectations.expectation import Expectation

from quality.contract import Summary
from quality.rules import WARNING, between, filled, pseudonyms
from warehouse.tables import OFFICIAL_ACCOUNTS

TABLE = OFFICIAL_ACCOUNTS

EXPECTATIONS: tuple[Expectation, ...] = (
    *filled("company_id", "platform", "handle_key", "account_key"),
    *pseudonyms("handle_key", "account_key"),
)

SUMMARIES: tuple[Summary, ...] = (
    Summary(
        name="official_accounts (seen)",
        key=("company_id", "platform"),
        # Platforms where the company is spoken of: elsewhere nothing says that an account should have been seen.
        sql="""
            with spoken_of as (
                select distinct company_id, platform
                from raw.post_matches join raw.posts using (post_id, content_hash)
                where is_about
            ),
            keys as (
                select account_id as key from raw.posts
                union all select account_id from raw.account_observations
                union all select unnest([alias_id, account_id]) from raw.account_aliases
                union all select unnest([handle_key, account_key]) from raw.mentions
            ),
            seen as (
                select distinct key from keys
                where key in (select unnest([handle_key, account_key]) from raw.official_accounts)
            )
            select
                company_id, platform,
                count(*) filter (handle_key in (from seen) or account_key in (from seen)) as count_seen
            from raw.official_accounts
            join spoken_of using (company_id, platform)
            group by company_id, platform
        """,
        expectations=(
            between(
                "count_seen",
                1,
                None,
                "The company is spoken of here, and none of its official accounts was ever seen, speaking or "
                "addressed. Are they spelt in company.toml as the platform does (mastodon:acme@social.example)? "
                "What the brand says would count as somebody else's.",
                severity=WARNING,
            ),
        ),
    ),
)
