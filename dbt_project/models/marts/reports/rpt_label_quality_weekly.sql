-- grain: one row per company x week
with
    counted as (
        select
            company_id,
            week_start,
            count(*) filter (where side in ('human', 'unknown')) as persons,
            count(*) as accounts,
            count(*) filter (where side = 'unknown') as count_unknown,
            count(*) filter (where is_certain) as count_certain,
            greatest({{ var("small_group") }}, 0.05 * accounts) as step,
            count(*) filter (
                where side <> 'unknown' and not is_certain
            ) as count_judged,
            count(*) filter (where count_backdated > 0) as count_backdated_accounts,
            -- the mean of few labels is what those few are taken for
            if(
                count_judged < {{ var("small_group") }},
                null,
                1 - avg(probability) filter (where side <> 'unknown' and not is_certain)
            ) as expected_error_share,
            if(
                count_backdated_accounts < {{ var("small_group") }},
                0,
                sum(count_backdated) / sum(count_posts)
            ) as backdated_share
        from {{ ref("fct_speakers_weekly") }}
        group by all
    ),
    final as (
        select
            weeks.*,
            {{ still_runs() }}
            or coalesce(counted.persons, 0)
            between 1 and {{ var("small_group") - 1 }} as is_suppressed,
            if(is_suppressed, null, coalesce(counted.persons, 0)) as count_accounts,
            {% for name in ["unknown", "certain"] %}
                -- an exact share of a known number is a count, and 0.05 of twenty
                -- accounts is one: no step is smaller than a small group
                case
                    when not is_suppressed
                    then
                        if(
                            counted.count_{{ name }} < {{ var("small_group") }},
                            0,
                            least(
                                1,
                                round(counted.count_{{ name }} / counted.step)
                                * counted.step
                                / counted.accounts
                            )
                        )
                end as {{ name }}_share,
            {% endfor %}
            {% for name in ["expected_error_share", "backdated_share"] %}
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
