-- grain: one row per account x company x span of unchanged voice
with
    labels as (select * from {{ ref("int_speaker_labels_latest") }}),
    marked as (
        select *, voice is distinct from lag(voice) over history as is_change
        from labels
        window history as (partition by account_id, company_id order by observed_at)
    ),
    numbered as (
        select
            *,
            count_if(is_change) over (
                partition by account_id, company_id order by observed_at
            ) as span
        from marked
    ),
    spans as (
        select
            account_id,
            company_id,
            span,
            min(observed_at) as observed_from,
            any_value(voice) as voice,
            any_value(is_certain) as is_certain,
            any_value(origin) as origin,
            -- the last label of a span was judged from most evidence
            arg_max(probability, observed_at) as probability,
            {% for voice in var("judged_voices") %}
                arg_max(probability_{{ voice }}, observed_at) as probability_{{ voice }}
                {%- if not loop.last %},{% endif %}
            {% endfor %}
        from numbered
        group by account_id, company_id, span
    ),
    final as (
        select
            * exclude (span),
            case
                when span > 1
                then observed_from
                -- what was given holds for all time, what was inferred for a while
                -- before it was seen
                when is_certain
                then timestamptz '1900-01-01 00:00:00+00'
                else observed_from - interval '{{ var("backdating_days") }} days'
            end as valid_from,
            lead(observed_from) over (
                partition by account_id, company_id order by span
            ) as valid_to,
            span = 1 and not is_certain as is_backdated
        from spans
    )
select *
from final
