{# A number in (0, 1) that looks random and is the same whenever it is asked for. #}
{% macro uniform(key, replicate, purpose) -%}
    ((hash({{ key }}, {{ replicate }}, {{ purpose }}) >> 11)::double + 0.5)
    / 9007199254740992
{%- endmacro %}

{# The 95 % interval around a published number: the hull of the percentile interval of its replicates and of the same
   interval mirrored at the number. The first is right if label probabilities are well calibrated, the second if they
   tell the error rate of the labels; a reader need not know which. (docs/method.md) #}
{% macro interval_low(point, low, high, floor) -%}
    {# rounded, an end that touches the number could leave it outside #}
    least(
        {{ point }},
        round(
            greatest(
                {{ floor }},
                least({{ point }}, {{ low }}, 2 * {{ point }} - ({{ high }}))
            ),
            4
        )
    )
{%- endmacro %}

{% macro interval_high(point, low, high, ceiling) -%}
    greatest(
        {{ point }},
        round(
            least(
                {{ ceiling }},
                greatest({{ point }}, {{ high }}, 2 * {{ point }} - ({{ low }}))
            ),
            4
        )
    )
{%- endmacro %}

{# The weight of half a pseudo-conversation in a replicate: Gamma(1/2), as half a squared normal (Box and Muller). #}
{% macro half_a_conversation(replicate, purpose) -%}
    - ln(
        {{
            uniform(
                "concat_ws('|', company_id, week_start)",
                replicate,
                purpose,
            )
        }}
    )
    * pow(
        cos(
            2
            * pi()
            * {{
                uniform(
                    "concat_ws('|', week_start, company_id)",
                    replicate,
                    purpose,
                )
            }}
        ),
        2
    )
{%- endmacro %}

{# One bit per replicate, all 0. #}
{% macro no_draws() -%} repeat('0', {{ var("replicates") }})::bit {%- endmacro %}

{# One bit per replicate, all 1. #}
{% macro all_draws() -%} repeat('1', {{ var("replicates") }})::bit {%- endmacro %}

{# <name>_low and <name>_high around `name`, from the quantiles of the replicates of `replicated`. #}
{% macro interval(name, replicated, floor) -%}
    {% set low, high = replicated ~ "_tail_low", replicated ~ "_tail_high" %}
    {# without a number, or without replicates of it, there is no interval; least and greatest skip nulls #}
    case
        when {{ name }} is not null and {{ low }} is not null
        then {{ interval_low(name, low, high, floor) }}
    end as {{ name }}_low,
    case
        when {{ name }} is not null and {{ low }} is not null
        then {{ interval_high(name, low, high, 1) }}
    end as {{ name }}_high
{%- endmacro %}

{# What is left of a share as `other`, and its interval: one less the ends of the first, the other way round. #}
{% macro share_left(name, other) -%}
    1 - {{ name }} as {{ other }},
    case
        when {{ name }}_high is not null
        then least({{ other }}, round(1 - {{ name }}_high, 4))
    end as {{ other }}_low,
    case
        when {{ name }}_low is not null
        then greatest({{ other }}, round(1 - {{ name }}_low, 4))
    end as {{ other }}_high
{%- endmacro %}
