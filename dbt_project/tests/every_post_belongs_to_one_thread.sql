-- Resolving threads neither drops nor doubles a post.
select posts.count_posts, threads.count_posts as count_threaded
from (select count(*) as count_posts from {{ ref("int_posts_latest") }}) as posts
cross join
    (
        select count(distinct post_id) as count_posts
        from {{ ref("int_conversations_rooted") }}
        where thread_id is not null
    ) as threads
where posts.count_posts <> threads.count_posts
