-- grain: one row per unit x company x week x language x measure x kind
select
    unit_id,
    company_id,
    week_start,
    platform,
    language,
    measure,
    kind,
    count_events,
    observed_at
from {{ source("raw", "edge_counts") }}
