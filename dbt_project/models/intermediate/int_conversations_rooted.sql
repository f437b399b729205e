-- grain: one row per post, with the thread it belongs to
-- A thread is everything that replies join, and everything in one conversation of the
-- platform, taken together. Replies first: pointers are doubled in each step, so a
-- chain
-- of a million replies takes twenty steps. Then the trees of replies that share a
-- conversation, or are named by one, are joined.
with recursive
    posts as (
        select
            post_id,
            reply_to_id,
            'c:' || coalesce(root_post_id, conversation_id) as conversation,
            row_number() over () as number
        from {{ ref("int_posts_latest") }}
    ),
    pointers as materialized(
        select
            posts.number,
            posts.post_id,
            posts.conversation,
            parents.number as parent,
            -- a missing parent and a conversation are places too, in the name space
            -- of post ids
            case
                when parents.number is not null
                then null
                when posts.reply_to_id is not null
                then 'c:' || posts.reply_to_id
                else 'p:' || posts.post_id
            end as place
        from posts
        left join posts as parents on parents.post_id = posts.reply_to_id
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
        select
            pointers.post_id, pointers.conversation, goal.place, ahead.lowest as circle
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
    trees as materialized(
        select
            ends.post_id,
            ends.conversation,
            coalesce(ends.place, circles.place) as place
        from ends
        left join circles on ends.place is null and circles.circle = ends.circle
    ),
    bonds as (
        select distinct place, conversation
        from trees
        where conversation is not null and conversation <> place
        union
        -- a conversation is often named after the post that opened it
        select trees.place, named.conversation
        from (select distinct conversation from trees) as named
        join trees on trees.post_id = substr(named.conversation, 3)
        where trees.place <> named.conversation
    ),
    places as materialized(
        select place, row_number() over (order by place) as number
        from
            (
                select place
                from bonds
                union
                select conversation
                from bonds
            )
    ),
    ties as materialized(
        select one.number as one, other.number as other
        from bonds
        join places as one using (place)
        join places as other on other.place = bonds.conversation
    ),
    neighbours as materialized(
        select one, other
        from ties
        union all
        select other, one
        from ties
    ),
    -- each place takes the lowest number it can reach, over its neighbours and over
    -- the place whose number it has
    joined(number, lowest)
using
    key(number) as (
        select number, number
        from places
        union
        select reached.number, min(reached.lowest)
        from
            (
                select neighbours.other as number, joined.lowest
                from joined
                join neighbours on neighbours.one = joined.number
                union all
                select follower.number, joined.lowest
                from joined
                join recurring.joined as follower on follower.lowest = joined.number
            ) as reached
        join recurring.joined as known on known.number = reached.number
        where reached.lowest < known.lowest
        group by reached.number
    ),
    threads as (
        select places.place, first_place.place as thread_id
        from joined
        join places using (number)
        join places as first_place on first_place.number = joined.lowest
    ),
    final as (
        select trees.post_id, coalesce(threads.thread_id, trees.place) as thread_id
        from trees
        left join threads using (place)
    )
select *
from final
