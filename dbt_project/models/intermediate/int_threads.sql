-- grain: one row per thread in which somebody spoke, with its oldest known post
with
    posts as (
        select
            threads.thread_id,
            posts.created_at,
            struct_pack(
                post_id := posts.post_id,
                platform := posts.platform,
                language := posts.language
            ) as post
        from {{ ref("int_posts_latest") }} as posts
        join {{ ref("int_conversations_rooted") }} as threads using (post_id)
        -- a bare repost is not speech
        where not posts.is_bare_repost
    ),
    threads as (
        select
            thread_id,
            arg_min(post, (created_at, post.post_id)) as opening,
            min(created_at) as opened_at,
            max(created_at) as last_post_at,
            count(*) as count_posts
        from posts
        group by thread_id
    )
select
    thread_id,
    opening.post_id as opening_post_id,
    opening.platform,
    opening.language,
    opened_at,
    last_post_at,
    count_posts,
    -- what makes its luck in the bootstrap: nothing that depends on the pseudonym key,
    -- unless nothing else tells two threads apart
    hash(
        opened_at,
        row_number() over (
            partition by opened_at
            order by
                opening.platform, opening.language, count_posts, last_post_at, thread_id
        )
    ) as seed
from threads
