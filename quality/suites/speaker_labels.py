"""Raw speaker labels: one voice per account, company and time; drift watched as a warning."""

from great_expectations.expectations.expectation import Expectation

from girafe.records import JUDGED_VOICES, Voice
from quality.contract import Summary
from quality.drift import LIMIT
from quality.rules import (
    WARNING,
    between,
    filled,
    one_of,
    probability,
    pseudonyms,
)
from warehouse.tables import SPEAKER_LABELS

TABLE = SPEAKER_LABELS

EXPECTATIONS: tuple[Expectation, ...] = (
    *filled(
        "account_id", "company_id", "observed_at", "voice", "probability", "is_certain", "classifier_version"
    ),
    *pseudonyms("account_id"),
    one_of("voice", tuple(voice.value for voice in Voice)),
    *probability("probability", *(f"probability_{voice.value}" for voice in JUDGED_VOICES)),
)

SUMMARIES: tuple[Summary, ...] = (
    Summary(
        name="speaker_labels (drift)",
        key=("company_id",),
        # Total variation distance: half the sum of the differences between two distributions, 0..1.
        sql="""
            with labels as (
                select company_id, voice, observed_at > $now::timestamptz - interval 28 day as is_recent
                from raw.speaker_labels
                where not is_certain and observed_at > $now::timestamptz - interval 210 day
            ),
            sizes as (
                select company_id,
                    count(*) filter (where is_recent) as recent,
                    count(*) filter (where not is_recent) as before
                from labels group by company_id
            ),
            shares as (
                select company_id, voice,
                    count(*) filter (where is_recent) / any_value(recent) as recent_share,
                    count(*) filter (where not is_recent) / any_value(before) as before_share
                from labels join sizes using (company_id)
                where recent >= 100 and before >= 100
                group by company_id, voice
            )
            select company_id, sum(abs(recent_share - before_share)) / 2 as distance
            from shares group by company_id
        """,
        expectations=(
            between(
                "distance",
                0,
                LIMIT,
                "The mix of voices labelled in the last 4 weeks differs by more than a quarter from the six "
                "months before: another public, or a classifier that drifts. Run `make evaluate`.",
                severity=WARNING,
            ),
        ),
    ),
    Summary(
        name="speaker_labels (whole table)",
        key=("company_id",),
        sql="""
            select company_id, count(*) filter (where voice = 'unknown') / count(*) as unknown_share
            from raw.speaker_labels
            group by company_id
            having count(*) >= 100
        """,
        expectations=(
            between(
                "unknown_share",
                0,
                0.9,
                "Nine accounts in ten have an unknown voice: shares rest on few. Give voices with "
                "`girafe speakers`, or collect profiles.",
                severity=WARNING,
            ),
        ),
    ),
)
