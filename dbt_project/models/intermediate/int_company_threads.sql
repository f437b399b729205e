-- grain: one row per company x thread that counts for it
with
    posts as (
        select post_id, account_id, created_at
        from {{ ref("int_posts_latest") }}
        where not is_bare_repost
    ),
    -- the company's own account takes part
    by_brand as (
        select spans.company_id, posts.post_id
        from posts
        join
            {{ ref("int_speaker_spans") }} as spans
            on spans.account_id = posts.account_id
            and spans.voice = 'brand'
            and posts.created_at >= spans.valid_from
            and (spans.valid_to is null or posts.created_at < spans.valid_to)
    ),
    -- or a post is about the company
    about as (select company_id, post_id from {{ ref("int_post_matches_latest") }}),
    final as (
        select distinct counted.company_id, threads.thread_id
        from
            (
                select *
                from by_brand
                union
                select *
                from about
            ) as counted
        join {{ ref("int_conversations_rooted") }} as threads using (post_id)
        where counted.company_id in (select company_id from {{ ref("stg_companies") }})
    )
select *
from final
