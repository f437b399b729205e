-- grain: one row per post or account that is gone or has opted out
select
    nullif(post_id, '') as post_id,
    nullif(account_id, '') as account_id,
    platform,
    reason,
    observed_at
from {{ source("raw", "deletions") }}
