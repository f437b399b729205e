-- grain: one row per company x week x position of a conversation, largest first
with
    themes as (
        select company_id, thread_id, theme
        from {{ ref("fct_post_themes") }}
        group by company_id, thread_id, theme
        qualify
            row_number() over (
                partition by company_id, thread_id order by count(*) desc, theme
            )
            = 1
    ),
    open_questions as (
        select distinct company_id, thread_id
        from {{ ref("fct_brand_requests") }}
        where is_question and outcome <> 'answered'
    ),
    places as (
        select company_id, week_start, platform, is_suppressed
        from {{ ref("rpt_conversation_mix_weekly") }}
        where language = 'all'
    ),
    large as (
        select *
        from {{ ref("fct_conversations") }}
        where
            thread_kind <> 'monologue'
            and count_persons >= {{ var("small_group_cross") }}
    ),
    final as (
        select
            weeks.*,
            row_number() over (
                partition by large.company_id, large.week_start
                order by
                    large.count_persons desc,
                    large.count_posts desc,
                    threads.opened_at,
                    large.thread_id
            ) as position,
            -- ten of a platform beside eleven in all would tell how many another has
            if(places.is_suppressed, null, large.platform) as platform,
            large.language,
            large.thread_kind as conversation_kind,
            themes.theme,
            large.opened_by,
            -- a thread that a person opened cannot be pointed at; an address tells
            -- its platform
            if(
                large.opened_by in ('brand', 'other') and not places.is_suppressed,
                links.url,
                null
            ) as link,
            -- rounded down: exact numbers could be subtracted from those of the week
            floor(large.count_persons / 5) * 5 as count_persons,
            floor(large.count_posts / 5) * 5 as count_posts,
            open_questions.thread_id is not null as has_open_question
        from large
        join {{ ref("dim_weeks") }} as weeks using (company_id, week_start)
        join places using (company_id, week_start, platform)
        left join themes using (company_id, thread_id)
        left join open_questions using (company_id, thread_id)
        join {{ ref("int_threads") }} as threads using (thread_id)
        left join
            {{ ref("int_posts_latest") }} as opening
            on opening.post_id = threads.opening_post_id
        left join
            {{ ref("stg_organisation_links") }} as links
            on links.post_id = opening.post_key
        where not {{ still_runs() }}
        qualify position <= 20
    )
select {{ contract() }}
from final
