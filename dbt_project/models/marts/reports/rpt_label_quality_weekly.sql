-- grain: one row per company x week
with
    counted as (
        select
            company_id,
            week_start,
            count(*) filter (where side in ('human', 'unknown')) as persons,
            avg((side = 'unknown')::int) as unknown_share,
            avg(is_certain::int) as certain_share,
            1 - avg(probability) filter (
                where side <> 'unknown' and not is_certain
            ) as expected_error_share,
            sum(count_backdated) / sum(count_posts) as backdated_share
        from {{ ref("fct_speakers_weekly") }}
        group by all
    ),
    final as (
        select
            weeks.*,
            coalesce(counted.persons, 0)
            between 1 and {{ var("small_group") - 1 }} as is_suppressed,
            if(is_suppressed, null, coalesce(counted.persons, 0)) as count_accounts,
            {% for name in [
                "unknown_share",
                "certain_share",
                "expected_error_share",
                "backdated_share",
            ] %}
                -- in steps of 0.05: an exact share of a known number is a count
                if(
                    is_suppressed, null, round(counted.{{ name }} * 20) / 20
                ) as {{ name }}{{ "," if not loop.last }}
            {% endfor %}
        from {{ ref("dim_weeks") }} as weeks
        left join counted using (company_id, week_start)
    )
select {{ contract() }}
from final
