-- grain: one row per company x week x theme
-- Reads published numbers only, so it can tell nothing that they do not.
with
    themes as (select * from {{ ref("rpt_themes_weekly") }} where thread_kind = 'all'),
    weekly as (
        select
            *,
            -- withheld means fewer than the threshold
            if(is_suppressed, {{ var("small_group") - 1 }}, count_persons) as at_most,
            count(*) over theme_history as count_weeks_before,
            coalesce(
                sum(
                    if(is_suppressed, {{ var("small_group") - 1 }}, count_persons)
                ) over four_before,
                0
            ) as persons_before,
            coalesce(
                sum(
                    if(is_suppressed, {{ var("small_group") - 1 }}, count_persons)
                ) over theme_history,
                0
            ) as persons_ever
        from themes
        window
            theme_history as (
                partition by company_id, theme
                order by week_start
                range between unbounded preceding and interval 1 week preceding
            ),
            four_before as (
                partition by company_id, theme
                order by
                    week_start
                    range
                    between interval 4 weeks preceding and interval 1 week preceding
            )
    ),
    -- the 2 x 2 table: this week and before, this theme and the others
    tables as (
        select
            *,
            at_most::double as a,
            sum(at_most) over week_of_company - at_most as b,
            persons_before::double as c,
            sum(persons_before) over week_of_company - persons_before as d
        from weekly
        window week_of_company as (partition by company_id, week_start)
    ),
    tested as (
        select
            *,
            a / nullif(a + b, 0) as share,
            c / nullif(c + d, 0) as share_before,
            case
                when a + b > 0 and c + d > 0 and a + c > 0 then {{ g_squared() }}
            end as statistic
        from tables
    ),
    signed as (
        select *, {{ log_likelihood() }} as log_likelihood, {{ p_value() }} as p_value
        from tested
        where not is_suppressed
    ),
    ranked as (
        select
            *,
            row_number() over (
                partition by company_id, week_start order by p_value nulls last, theme
            ) as place,
            count(p_value) over (partition by company_id, week_start) as count_tests
        from signed
    ),
    final as (
        select
            company_id,
            company,
            is_home,
            week_start,
            is_week_complete,
            theme,
            count_persons,
            round(share, 4) as person_share,
            round(share_before, 4) as person_share_before,
            round(share / nullif(share_before, 0), 2) as rise,
            log_likelihood,
            p_value,
            {{ q_value() }} as q_value,
            coalesce(q_value <= 0.05 and log_likelihood > 0, false) as is_risen,
            coalesce(q_value <= 0.05 and log_likelihood < 0, false) as is_fallen,
            count_persons > 0
            and persons_ever = 0
            and count_weeks_before >= 4 as is_first_seen
        from ranked
    )
select {{ contract() }}
from final
