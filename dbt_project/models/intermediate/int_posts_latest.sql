-- grain: one row per post, in its newest version, without what is gone
with
    posts as (select * from {{ ref("stg_posts") }}),
    accounts as (select * from {{ ref("int_account_keys") }}),
    names as (select * from {{ ref("int_post_keys") }}),
    -- only the names asked for: five times all of them would not fit into the memory
    -- allowed
    answered as (select * from names where post_key in (select reply_to_id from posts)),
    conversations as (
        select * from names where post_key in (select conversation_id from posts)
    ),
    quoted as (select * from names where post_key in (select quote_of_id from posts)),
    shared as (select * from names where post_key in (select repost_of_id from posts)),
    gone as (select * from {{ ref("stg_deletions") }}),
    gone_accounts as (
        select accounts.account_id
        from gone
        join accounts on accounts.account_key = gone.account_id
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
                partition by post_id
                order by
                    last_seen_at desc,
                    -- of two exports of one moment, the one that names more of what the
                    -- post speaks of
                    (reply_to_id is null)::int
                    + (conversation_id is null)::int
                    + (quote_of_id is null)::int
                    + (repost_of_id is null)::int,
                    content_hash desc
            )
            = 1
    ),
    final as (
        select
            named.post_id,
            newest.post_id as post_key,
            newest.content_hash,
            accounts.account_id,
            newest.platform,
            newest.created_at,
            newest.time_precision,
            newest.first_seen_at,
            answered.post_id as reply_to_id,
            conversations.post_id as conversation_id,
            quoted.post_id as quote_of_id,
            shared.post_id as repost_of_id,
            newest.is_bare_repost,
            newest.language,
            newest.is_question,
            newest.likes,
            newest.replies,
            newest.reposts
        from newest
        join names as named on named.post_key = newest.post_id
        join accounts on accounts.account_key = newest.account_id
        left join answered on answered.post_key = newest.reply_to_id
        left join conversations on conversations.post_key = newest.conversation_id
        left join quoted on quoted.post_key = newest.quote_of_id
        left join shared on shared.post_key = newest.repost_of_id
        where
            newest.post_id not in (select post_id from gone where post_id is not null)
            and accounts.account_id not in (select account_id from gone_accounts)
    )
select *
from final
