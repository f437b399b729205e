-- grain: one row per company x week x term of the closed vocabulary that anybody used
-- Everything but the persons of each term comes from published numbers.
with
    used as (
        select company_id, week_start, term, count(distinct account_id) as persons
        from {{ ref("fct_post_terms") }}
        where side in ('human', 'unknown')
        group by company_id, week_start, term
    ),
    -- withheld totals are null, and a week without its total is compared with nothing
    weeks as (
        select
            company_id,
            company,
            is_home,
            week_start,
            is_week_complete,
            count_persons as everybody
        from {{ ref("rpt_conversation_mix_weekly") }}
        where platform = 'all' and language = 'all'
    ),
    shown as (
        select
            weeks.*,
            used.term,
            used.persons < {{ var("small_group_cross") }} as is_suppressed,
            if(is_suppressed, null, used.persons) as count_persons,
            -- withheld means fewer than the threshold
            if(
                is_suppressed, {{ var("small_group_cross") - 1 }}, used.persons
            ) as at_most
        from used
        join weeks using (company_id, week_start)
        -- that there is a row tells something, too
        where not {{ still_runs() }}
    ),
    before as (
        select
            shown.company_id,
            shown.week_start,
            shown.term,
            count(weeks.everybody) as count_weeks_before,
            coalesce(
                sum(least(coalesce(earlier.at_most, 0), weeks.everybody)), 0
            )::double as c,
            coalesce(sum(weeks.everybody), 0) - c as d
        from shown
        left join
            weeks
            on weeks.company_id = shown.company_id
            and weeks.week_start < shown.week_start
            and weeks.week_start >= shown.week_start - 28
            and weeks.everybody is not null
        left join
            shown as earlier
            on earlier.company_id = weeks.company_id
            and earlier.week_start = weeks.week_start
            and earlier.term = shown.term
        group by all
    ),
    -- the 2 x 2 table: this week and before, with the term and without it
    tables as (
        select
            shown.*,
            before.count_weeks_before,
            before.c,
            before.d,
            shown.count_persons::double as a,
            shown.everybody - a as b
        from shown
        join before using (company_id, week_start, term)
    ),
    tested as (
        select
            *,
            a / nullif(a + b, 0) as share,
            c / nullif(c + d, 0) as share_before,
            if(c + d > 0, {{ g_squared() }}, null) as statistic
        from tables
    ),
    signed as (
        select *, {{ log_likelihood() }} as log_likelihood, {{ p_value() }} as p_value
        from tested
    ),
    ranked as (
        select
            *,
            row_number() over (
                partition by company_id, week_start order by p_value nulls last, term
            ) as place,
            count(p_value) over (partition by company_id, week_start) as count_tests
        from signed
    ),
    final as (
        select
            ranked.* exclude (share, share_before),
            names.name_fr,
            names.name_en,
            round(share, 4) as person_share,
            round(share_before, 4) as person_share_before,
            {{ q_value() }} as q_value,
            coalesce(q_value <= 0.05 and log_likelihood > 0, false) as is_risen
        from ranked
        join {{ ref("terms") }} as names using (term)
    )
select {{ contract() }}
from final
