{# The schema is the layer: `core.fct_posts`, not `main_core.fct_posts`. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
