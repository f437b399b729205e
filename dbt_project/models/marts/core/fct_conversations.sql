-- grain: one row per company x thread that counts for it (conversations and monologues)
with
    speakers as (
        select
            company_id,
            thread_id,
            count(*) as count_posts,
            count(distinct account_id) as count_speakers,
            count(distinct account_id) filter (where side = 'human') as count_humans,
            count(distinct account_id) filter (
                where side in ('human', 'unknown')
            ) as count_persons,
            count(distinct account_id) filter (where side = 'unknown') as count_unknown,
            bool_or(side = 'brand') as has_brand
        from {{ ref("fct_posts") }}
        group by company_id, thread_id
    ),
    final as (
        select
            speakers.*,
            opening.week_start,
            threads.platform,
            threads.language,
            threads.opened_at,
            threads.last_post_at,
            opening.side as opened_by,
            {{
                thread_kind(
                    "speakers.count_speakers",
                    "speakers.has_brand",
                    "speakers.count_humans",
                )
            }} as thread_kind
        from speakers
        join {{ ref("int_threads") }} as threads using (thread_id)
        join
            {{ ref("fct_posts") }} as opening
            on opening.company_id = speakers.company_id
            and opening.post_id = threads.opening_post_id
    )
select *
from final
