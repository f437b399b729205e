-- grain: one row per post version x company it may be about x classifier version
select
    post_id,
    content_hash,
    company_id,
    is_about,
    probability,
    evidence,
    classifier_version
from {{ source("raw", "post_matches") }}
