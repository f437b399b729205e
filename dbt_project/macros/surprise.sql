{# A term of G-squared (Dunning 1993): observed x ln(observed / expected), from the sums of its row and column. #}
{% macro surprise(observed, row_sum, column_sum) -%}
    if(
        {{ observed }} > 0,
        {{ observed }}
        * ln({{ observed }} * (a + b + c + d) / (({{ row_sum }}) * ({{ column_sum }}))),
        0
    )
{%- endmacro %}

{# P(chi-squared with 1 degree of freedom > x) = erfc(sqrt(x / 2)), to 1.5e-7 (Abramowitz and Stegun 7.1.26). #}
{% macro chi_squared_tail(x) -%}
    {% set t = "(1 / (1 + 0.3275911 * sqrt(" ~ x ~ " / 2)))" %}
    {{ t }} * (
        0.254829592
        + {{ t }}
        * (
            -0.284496736
            + {{ t }} * (1.421413741 + {{ t }} * (-1.453152027 + {{ t }} * 1.061405429))
        )
    )
    * exp(- ({{ x }}) / 2)
{%- endmacro %}

{# G-squared of the 2 x 2 table a, b, c, d. #}
{% macro g_squared() -%}
    2 * (
        {{ surprise("a", "a + b", "a + c") }}
        + {{ surprise("b", "a + b", "b + d") }}
        + {{ surprise("c", "c + d", "a + c") }}
        + {{ surprise("d", "c + d", "b + d") }}
    )
{%- endmacro %}

{# `statistic` with the sign of the change from `share_before` to `share`. greatest skips nulls: what cannot be compared,
   or is withheld, has no statistic, not one of 0, and is no test among those the q-value counts. #}
{% macro log_likelihood() -%}
    case
        when statistic is not null
        then round(if(share < share_before, -1, 1) * greatest(statistic, 0), 4)
    end
{%- endmacro %}

{# How likely chance alone makes `statistic` as large; null where there is none, as above. #}
{% macro p_value() -%}
    case
        when statistic is not null
        then round({{ chi_squared_tail("greatest(statistic, 0)") }}, 6)
    end
{%- endmacro %}

{# What `p_value` is worth among the `count_tests` of its company and week, of which it is the `place`th smallest
   (Benjamini and Hochberg 1995); least skips nulls. #}
{% macro q_value() -%}
    if(
        p_value is null,
        null,
        least(
            1,
            min(p_value * count_tests / place) over (
                partition by company_id, week_start
                order by place
                rows between current row and unbounded following
            )
        )
    )
{%- endmacro %}
