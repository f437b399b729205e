-- grain: one row per company of company.toml
select
    company_id, company, is_home, time_zone, headcount, headcount_on, headcount_source
from {{ source("raw", "companies") }}
