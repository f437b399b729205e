-- grain: one row per post version x account it mentions
select post_id, content_hash, handle_key, account_key
from {{ source("raw", "mentions") }}
