-- grain: one row per post x version of its content
select
    post_id,
    content_hash,
    platform,
    account_id,
    created_at,
    first_seen_at,
    last_seen_at,
    nullif(reply_to_id, post_id) as reply_to_id,
    -- better in the name space of posts
    coalesce(root_post_id, conversation_id) as conversation_id,
    quote_of_id,
    repost_of_id,
    coalesce(is_bare_repost, false) as is_bare_repost,
    coalesce(language, 'und') as language,
    coalesce(is_question, false) as is_question,
    count_words,
    likes,
    replies,
    reposts,
    time_precision,
    source,
    query
from {{ source("raw", "posts") }}
