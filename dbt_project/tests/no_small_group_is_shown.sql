-- No number about people stands for fewer persons than the thresholds allow,
-- and none is of a week that still runs.
select 'voices' as report, company_id, week_start
from {{ ref("rpt_voices_weekly") }}
join {{ ref("voices") }} as voices using (voice)
where
    voices.is_person
    and (
        count_accounts between 1 and {{ var("small_group") - 1 }}
        or count_accounts_with_reach between 1 and {{ var("small_group") - 1 }}
    )
union all
select 'mix', company_id, week_start
from {{ ref("rpt_conversation_mix_weekly") }}
where count_persons between 1 and {{ var("small_group") - 1 }}
union all
select 'themes', company_id, week_start
from {{ ref("rpt_themes_weekly") }}
where
    count_persons between 1 and if(
        thread_kind = 'all',
        {{ var("small_group") - 1 }},
        {{ var("small_group_cross") - 1 }}
    )
union all
select 'sentiment', company_id, week_start
from {{ ref("rpt_sentiment_weekly") }}
where count_persons between 1 and {{ var("small_group") - 1 }}
union all
select 'questions', company_id, week_start
from {{ ref("rpt_brand_questions_weekly") }}
where count_persons < {{ var("small_group_cross") }}
union all
select 'activation', company_id, month_start
from {{ ref("rpt_activation_monthly") }}
where count_active_employees between 1 and {{ var("small_group") - 1 }}
{% for report, number in [
        ("conversation_mix", "count_persons"),
        ("voices", "if(side in ('human', 'unknown'), count_posts, null)"),
        ("themes", "count_posts"),
        ("sentiment", "week_start"),
        ("brand_dialogue", "count_persons"),
        ("brand_questions", "week_start"),
        ("rising_themes", "week_start"),
        ("rising_terms", "week_start"),
        ("conversations", "week_start"),
        ("label_quality", "count_accounts"),
    ] %}
    union all
    select 'running {{ report }}', company_id, week_start
    from {{ ref("rpt_" ~ report ~ "_weekly") }}
    where {{ still_runs() }} and {{ number }} is not null
{% endfor %}
