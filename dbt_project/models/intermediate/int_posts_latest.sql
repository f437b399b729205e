-- grain: one row per post, in its newest version, without what is gone
with
    posts as (select * from {{ ref("stg_posts") }}),
    keys as (select * from {{ ref("int_account_keys") }}),
    gone as (select * from {{ ref("stg_deletions") }}),
    gone_accounts as (
        select account_id
        from gone
        where account_id is not null
        union
        select keys.account_id
        from gone
        join keys on keys.alias_id = gone.account_id
    ),
    -- few posts have several versions; only those are sorted
    repeated as (
        select post_id, min(first_seen_at) as first_seen_at
        from posts
        group by post_id
        having count(*) > 1
    ),
    newest as (
        select *
        from posts
        where post_id not in (select post_id from repeated)
        union all by name
        select posts.* replace (repeated.first_seen_at as first_seen_at)
        from posts
        join repeated using (post_id)
        qualify
            row_number() over (
                partition by post_id order by last_seen_at desc, content_hash desc
            )
            = 1
    ),
    resolved as (
        select
            newest.* exclude (account_id),
            newest.account_id as written_as,
            coalesce(keys.account_id, newest.account_id) as account_id
        from newest
        left join keys on keys.alias_id = newest.account_id
    ),
    final as (
        select resolved.* exclude (written_as)
        from resolved
        where
            post_id not in (select post_id from gone where post_id is not null)
            and account_id not in (select account_id from gone_accounts)
            and written_as not in (select account_id from gone_accounts)
    )
select *
from final
