-- grain: one row per post, with the thread it belongs to
-- Each post points to one place (below); following the pointers leads to the end of a
-- chain, which names the
-- thread. Pointers are doubled in each step, so a chain of a million replies takes
-- twenty steps.
with recursive
    posts as (
        select
            post_id,
            reply_to_id,
            conversation_id,
            root_post_id,
            row_number() over () as number
        from {{ ref("int_posts_latest") }}
    ),
    named as (
        select distinct coalesce(root_post_id, conversation_id) as post_id
        from posts
        where conversation_id is not null
    ),
    pointers as materialized(
        select
            posts.number,
            posts.post_id,
            if(posts.conversation_id is null, parents.number, null) as parent,
            -- a missing parent and a conversation are places too, in the name space
            -- of post ids
            case
                when posts.conversation_id is not null
                then 'c:' || coalesce(posts.root_post_id, posts.conversation_id)
                when parents.number is not null
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
    walk(number, pointer, lowest, step)
using
    key(number) as (
        select number, coalesce(parent, number), least(number, parent), 0
        from pointers
        union
        select
            walk.number, ahead.pointer, least(walk.lowest, ahead.lowest), walk.step + 1
        from walk
        join recurring.walk as ahead on ahead.number = walk.pointer
        -- a cycle never ends: after 2^24 posts the walk has gone round it
        where ahead.pointer <> walk.pointer and walk.step < 24
    ),
    ends as (
        select pointers.post_id, goal.place, ahead.lowest as circle
        from walk
        join pointers using (number)
        join pointers as goal on goal.number = walk.pointer
        join walk as ahead on ahead.number = walk.pointer
    ),
    -- only replies that run in a circle end without a place; the first post of the
    -- circle names it
    circles as (
        select circle, 'p:' || min(post_id) as place
        from ends
        where place is null
        group by circle
    ),
    final as (
        select ends.post_id, coalesce(ends.place, circles.place) as thread_id
        from ends
        left join circles on ends.place is null and circles.circle = ends.circle
    )
select *
from final
