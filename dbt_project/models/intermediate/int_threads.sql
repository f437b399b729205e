-- grain: one row per thread in which somebody spoke, with its oldest known post
select
    threads.thread_id,
    arg_min(posts.post_id, (posts.created_at, posts.post_id)) as opening_post_id,
    arg_min(posts.account_id, (posts.created_at, posts.post_id)) as opening_account_id,
    arg_min(posts.platform, (posts.created_at, posts.post_id)) as platform,
    arg_min(posts.language, (posts.created_at, posts.post_id)) as language,
    min(posts.created_at) as opened_at,
    max(posts.created_at) as last_post_at,
    count(*) as count_posts,
    count(distinct posts.account_id) as count_speakers
from {{ ref("int_posts_latest") }} as posts
join {{ ref("int_conversations_rooted") }} as threads using (post_id)
where not posts.is_bare_repost
group by threads.thread_id
