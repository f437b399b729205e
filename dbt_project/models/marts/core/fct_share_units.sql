-- grain: one row per company x week x platform x language x thread x what its
-- conversation or its exchanges are in each replicate, as of this build and the last
-- What is weighed for the intervals, and what of it has changed since the last build:
-- fct_share_sums weighs no more than that (docs/decisions/0093).
{% set unit = [
    "company_id",
    "week_start",
    "platform",
    "language",
    "seed",
    "is_conversation",
    "human_to_human",
    "with_brand",
    "size",
] %}
with
    draws as (select * from {{ ref("fct_voice_draws") }}),
    speakers as (
        select
            posts.company_id,
            posts.thread_id,
            posts.account_id,
            bit_or(draws.brand_draws) as brand_draws,
            bit_or(draws.human_draws) as human_draws
        from
            (
                select distinct company_id, thread_id, account_id, span_from
                from {{ ref("fct_posts") }}
            ) as posts
        join draws using (company_id, account_id, span_from)
        group by all
    ),
    -- a thread holds two humans if one of them is not the first
    counted as (
        select
            *,
            human_draws & bit_or(human_draws) over (
                partition by company_id, thread_id
                order by account_id
                rows between unbounded preceding and 1 preceding
            ) as second_human_draws
        from speakers
    ),
    conversations as (
        select
            facts.company_id,
            facts.week_start,
            facts.platform,
            facts.language,
            threads.seed,
            bit_or(counted.brand_draws) as brand,
            coalesce(bit_or(counted.second_human_draws), {{ no_draws() }})
            & ~ brand as human_to_human,
            bit_or(counted.human_draws) & brand as with_brand,
            1 as size
        from counted
        join {{ ref("fct_conversations") }} as facts using (company_id, thread_id)
        join {{ ref("int_threads") }} as threads using (thread_id)
        where facts.count_speakers > 1
        group by all
    ),
    exchanges as (
        select
            facts.company_id,
            facts.week_start,
            facts.platform,
            facts.thread_language as language,
            threads.seed,
            speaker.human_draws & addressee.human_draws as human_to_human,
            (speaker.human_draws & addressee.brand_draws)
            | (speaker.brand_draws & addressee.human_draws) as with_brand,
            count(*) as size
        from {{ ref("fct_exchanges") }} as facts
        join {{ ref("int_threads") }} as threads using (thread_id)
        join
            draws as speaker
            on speaker.company_id = facts.company_id
            and speaker.account_id = facts.speaker_id
            and speaker.span_from = facts.speaker_span_from
        join
            draws as addressee
            on addressee.company_id = facts.company_id
            and addressee.account_id = facts.addressee_id
            and addressee.span_from = facts.addressee_span_from
        group by all
    ),
    -- what is only known as counts has certain voices; its unit stands for its thread
    counted_events as (
        select
            company_id,
            week_start,
            platform,
            language,
            hash(unit_id) as seed,
            if(
                kind = 'human_to_human', {{ all_draws() }}, {{ no_draws() }}
            ) as human_to_human,
            if(
                kind in ('brand_to_human', 'human_to_brand'),
                {{ all_draws() }},
                {{ no_draws() }}
            ) as with_brand,
            count(*) as size,
            measure = 'thread' as is_conversation
        from {{ ref("int_counted_events") }}
        where measure <> 'post'
        group by all
    ),
    -- the seed stands for the thread
    now as (
        select
            *,
            hash(
                {{ unit[:6] | join(", ") }},
                size,
                -- hash() gives long bits that differ in two places the same number
                md5_number(human_to_human::blob || with_brand::blob)
            ) as fingerprint
        from
            (
                select * exclude (brand), true as is_conversation
                from conversations
                union all by name
                select *, false as is_conversation
                from exchanges
                union all by name
                select *
                from counted_events
            )
        where bit_count(human_to_human | with_brand) > 0
    )
    {%- if continues(unit + ["fingerprint", "change"]) %}
        ,
        before as (select * from {{ this }} where change >= 0),
        final as (
            select
                {% for name in unit + ["fingerprint"] %}
                    if(
                        now.fingerprint is null, before.{{ name }}, now.{{ name }}
                    ) as {{ name }},
                {% endfor %}
                case
                    when before.fingerprint is null
                    then 1
                    when now.fingerprint is null
                    then -1
                    else 0
                end as change
            from now
            full join before on before.fingerprint = now.fingerprint
        )
    {%- else %}
        , final as (select {{ unit | join(", ") }}, fingerprint, 1 as change from now)
    {%- endif %}
select *
from final
