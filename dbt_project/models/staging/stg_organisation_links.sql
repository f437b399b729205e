-- grain: one row per post that opens a thread and whose author is an organisation by
-- declaration
select post_id, url, last_seen_at from {{ source("raw", "organisation_links") }}
