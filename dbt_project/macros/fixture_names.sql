{# In unit tests posts, accounts and threads have names, though their models know numbers: a name stands for the number
   that its first seven letters spell (base 256), so the order of names is that of their numbers. dbt casts every value
   of a fixture with safe_cast; nothing else here does. #}
{% macro duckdb__safe_cast(field, type) -%}
    {%- if type | lower == "bigint" and field is string and field.startswith("'") -%}
        ('0x' || hex(rpad({{ field }}, 7, ' ')[:7]))::bigint
    {%- else -%} cast({{ field }} as {{ type }})
    {%- endif -%}
{%- endmacro %}
