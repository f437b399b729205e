-- grain: one row per event (thread, post, exchange) of which nothing but its count is
-- kept (docs/decisions/0013)
with
    -- the newest observation of a unit replaces all of it, `nothing` too
    newest as (
        select *
        from {{ ref("stg_edge_counts") }}
        qualify observed_at = max(observed_at) over (partition by unit_id)
    ),
    final as (
        select
            unit_id,
            company_id,
            week_start,
            platform,
            language,
            measure,
            if(kind = 'unresolved' and measure = 'thread', 'other', kind) as kind,
            kind = 'unresolved' as is_unresolved,
            unnest(range(count_events)) as number
        from newest
        where company_id in (select company_id from {{ ref("stg_companies") }})
    )
select *
from final
