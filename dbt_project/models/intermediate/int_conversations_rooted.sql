-- grain: one row per post, with the thread it belongs to
-- A thread is everything that replies join, and everything in one conversation of the
-- platform, taken together. Replies first: pointers are doubled in each step, so a
-- chain of a million replies takes twenty steps. Then the trees of replies that share
-- a conversation, or are named by one, are joined. A place is a post, one that nobody
-- has, or a conversation: they share one name space, and a thread is named by one.
with recursive
    posts as (
        select post_id, reply_to_id, conversation_id from {{ ref("int_posts_latest") }}
    ),
    pointers as materialized(
        select
            posts.post_id,
            posts.conversation_id,
            parents.post_id as parent_id,
            -- who answers a post that nobody has shares the place of that post
            if(
                parents.post_id is null,
                coalesce(posts.reply_to_id, posts.post_id),
                null
            ) as place
        from posts
        left join posts as parents on parents.post_id = posts.reply_to_id
    ),
    walk(post_id, pointer, lowest, step)
using
    key(post_id) as (
        select post_id, coalesce(parent_id, post_id), least(post_id, parent_id), 0
        from pointers
        union
        select
            walk.post_id, ahead.pointer, least(walk.lowest, ahead.lowest), walk.step + 1
        from walk
        join recurring.walk as ahead on ahead.post_id = walk.pointer
        -- a cycle never ends: after 2^24 posts the walk has gone round it
        where ahead.pointer <> walk.pointer and walk.step < 24
    ),
    ends as (
        select
            pointers.post_id,
            pointers.conversation_id,
            goal.place,
            ahead.lowest as circle
        from walk
        join pointers using (post_id)
        join pointers as goal on goal.post_id = walk.pointer
        join walk as ahead on ahead.post_id = walk.pointer
    ),
    -- only replies that run in a circle end without a place; the first post of the
    -- circle names it
    circles as (
        select circle, min(post_id) as place
        from ends
        where place is null
        group by circle
    ),
    trees as materialized(
        select
            ends.post_id,
            ends.conversation_id,
            coalesce(ends.place, circles.place) as place
        from ends
        left join circles on ends.place is null and circles.circle = ends.circle
    ),
    bonds as materialized(
        select distinct place, conversation_id as other
        from trees
        where conversation_id <> place
        union
        -- a conversation is often named after the post that opened it
        select trees.place, named.conversation_id
        from (select distinct conversation_id from trees) as named
        join trees on trees.post_id = named.conversation_id
        where trees.place <> named.conversation_id
    ),
    neighbours as materialized(
        select place, other
        from bonds
        union all
        select other, place
        from bonds
    ),
    -- each place takes the lowest it can reach, over its neighbours and over the place
    -- it has taken
    joined(place, lowest)
using
    key(place) as (
        select distinct place, place
        from neighbours
        union
        select reached.place, min(reached.lowest)
        from
            (
                select neighbours.other as place, joined.lowest
                from joined
                join neighbours on neighbours.place = joined.place
                union all
                select follower.place, joined.lowest
                from joined
                join recurring.joined as follower on follower.lowest = joined.place
            ) as reached
        join recurring.joined as known on known.place = reached.place
        where reached.lowest < known.lowest
        group by reached.place
    ),
    final as (
        select trees.post_id, coalesce(joined.lowest, trees.place) as thread_id
        from trees
        left join joined using (place)
    )
select *
from final
