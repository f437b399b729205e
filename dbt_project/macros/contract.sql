{# The columns of a report, in the order and with the types of its contract in _reports.yml. #}
{% macro contract() -%}
    {% for name, column in model.columns.items() %}
        cast(
            {{ name }} as {{ column.data_type }}
        ) as {{ name }}{{ "," if not loop.last }}
    {% endfor %}
{%- endmacro %}
