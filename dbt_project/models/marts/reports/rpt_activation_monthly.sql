-- grain: one row per company x month
with
    companies as (select * from {{ ref("dim_companies") }}),
    weeks as (select * from {{ ref("dim_weeks") }}),
    newest as (select max(known_until) as known_until from weeks),
    months as (
        select
            company_id,
            unnest(
                generate_series(
                    greatest(
                        min(month_start), (max(month_start) - interval 10 years)::date
                    )::timestamp,
                    max(month_start)::timestamp,
                    interval 1 month
                )
            )::date as month_start
        from {{ ref("fct_posts") }}
        group by company_id
    ),
    speakers as (
        select
            posts.company_id,
            posts.month_start,
            posts.account_id,
            bool_or(posts.voice = 'employee') as is_employee,
            -- `unknown` is never shared out, and a certain label is certain
            max(
                case
                    when posts.voice = 'unknown'
                    then 0
                    when spans.is_certain
                    then (posts.voice = 'employee')::int
                    else spans.probability_employee
                end
            ) as chance
        from {{ ref("fct_posts") }} as posts
        -- a week that runs would tell day by day who joined
        join
            weeks
            on weeks.company_id = posts.company_id
            and weeks.week_start = posts.week_start
            and not {{ still_runs() }}
        left join
            {{ ref("int_speaker_spans") }} as spans
            on spans.company_id = posts.company_id
            and spans.account_id = posts.account_id
            and spans.valid_from = posts.span_from
        group by all
    ),
    counted as (
        select
            company_id,
            month_start,
            count(*) filter (where is_employee) as employees,
            -- a sum of independent yes-or-no draws: its mean and its spread
            sum(chance) as expected,
            1.96 * sqrt(sum(chance * (1 - chance))) as spread
        from speakers
        group by all
    ),
    measured as (
        select
            companies.*,
            months.month_start,
            -- its last week is over, too
            timezone(
                companies.time_zone,
                date_trunc(
                    'week', months.month_start + interval 1 month - interval 1 day
                )
                + interval 7 days
            )
            <= newest.known_until as is_month_complete,
            -- in a month in which nobody spoke, too: its interval is that of nobody
            coalesce(counted.employees, 0) as active,
            active
            between if(is_month_complete, 1, 0) and {{ var("small_group") - 1 }}
            as is_suppressed,
            floor(
                {{
                    interval_low(
                        "active", "expected - spread", "expected + spread", 0
                    )
                }}
            ) as low,
            ceil(
                {{
                    interval_high(
                        "active", "expected - spread", "expected + spread", 1e12
                    )
                }}
            ) as high
        from months
        join companies using (company_id)
        cross join newest
        left join counted using (company_id, month_start)
    ),
    -- a month that runs grows with each week:
    -- without steps, two releases tell who joined
    stepped as (
        select
            * replace (
                floor(active / step)::bigint * step as active,
                floor(low / step) * step as low,
                ceil(high / step) * step as high
            )
        from
            (
                select *, if(is_month_complete, 1, {{ var("small_group") }}) as step
                from measured
            )
    ),
    final as (
        select
            *,
            headcount is not null and not is_suppressed as is_computable,
            if(is_suppressed, null, active) as count_active_employees,
            if(is_suppressed, null, coalesce(low, 0)) as count_active_employees_low,
            if(is_suppressed, null, coalesce(high, 0)) as count_active_employees_high,
            -- not rounded, so that the share lies within its interval; at most 1, as a
            -- headcount may be out of date. Without a number least would give 1
            case
                when is_computable then least(1, count_active_employees / headcount)
            end as activation_share,
            case
                when is_computable then least(1, count_active_employees_low / headcount)
            end as activation_share_low,
            case
                when is_computable
                then least(1, count_active_employees_high / headcount)
            end as activation_share_high,
            {% for name in [
                "professional_low",
                "professional_high",
                "personal",
                "linkedin",
            ] %}
                (
                    select value
                    from {{ ref("benchmarks") }}
                    where benchmark = '{{ name }}'
                ) as benchmark_{{ name }}{{ "," if not loop.last }}
            {% endfor %}
        from stepped
    )
select {{ contract() }}
from final
