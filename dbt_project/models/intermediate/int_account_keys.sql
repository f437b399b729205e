-- grain: one row per pseudonym of a handle, with the account it belongs to
select alias_id, account_id
from {{ ref("stg_account_aliases") }}
where alias_id <> account_id
-- a handle that changed hands means the account that held it last
qualify
    row_number() over (partition by alias_id order by last_seen_at desc, account_id) = 1
