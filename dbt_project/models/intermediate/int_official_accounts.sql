-- grain: one row per company x official account of any company, with the voice it has
-- towards that company
with
    official as (select * from {{ ref("stg_official_accounts") }}),
    keys as (select * from {{ ref("int_account_keys") }}),
    companies as (select * from {{ ref("stg_companies") }}),
    accounts as (
        select distinct official.company_id, keys.account_id
        from official
        join keys on keys.account_key in (official.handle_key, official.account_key)
    ),
    final as (
        select
            companies.company_id,
            accounts.account_id,
            -- the brand of another company is an organisation to this one
            case
                when bool_or(accounts.company_id = companies.company_id)
                then 'brand'
                else 'organisation'
            end as voice
        from accounts
        cross join companies
        group by companies.company_id, accounts.account_id
    )
select *
from final
