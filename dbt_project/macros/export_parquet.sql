{# Writes a report as <GIRAFE_MARTS>/<model>.parquet. Every column orders the rows, so the same data gives the
   same file; an empty report is a file with columns and no rows (dbt's `external` would write one row of nulls). #}
{% macro export_parquet() -%}
    copy (select * from {{ this }} order by all)
    to '{{ env_var("GIRAFE_MARTS") | replace("'", "''") }}/{{ this.name }}.parquet' (format parquet, compression zstd)
{%- endmacro %}
