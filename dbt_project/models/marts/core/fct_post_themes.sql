-- grain: one row per company x post x theme
with
    labels as (
        select posts.post_id, labels.theme, labels.probability
        from {{ ref("stg_theme_labels") }} as labels
        join
            {{ ref("int_posts_latest") }} as posts
            on posts.post_key = labels.post_id
            and posts.content_hash = labels.content_hash
        qualify
            labels.classifier_version
            = max(labels.classifier_version) over (partition by posts.post_id)
    )
select
    posts.company_id,
    posts.post_id,
    labels.theme,
    labels.probability,
    posts.thread_id,
    posts.account_id,
    posts.voice,
    posts.side,
    posts.week_start,
    posts.platform
from labels
join {{ ref("fct_posts") }} as posts using (post_id)
