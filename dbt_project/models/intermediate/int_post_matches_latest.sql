-- grain: one row per post x company its newest version is about
select posts.post_id, matches.company_id
from {{ ref("stg_post_matches") }} as matches
join
    {{ ref("int_posts_latest") }} as posts
    on posts.post_key = matches.post_id
    and posts.content_hash = matches.content_hash
where not posts.is_bare_repost
qualify
    row_number() over (
        partition by posts.post_id, matches.company_id
        order by matches.classifier_version desc
    )
    = 1
    and matches.is_about
