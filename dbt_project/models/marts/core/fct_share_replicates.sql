-- grain: one row per company x week x platform (and all) x language (and all) x
-- replicate, with both shares
{% set cell = ["company_id", "week_start", "platform", "language"] %}
{% set cube %}
    grouping sets (
        (company_id, week_start, platform, language, replicate),
        (company_id, week_start, platform, replicate),
        (company_id, week_start, language, replicate),
        (company_id, week_start, replicate)
    )
{% endset %}
with
    base as (
        select
            {{ cell | join(", ") }},
            is_conversation,
            unnest(range({{ var("replicates") }})) as replicate,
            unnest(human) as human,
            unnest(brand) as brand
        from {{ ref("fct_share_sums") }}
    ),
    cells as (
        select
            company_id,
            week_start,
            coalesce(platform, 'all') as platform,
            coalesce(language, 'all') as language,
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
        group by {{ cube }}
    ),
    sizes as (
        select
            company_id,
            week_start,
            coalesce(platform, 'all') as platform,
            coalesce(language, 'all') as language,
            sum(size) / count(distinct seed) as exchanges_per_thread
        from {{ ref("fct_share_units") }}
        where not is_conversation and change >= 0
        group by {{ cube | replace(", replicate)", ")") }}
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
