-- grain: one row per official account of company.toml
select company_id, platform, handle_key, account_key
from {{ source("raw", "official_accounts") }}
