"""Raw post matches: which company a post may be about, among those of company.toml."""

from great_expectations.expectations.expectation import Expectation

from quality.contract import Summary
from quality.rules import (
    WARNING,
    between,
    filled,
    one_of,
    probability,
    pseudonyms,
)
from warehouse.tables import POST_MATCHES

TABLE = POST_MATCHES

EXPECTATIONS: tuple[Expectation, ...] = (
    *filled("post_id", "content_hash", "company_id", "is_about", "probability", "classifier_version"),
    *pseudonyms("post_id"),
    *probability("probability"),
    # A warning: a competitor taken out of company.toml leaves its old matches until the next rebuild.
    one_of("company_id", {"$PARAMETER": "companies"}, severity=WARNING),
)

SUMMARIES: tuple[Summary, ...] = (
    Summary(
        name="post_matches (home company)",
        key=("company_id",),
        sql="""
            select companies.company_id,
                count(*) filter (where post_matches.is_about) as count_about
            from raw.companies
            left join raw.post_matches using (company_id)
            where companies.is_home and (select count(*) from raw.posts) > 0
            group by companies.company_id
        """,
        expectations=(
            between(
                "count_about",
                1,
                None,
                "No post is about the company: check its name, aliases and negative_aliases in company.toml.",
                severity=WARNING,
            ),
        ),
    ),
)
