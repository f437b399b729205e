-- grain: one row per landing file
select
    platform,
    source,
    run_id,
    first_fetched_at,
    last_fetched_at,
    count_payloads,
    count_posts,
    count_quarantined,
    count_opted_out,
    health,
    health_detail,
    nullif(canary, '') as canary,
    count_posts_expected,
    nullif(limits, '') as limits
from {{ source("raw", "collection_runs") }}
