-- grain: one row per company x week x platform (and all) x language (and all) x
-- replicate, with both shares
-- In each replicate the conversations are weighted anew (Bayesian bootstrap: Rubin
-- 1981) and the voices redrawn.
{% set cell = ["company_id", "week_start", "platform", "language"] %}
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
    units as (
        select *
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
    ),
    -- a column per replicate: a row per unit and replicate would be read, hashed and
    -- thrown away again
    weighted as (
        select
            units.*,
            {% for r in range(var("replicates")) %}
                -- one weight per thread and replicate: its exchanges stay together
                - ln({{ uniform("seed", r ~ "::bigint", "1") }})
                * size as weight_{{ r }}
                {%- if not loop.last %},{% endif %}
            {% endfor %}
        from units
    ),
    sums as (
        select
            {{ cell | join(", ") }},
            is_conversation,
            {% for r in range(var("replicates")) %}
                sum(weight_{{ r }} * get_bit(human_to_human, {{ r }})) as human_{{ r }},
                sum(weight_{{ r }} * get_bit(with_brand, {{ r }})) as brand_{{ r }}
                {%- if not loop.last %},{% endif %}
            {% endfor %}
        from weighted
        group by {{ cell | join(", ") }}, is_conversation
    ),
    base as (
        select
            {{ cell | join(", ") }},
            is_conversation,
            unnest(range({{ var("replicates") }})) as replicate,
            {% for side in ["human", "brand"] %}
                unnest(
                    [
                        {% for r in range(var("replicates")) %}
                            {{ side }}_{{ r }}{% if not loop.last %},{% endif %}
                        {% endfor %}
                    ]
                ) as {{ side }}
                {%- if not loop.last %},{% endif %}
            {% endfor %}
        from sums
    ),
    cells as (
        select
            {{ cube_columns("language") }},
            replicate,
            coalesce(
                sum(human) filter (where is_conversation), 0
            ) as conversations_human,
            coalesce(
                sum(brand) filter (where is_conversation), 0
            ) as conversations_brand,
            coalesce(
                sum(human) filter (where not is_conversation), 0
            ) as exchanges_human,
            coalesce(
                sum(brand) filter (where not is_conversation), 0
            ) as exchanges_brand
        from base
        group by replicate, {{ cube_sets("language") }}
    ),
    sizes as (
        select
            {{ cube_columns("language") }},
            sum(size) / count(distinct seed) as exchanges_per_thread
        from units
        where not is_conversation
        group by {{ cube_sets("language") }}
    ),
    -- half a conversation of each kind (Jeffreys 1946): six of six is not certainty
    priors as (
        select
            cells.*,
            coalesce(sizes.exchanges_per_thread, 1) as exchanges_per_thread,
            {{ half_a_conversation("cells.replicate", "'human'") }} as half_human,
            {{ half_a_conversation("cells.replicate", "'brand'") }} as half_brand
        from cells
        left join sizes using (company_id, week_start, platform, language)
    ),
    final as (
        select
            {% for name in cell %} {{ name }}, {% endfor %}
            replicate,
            (conversations_human + half_human) / (
                conversations_human + conversations_brand + half_human + half_brand
            ) as conversation_share,
            (exchanges_human + half_human * exchanges_per_thread) / (
                exchanges_human
                + exchanges_brand
                + (half_human + half_brand) * exchanges_per_thread
            ) as exchange_share
        from priors
    )
select *
from final
