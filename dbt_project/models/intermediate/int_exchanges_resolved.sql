-- grain: one row per post x account it addresses; one row without addressee for a
-- post that answers, quotes or shares what nobody has
with
    posts as (
        select
            post_id,
            post_key,
            content_hash,
            account_id,
            reply_to_id,
            quote_of_id,
            repost_of_id
        from {{ ref("int_posts_latest") }}
        where not is_bare_repost
    ),
    authors as (select post_id, account_id from {{ ref("int_posts_latest") }}),
    keys as (select * from {{ ref("int_account_keys") }}),
    seen as (
        select account_id
        from authors
        union
        select keys.account_id
        from {{ ref("stg_account_observations") }} as observed
        join keys on keys.account_key = observed.account_id
    ),
    mentions as (
        select
            posts.post_id,
            posts.account_id,
            -- the same mention may be an account id or a handle: what was seen decides
            coalesce(
                seen.account_id, by_handle.account_id, by_id.account_id
            ) as addressee_id
        from {{ ref("stg_mentions") }} as mentions
        join
            posts
            on posts.post_key = mentions.post_id
            and posts.content_hash = mentions.content_hash
        left join keys as by_id on by_id.account_key = mentions.account_key
        left join seen on seen.account_id = by_id.account_id
        left join keys as by_handle on by_handle.account_key = mentions.handle_key
    ),
    addressed as (
        select
            posts.post_id,
            posts.account_id,
            authors.account_id as addressee_id,
            1 as made
        from posts
        join authors on authors.post_id = posts.reply_to_id
        union all
        select posts.post_id, posts.account_id, authors.account_id, 2
        from posts
        join authors on authors.post_id = posts.quote_of_id
        union all
        select posts.post_id, posts.account_id, authors.account_id, 3
        from posts
        join authors on authors.post_id = posts.repost_of_id
        union all
        select post_id, account_id, addressee_id, 4
        from mentions
    ),
    -- a reply that also mentions its parent's author is one exchange; nobody
    -- addresses himself
    exchanges as (
        select
            post_id,
            any_value(account_id) as speaker_id,
            addressee_id,
            ['reply', 'quote', 'repost', 'mention'][min(made)] as made_by
        from addressed
        where addressee_id <> account_id
        group by post_id, addressee_id
    ),
    -- what it points at is not known; a reply names whom it answers, so a mention in
    -- one is taken for that; a quote does not (docs/decisions/0031)
    to_nobody_known as (
        select
            posts.post_id,
            posts.account_id as speaker_id,
            null as addressee_id,
            case
                when answers_unknown
                then 'reply'
                when quotes_unknown
                then 'quote'
                else 'repost'
            end as made_by
        from
            (
                select
                    posts.post_id,
                    posts.account_id,
                    posts.reply_to_id is not null
                    and answered.post_id is null
                    and mentioning.post_id is null as answers_unknown,
                    posts.quote_of_id is not null
                    and quoted.post_id is null as quotes_unknown,
                    posts.repost_of_id is not null
                    and shared.post_id is null as shares_unknown
                from posts
                left join authors as answered on answered.post_id = posts.reply_to_id
                left join authors as quoted on quoted.post_id = posts.quote_of_id
                left join authors as shared on shared.post_id = posts.repost_of_id
                left join
                    (
                        select distinct post_id
                        from mentions
                        where addressee_id <> account_id
                    ) as mentioning
                    on mentioning.post_id = posts.post_id
            ) as posts
        where answers_unknown or quotes_unknown or shares_unknown
    ),
    final as (
        select *
        from exchanges
        union all by name
        select *
        from to_nobody_known
    )
select *
from final
