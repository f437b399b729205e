-- grain: one row per account x company x time its label changed
select
    account_id,
    company_id,
    observed_at,
    voice,
    probability,
    probability_brand,
    probability_employee,
    probability_former_employee,
    probability_person,
    probability_organisation,
    probability_bot,
    evidence,
    is_certain,
    classifier_version
from {{ source("raw", "speaker_labels") }}
