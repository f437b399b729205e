"""Registry: every suite, one line each. Importing it loads Great Expectations (about 8 seconds)."""

from quality.contract import MartSuite, Suite
from quality.suites import (
    account_aliases,
    account_observations,
    collection_runs,
    companies,
    deletions,
    mentions,
    official_accounts,
    post_matches,
    posts,
    sentiment_labels,
    speaker_evidence,
    speaker_labels,
    theme_labels,
)

MARTS: tuple[MartSuite, ...] = ()

RAW: tuple[Suite, ...] = (
    posts,
    mentions,
    account_observations,
    account_aliases,
    post_matches,
    theme_labels,
    sentiment_labels,
    speaker_evidence,
    deletions,
    speaker_labels,
    companies,
    official_accounts,
    collection_runs,
)
