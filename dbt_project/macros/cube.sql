{# Company x week x platform x language, and `all` of either: the columns and the sets to group by. #}
{% macro cube_columns(language) -%}
    company_id,
    week_start,
    coalesce(platform, 'all') as platform,
    coalesce({{ language }}, 'all') as language
{%- endmacro %}

{% macro cube_sets(language) -%}
    grouping sets (
        (company_id, week_start, platform, {{ language }}),
        (company_id, week_start, platform),
        (company_id, week_start, {{ language }}),
        (company_id, week_start)
    )
{%- endmacro %}
