-- grain: one row per platform x source x day (UTC)
with
    runs as (
        select *, coalesce(last_fetched_at, first_fetched_at)::date as day
        from {{ ref("stg_collection_runs") }}
    ),
    delays as (
        select
            platform,
            first_seen_at::date as day,
            median(
                date_diff('second', created_at, first_seen_at) / 60.0
            ) as delay_minutes_median
        from {{ ref("int_posts_latest") }}
        group by all
    ),
    counted as (
        select
            platform,
            source,
            day,
            count(*) as count_runs,
            sum(count_payloads) as count_payloads,
            sum(count_posts) as count_posts,
            sum(count_quarantined) as count_quarantined,
            sum(count_opted_out) as count_opted_out,
            count(*) filter (where health = 'blind') as count_blind_runs,
            -- blind, then silent, then heard
            min_by(
                health, ['blind', 'silent', 'heard'].list_position(health)
            ) as health,
            string_agg(
                distinct nullif(health_detail, ''),
                ' '
                order by nullif(health_detail, '')
            ) as health_detail,
            -- mute, then refused, then heard
            min_by(canary, ['mute', 'refused', 'heard'].list_position(canary)) filter (
                where canary is not null
            ) as canary,
            sum(count_posts_expected) as count_posts_expected,
            string_agg(distinct limits, ' ' order by limits) as limits
        from runs
        where day is not null and source is not null
        group by all
    ),
    final as (
        select
            counted.* replace (
                -- a count of persons like any other, and the newest day still runs
                if(
                    counted.day = max(counted.day) over ()
                    or count_opted_out between 1 and {{ var("small_group") - 1 }},
                    null,
                    count_opted_out
                ) as count_opted_out
            ),
            -- records of older imports did not count what was refused among what came
            count_quarantined / nullif(
                greatest(count_payloads, count_quarantined), 0
            ) as quarantine_share,
            round(delays.delay_minutes_median, 1) as delay_minutes_median
        from counted
        left join delays using (platform, day)
    )
select {{ contract() }}
from final
