{# One end (`-` or `+`) of the 95 % score interval of a share over n (Wilson 1927), kept within 0..1 and
   on its side of the share: the last digit of a double may step over. z = 1.96. #}
{% macro wilson(share, n, end) -%}
    {{ "least" if end == "-" else "greatest" }} (
        {{ share }},
        greatest(
            0,
            least(
                1,
                (
                    ({{ share }} + 1.9208 / {{ n }})
                    {{ end }}
                    1.96 * sqrt(
                        {{ share }} * (1 - {{ share }}) / {{ n }}
                        + 0.9604 / ({{ n }} * {{ n }}::double)
                    )
                )
                / (1 + 3.8416 / {{ n }})
            )
        )
    )
{%- endmacro %}

{# <share>_low and <share>_high: the score interval of a share over its own denominator. #}
{% macro wilson_interval(share) -%}
    {% for name, end in [("low", "-"), ("high", "+")] %}
        case
            when {{ share }}_denominator > 0
            then round({{ wilson(share, share ~ "_denominator", end) }}, 4)
        end as {{ share }}_{{ name }}{{ "," if not loop.last }}
    {% endfor %}
{%- endmacro %}
