-- grain: one row per company
select
    company_id, company, is_home, time_zone, headcount, headcount_on, headcount_source
from {{ ref("stg_companies") }}
