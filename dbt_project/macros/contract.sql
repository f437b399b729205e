{# The columns of a report, in the order and with the types of its contract in _reports.yml (in a unit test, which
   knows no contract: all). #}
{% macro contract() -%}
    {% for name, column in model.columns.items() %}
        cast(
            {{ name }} as {{ column.data_type }}
        ) as {{ name }}{{ "," if not loop.last }}
    {% else %} *
    {% endfor %}
{%- endmacro %}
