-- At any time an account has one voice towards a company.
select account_id, company_id, valid_from
from {{ ref("dim_speakers") }}
qualify
    valid_from < lag(coalesce(valid_to, timestamptz '9999-01-01 00:00:00+00')) over (
        partition by account_id, company_id order by valid_from
    )
