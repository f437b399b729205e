-- grain: one row per company x post whose tone was judged
with
    labels as (
        select
            posts.post_id,
            arg_max(
                struct_pack(
                    sentiment := labels.sentiment, probability := labels.probability
                ),
                labels.classifier_version
            ) as newest
        from {{ ref("stg_sentiment_labels") }} as labels
        join
            {{ ref("int_posts_latest") }} as posts
            on posts.post_key = labels.post_id
            and posts.content_hash = labels.content_hash
        group by posts.post_id
    )
select
    posts.company_id,
    posts.post_id,
    labels.newest.sentiment,
    labels.newest.probability,
    posts.account_id,
    posts.side,
    posts.is_about,
    posts.week_start
from labels
join {{ ref("fct_posts") }} as posts using (post_id)
