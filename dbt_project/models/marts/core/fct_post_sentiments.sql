-- grain: one row per company x post whose tone was judged
with
    labels as (
        select labels.post_id, labels.sentiment, labels.probability
        from {{ ref("stg_sentiment_labels") }} as labels
        join {{ ref("int_posts_latest") }} as posts using (post_id, content_hash)
        qualify
            row_number() over (
                partition by labels.post_id order by labels.classifier_version desc
            )
            = 1
    )
select
    posts.company_id,
    posts.post_id,
    labels.sentiment,
    labels.probability,
    posts.account_id,
    posts.side,
    posts.is_about,
    posts.week_start
from labels
join {{ ref("fct_posts") }} as posts using (post_id)
