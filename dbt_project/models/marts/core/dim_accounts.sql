-- grain: one row per account, as last seen
with
    keys as (select * from {{ ref("int_account_keys") }}),
    observed as (
        select
            keys.account_id,
            seen.platform,
            seen.first_seen_at,
            seen.last_seen_at,
            null::timestamptz as wrote_at,
            seen.followers
        from {{ ref("stg_account_observations") }} as seen
        join keys on keys.account_key = seen.account_id
        union all
        select account_id, platform, created_at, created_at, created_at, null
        from {{ ref("int_posts_latest") }}
    ),
    accounts as (
        select
            account_id,
            min(platform) as platform,
            min(first_seen_at) as first_seen_at,
            max(last_seen_at) as last_seen_at,
            min(wrote_at) as wrote_at,
            -- rows without a number say nothing about followers
            arg_max(followers, (last_seen_at, followers)) filter (
                where followers is not null
            ) as followers
        from observed
        group by account_id
    )
select
    * exclude (wrote_at),
    -- what makes its luck in redraws: nothing that depends on the pseudonym key, unless
    -- nothing else tells two accounts apart
    hash(
        first_seen_at,
        row_number() over (
            partition by first_seen_at
            order by platform, wrote_at, followers, account_id
        )
    ) as seed
from accounts
