-- grain: one row per pseudonym of an account, by handle or by id, with the number of
-- the account it means
-- Text is compared here once; everything that follows compares numbers
-- (docs/decisions/0086).
with
    aliases as (
        select alias_id, account_id
        from {{ ref("stg_account_aliases") }}
        where alias_id <> account_id
        -- a handle that changed hands means the account that held it last
        qualify
            row_number() over (
                partition by alias_id order by last_seen_at desc, account_id
            )
            = 1
    ),
    seen as (
        select account_id as account_key
        from {{ ref("stg_posts") }}
        union
        select account_id
        from {{ ref("stg_account_observations") }}
        union
        select account_id
        from {{ ref("stg_speaker_labels") }}
        union
        select unnest([handle_key, account_key])
        from {{ ref("stg_mentions") }}
        union
        select unnest([handle_key, account_key])
        from {{ ref("stg_official_accounts") }}
        union
        select unnest([alias_id, account_id])
        from {{ ref("stg_account_aliases") }}
    )
select
    seen.account_key,
    -- in the order of the pseudonyms, so that the same rows give the same numbers
    dense_rank() over (
        order by coalesce(aliases.account_id, seen.account_key)
    ) as account_id
from seen
left join aliases on aliases.alias_id = seen.account_key
where seen.account_key is not null
