-- grain: one row per company x week x theme of a question to the brand
with
    counted as (
        select
            questions.company_id,
            questions.week_start,
            themes.theme,
            count(distinct questions.speaker_id) as persons,
            count(*) as count_questions,
            {% for outcome in ["answered", "unanswered", "waiting"] %}
                count(*) filter (
                    where questions.outcome = '{{ outcome }}'
                ) as count_questions_{{ outcome }}{{ "," if not loop.last }}
            {% endfor %}
        from {{ ref("fct_brand_requests") }} as questions
        join {{ ref("fct_post_themes") }} as themes using (company_id, post_id)
        where questions.is_question
        group by all
    ),
    final as (
        select
            weeks.*,
            counted.theme,
            counted.persons < {{ var("small_group_cross") }} as is_suppressed,
            if(is_suppressed, null, counted.persons) as count_persons,
            {% for name in [
                "questions",
                "questions_answered",
                "questions_unanswered",
                "questions_waiting",
            ] %}
                if(
                    is_suppressed, null, counted.count_{{ name }}
                ) as count_{{ name }}{{ "," if not loop.last }}
            {% endfor %}
        from counted
        join {{ ref("dim_weeks") }} as weeks using (company_id, week_start)
        -- that there is a row tells something, too
        where not {{ still_runs() }}
    )
select {{ contract() }}
from final
