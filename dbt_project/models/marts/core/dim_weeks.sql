-- grain: one row per company x ISO week, from its first post to its last; weeks
-- without a post have their row
with
    weeks_spoken_in as (
        select company_id, week_start
        from {{ ref("fct_posts") }}
        union
        select company_id, week_start
        from {{ ref("int_counted_events") }}
    ),
    spoken as (
        select company_id, min(week_start) as first_week, max(week_start) as last_week
        from weeks_spoken_in
        group by company_id
    ),
    newest as (
        -- live sources: when we last looked, whether or not anybody spoke;
        -- imports: when the last post was written
        select max(known_until) as known_until
        from
            (
                select max(last_seen_at) as known_until
                from {{ ref("stg_posts") }}
                union all
                select max(observed_at)
                from {{ ref("stg_edge_counts") }}
                union all
                select max(first_fetched_at)
                from {{ ref("stg_collection_runs") }}
                where health = 'silent'
            )
    ),
    weeks as (
        -- one post with a wrong date must not make centuries of empty weeks
        select
            company_id,
            unnest(
                generate_series(
                    greatest(
                        first_week, (last_week - interval 10 years)::date
                    )::timestamp,
                    last_week::timestamp,
                    interval 1 week
                )
            )::date as week_start
        from spoken
    ),
    every_week as (
        select company_id, date_trunc('week', week_start)::date as week_start
        from weeks
        union
        select company_id, week_start
        from weeks_spoken_in
    )
select
    every_week.company_id,
    companies.company,
    companies.is_home,
    every_week.week_start,
    timezone(companies.time_zone, (every_week.week_start + interval 7 days)::timestamp)
    <= newest.known_until as is_week_complete,
    newest.known_until
from every_week
join {{ ref("dim_companies") }} as companies using (company_id)
cross join newest
