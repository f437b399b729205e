{# The grain of a model, as a test: no two rows share `columns`. #}
{% test one_row_per(model, columns) %}
    select {{ columns | join(", ") }}, count(*) as count_rows
    from {{ model }}
    group by {{ columns | join(", ") }}
    having count(*) > 1
{% endtest %}
