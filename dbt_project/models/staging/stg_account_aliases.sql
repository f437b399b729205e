-- grain: one row per pseudonym of a handle
select alias_id, account_id, last_seen_at from {{ source("raw", "account_aliases") }}
