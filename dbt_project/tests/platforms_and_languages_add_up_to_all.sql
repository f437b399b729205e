-- In every week the platforms, and the languages, add up to the row for all.
{% set numbers = [
    "count_posts",
    "conversations",
    "monologues",
    "exchanges",
    "human_to_human_share_numerator",
    "human_to_human_share_denominator",
] %}
select company_id, week_start
from {{ ref("rpt_conversation_mix_weekly") }}
group by company_id, week_start
having
    {% for number in numbers %}
        sum({{ number }}) filter (where platform <> 'all' and language = 'all')
        <> sum({{ number }}) filter (where platform = 'all' and language = 'all')
        or sum({{ number }}) filter (where platform = 'all' and language <> 'all')
        <> sum({{ number }}) filter (where platform = 'all' and language = 'all')
        {{ "or" if not loop.last }}
    {% endfor %}
