-- grain: one row per company x post in a thread that counts for it, with the voice it
-- was written in
with
    companies as (select * from {{ ref("stg_companies") }}),
    counted as (
        select
            company_threads.company_id,
            companies.time_zone,
            company_threads.thread_id,
            threads.language as thread_language,
            posts.post_id,
            posts.account_id,
            posts.platform,
            posts.language,
            posts.created_at,
            posts.is_question,
            coalesce(posts.likes, 0)
            + coalesce(posts.replies, 0)
            + coalesce(posts.reposts, 0) as count_reactions
        from {{ ref("int_company_threads") }} as company_threads
        join companies using (company_id)
        join {{ ref("int_threads") }} as threads using (thread_id)
        join {{ ref("int_conversations_rooted") }} as rooted using (thread_id)
        join {{ ref("int_posts_latest") }} as posts using (post_id)
        where not posts.is_bare_repost
    ),
    voiced as (
        select
            counted.*,
            spans.valid_from as span_from,
            coalesce(spans.voice, 'unknown') as voice,
            coalesce(spans.is_certain, false) as is_certain,
            spans.probability,
            coalesce(
                counted.created_at < spans.observed_from and not spans.is_certain, false
            ) as is_backdated
        from counted
        -- spans of an account do not overlap (a test says so), so this is an asof join
        -- without its sorting
        left join
            {{ ref("int_speaker_spans") }} as spans
            on spans.company_id = counted.company_id
            and spans.account_id = counted.account_id
            and counted.created_at >= spans.valid_from
            and counted.created_at < coalesce(spans.valid_to, timestamptz 'infinity')
    ),
    final as (
        select
            voiced.company_id,
            voiced.post_id,
            voiced.thread_id,
            voiced.thread_language,
            voiced.account_id,
            voiced.span_from,
            voiced.voice,
            voices.side,
            voiced.is_certain,
            voiced.probability,
            voiced.is_backdated,
            voiced.platform,
            voiced.language,
            voiced.created_at,
            date_trunc('week', timezone(voiced.time_zone, voiced.created_at))::date
            as week_start,
            date_trunc('month', timezone(voiced.time_zone, voiced.created_at))::date
            as month_start,
            voiced.is_question,
            voiced.count_reactions,
            about.post_id is not null as is_about
        from voiced
        join {{ ref("voices") }} as voices using (voice)
        left join
            {{ ref("int_post_matches_latest") }} as about
            on about.post_id = voiced.post_id
            and about.company_id = voiced.company_id
    )
select *
from final
