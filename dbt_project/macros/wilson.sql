{# One end (`-` or `+`) of the 95 % score interval of a share over n (Wilson 1927). #}
{% macro wilson(share, n, end) -%}
    (
        ({{ share }} + 1.92 / {{ n }})
        {{ end }}
        1.96 * sqrt(
            {{ share }} * (1 - {{ share }}) / {{ n }}
            + 0.9604 / ({{ n }} * {{ n }}::double)
        )
    )
    / (1 + 3.8416 / {{ n }})
{%- endmacro %}
