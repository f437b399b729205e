-- grain: one row per company x post x term of the closed vocabulary
with
    labels as (
        select posts.post_id, labels.term
        from {{ ref("stg_term_labels") }} as labels
        join
            {{ ref("int_posts_latest") }} as posts
            on posts.post_key = labels.post_id
            and posts.content_hash = labels.content_hash
        -- a code of an older vocabulary has no name any more
        join {{ ref("terms") }} as terms using (term)
        qualify
            labels.classifier_version
            = max(labels.classifier_version) over (partition by posts.post_id)
    )
select
    posts.company_id,
    posts.post_id,
    labels.term,
    posts.account_id,
    posts.side,
    posts.week_start
from labels
join {{ ref("fct_posts") }} as posts using (post_id)
