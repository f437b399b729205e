-- No number about people stands for fewer persons than the thresholds allow.
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
