-- grain: one row per company x thread that counts for it (conversations and monologues)
with
    speakers as (
        select
            company_id,
            thread_id,
            account_id,
            count(*) as count_posts,
            bool_or(side = 'human') as is_human,
            bool_or(side = 'unknown') as is_unknown,
            bool_or(side = 'brand') as is_brand
        from {{ ref("fct_posts") }}
        group by company_id, thread_id, account_id
    ),
    threads as (
        select
            company_id,
            thread_id,
            sum(count_posts)::bigint as count_posts,
            count(*) as count_speakers,
            count(*) filter (where is_human) as count_humans,
            count(*) filter (where is_human or is_unknown) as count_persons,
            count(*) filter (where is_unknown) as count_unknown,
            bool_or(is_brand) as has_brand
        from speakers
        group by company_id, thread_id
    ),
    final as (
        select
            threads.*,
            opening.week_start,
            opened.platform,
            opened.language,
            opened.opened_at,
            opened.last_post_at,
            opening.side as opened_by,
            {{
                thread_kind(
                    "threads.count_speakers",
                    "threads.has_brand",
                    "threads.count_humans",
                )
            }} as thread_kind
        from threads
        join {{ ref("int_threads") }} as opened using (thread_id)
        join
            {{ ref("fct_posts") }} as opening
            on opening.company_id = threads.company_id
            and opening.post_id = opened.opening_post_id
    )
select *
from final
