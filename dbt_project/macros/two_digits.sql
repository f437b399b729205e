{# A sum over accounts or posts, rounded down to two digits: it moves whenever one of them is seen again, and exact
   followers of one account who joined would name it. #}
{% macro two_digits(number) -%}
    {% set unit %}
        pow(10, greatest(1, floor(log10(greatest(1, {{ number }}))) - 1))
    {% endset %}
    floor({{ number }} / {{ unit }}) * {{ unit }}
{%- endmacro %}
