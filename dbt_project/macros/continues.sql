{# Whether the table of the last build is there with these columns, for a model that takes from it what has not changed.
   Such a model must give what it would give without: it asks by content, never by numbers of a build. #}
{% macro continues(columns) -%}
    {%- if not execute or this is none -%} {{ return(false) }} {%- endif -%}
    {%- set before = load_relation(this) -%}
    {%- if before is none -%} {{ return(false) }} {%- endif -%}
    {%- set known = (
        adapter.get_columns_in_relation(before)
        | map(attribute="name")
        | list
    ) -%}
    {{ return(columns | reject("in", known) | list | length == 0) }}
{%- endmacro %}
