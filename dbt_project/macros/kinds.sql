{# What an exchange is, from the sides of its two ends. An organisation or a bot on one side decides whatever the
   other is; an unknown side is never shared out. #}
{% macro exchange_kind(speaker_side, addressee_side) -%}
    case
        when 'other' in ({{ speaker_side }}, {{ addressee_side }})
        then 'with_other'
        when 'unknown' in ({{ speaker_side }}, {{ addressee_side }})
        then 'unresolved'
        else {{ speaker_side }} || '_to_' || {{ addressee_side }}
    end
{%- endmacro %}

{# What a thread is, from the speakers in it. #}
{% macro thread_kind(count_speakers, has_brand, count_humans) -%}
    case
        when {{ count_speakers }} < 2
        then 'monologue'
        when {{ has_brand }} and {{ count_humans }} >= 1
        then 'brand_to_human'
        when not {{ has_brand }} and {{ count_humans }} >= 2
        then 'human_to_human'
        else 'other'
    end
{%- endmacro %}
