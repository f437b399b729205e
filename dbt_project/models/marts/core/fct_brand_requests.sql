-- grain: one row per company x post by a person that addresses the brand, with the
-- brand's answer
with
    newest as (
        select max(created_at) as known_until from {{ ref("int_posts_latest") }}
    ),
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
            posts.platform,
            posts.week_start,
            posts.created_at,
            posts.is_question
        from asked
        join {{ ref("fct_posts") }} as posts using (company_id, post_id)
    ),
    answers as (
        select company_id, thread_id, addressee_id, created_at
        from {{ ref("fct_exchanges") }}
        where speaker_side = 'brand'
    ),
    answered as (
        select requests.*, answers.created_at as answered_at
        from requests
        asof left join
            answers
            on answers.company_id = requests.company_id
            and answers.thread_id = requests.thread_id
            and answers.addressee_id = requests.speaker_id
            and requests.created_at < answers.created_at
    )
select
    answered.*,
    date_diff('second', created_at, answered_at) / 60.0 as response_minutes,
    case
        when answered_at <= created_at + interval {{ var("response_days") }} days
        then 'answered'
        when created_at + interval {{ var("response_days") }} days > newest.known_until
        then 'waiting'
        else 'unanswered'
    end as outcome
from answered
cross join newest
