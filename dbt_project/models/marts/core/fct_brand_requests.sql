-- grain: one row per company x post by a person that addresses the brand, with the
-- brand's answer
with
    posts as (
        select
            post_id,
            coalesce(
                time_precision in ('day', 'week', 'month', 'year'), false
            ) as is_without_clock
        from {{ ref("int_posts_latest") }}
    ),
    -- no answer is known of once we have looked, also where nobody spoke since
    newest as (select max(known_until) as known_until from {{ ref("dim_weeks") }}),
    asked as (
        select distinct
            exchanges.company_id,
            exchanges.post_id,
            exchanges.thread_id,
            exchanges.speaker_id
        from {{ ref("fct_exchanges") }} as exchanges
        where
            exchanges.addressee_side = 'brand'
            and exchanges.speaker_side in ('human', 'unknown')
    ),
    requests as (
        select
            asked.*,
            facts.platform,
            facts.week_start,
            facts.created_at,
            facts.is_question,
            posts.is_without_clock
        from asked
        join {{ ref("fct_posts") }} as facts using (company_id, post_id)
        left join posts using (post_id)
    ),
    answers as (
        select
            facts.company_id,
            facts.thread_id,
            facts.addressee_id,
            facts.created_at,
            posts.is_without_clock
        from {{ ref("fct_exchanges") }} as facts
        left join posts using (post_id)
        where facts.speaker_side = 'brand'
    ),
    answered as (
        select
            requests.* exclude (is_without_clock),
            answers.created_at as answered_at,
            requests.is_without_clock or answers.is_without_clock as is_without_clock
        from requests
        asof left join
            answers
            on answers.company_id = requests.company_id
            and answers.thread_id = requests.thread_id
            and answers.addressee_id = requests.speaker_id
            -- not before: where only the day is known, an answer of that day is one
            and requests.created_at <= answers.created_at
    )
select
    answered.* exclude (is_without_clock),
    -- days would tell minutes that nobody knows
    if(
        is_without_clock, null, date_diff('second', created_at, answered_at) / 60.0
    ) as response_minutes,
    case
        when answered_at <= created_at + interval {{ var("response_days") }} days
        then 'answered'
        when created_at + interval {{ var("response_days") }} days > newest.known_until
        then 'waiting'
        else 'unanswered'
    end as outcome
from answered
cross join newest
