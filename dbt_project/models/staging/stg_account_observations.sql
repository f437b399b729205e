-- grain: one row per account x version of its profile
select account_id, profile_version, platform, first_seen_at, last_seen_at, followers
from {{ source("raw", "account_observations") }}
