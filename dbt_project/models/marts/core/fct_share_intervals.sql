-- grain: one row per company x week x platform (and all) x language (and all), with
-- the quantiles of its replicates
with
    replicates as (select * from {{ ref("fct_share_replicates") }}),
    paired as (
        select
            replicates.*,
            replicates.conversation_share
            - before.conversation_share as conversation_change,
            replicates.exchange_share - before.exchange_share as exchange_change
        from replicates
        left join
            replicates as before
            on before.company_id = replicates.company_id
            and before.week_start = replicates.week_start - 7
            and before.platform = replicates.platform
            and before.language = replicates.language
            and before.replicate = replicates.replicate
    )
select
    company_id,
    week_start,
    platform,
    language,
    {% for name in [
        "conversation_share",
        "exchange_share",
        "conversation_change",
        "exchange_change",
    ] %}
        quantile_cont({{ name }}, {{ var("interval_tail") }}) as {{ name }}_tail_low,
        quantile_cont(
            {{ name }}, {{ 1 - var("interval_tail") }}
        ) as {{ name }}_tail_high
        {%- if not loop.last %},{% endif %}
    {% endfor %}
from paired
group by all
