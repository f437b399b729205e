-- grain: one row per pseudonym of a post or of a conversation of a platform, with its
-- number
-- A post may be named only: answered, quoted or shared, but never seen. A conversation
-- is often named after the post that opened it, so both have one name space.
with
    named as (
        select post_id as post_key
        from {{ ref("stg_posts") }}
        union
        select unnest([reply_to_id, conversation_id, quote_of_id, repost_of_id])
        from {{ ref("stg_posts") }}
    )
select
    post_key,
    -- in the order of the pseudonyms, so that the same rows give the same numbers
    row_number() over (order by post_key) as post_id
from named
where post_key is not null
