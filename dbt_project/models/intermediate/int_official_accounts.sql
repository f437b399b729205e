-- grain: one row per company x official account of any company, with the voice it has
-- towards that company
with
    official as (select * from {{ ref("stg_official_accounts") }}),
    keys as (select * from {{ ref("int_account_keys") }}),
    companies as (select * from {{ ref("stg_companies") }}),
    accounts as (
        select
            official.company_id,
            coalesce(keys.account_id, official.handle_key) as account_id
        from official
        left join keys on keys.alias_id = official.handle_key
        union
        select company_id, account_key
        from official
        where account_key is not null
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
        where accounts.account_id is not null
        group by companies.company_id, accounts.account_id
    )
select *
from final
