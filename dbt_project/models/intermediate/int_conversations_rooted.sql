-- grain: one row per post, with the thread it belongs to
-- Each post points to one place (below); following the pointers leads to the end of a
-- chain, which names the
-- thread. Pointers are doubled in each step, so a chain of a million replies takes
-- twenty steps.
with recursive
    posts as (
        select post_id, reply_to_id, conversation_id, root_post_id
        from {{ ref("int_posts_latest") }}
    ),
    named as (
        select distinct coalesce(root_post_id, conversation_id) as post_id
        from posts
        where conversation_id is not null
    ),
    pointers as (
        select
            posts.post_id,
            case
                when posts.conversation_id is null and parents.post_id is not null
                then parents.post_id
                else posts.post_id
            end as pointer,
            -- a missing parent and a conversation are places too, in the name space
            -- of post ids
            case
                when posts.conversation_id is not null
                then 'c:' || coalesce(posts.root_post_id, posts.conversation_id)
                when parents.post_id is not null
                then null
                when posts.reply_to_id is not null
                then 'c:' || posts.reply_to_id
                when named.post_id is not null
                then 'c:' || posts.post_id
                else 'p:' || posts.post_id
            end as place
        from posts
        left join posts as parents on parents.post_id = posts.reply_to_id
        left join named on named.post_id = posts.post_id
    ),
    walk(post_id, pointer, lowest, step)
using
    key(post_id) as (
        select post_id, pointer, least(post_id, pointer), 0
        from pointers
        union
        select
            walk.post_id, ahead.pointer, least(walk.lowest, ahead.lowest), walk.step + 1
        from walk
        join recurring.walk as ahead on ahead.post_id = walk.pointer
        -- a cycle never ends: after 2^24 posts the walk has gone round it
        where ahead.pointer <> walk.pointer and walk.step < 24
    ),
    final as (
        select
            walk.post_id,
            -- only replies that run in a circle end without a place; its lowest post
            -- names it
            coalesce(ends.place, 'p:' || ahead.lowest) as thread_id
        from walk
        join walk as ahead on ahead.post_id = walk.pointer
        join pointers as ends on ends.post_id = walk.pointer
    )
select *
from final
