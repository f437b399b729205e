-- grain: one row per account x company x time its label changed, by the newest
-- classifier
-- Precedence: configured (official accounts) > given > inferred.
with
    labels as (select * from {{ ref("stg_speaker_labels") }}),
    keys as (select * from {{ ref("int_account_keys") }}),
    official as (select * from {{ ref("int_official_accounts") }}),
    resolved as (
        select labels.* exclude (account_id, evidence), keys.account_id
        from labels
        join keys on keys.account_key = labels.account_id
    ),
    -- one person under a handle and under an id has two histories; the surer label of
    -- a moment wins
    merged as (
        select *
        from resolved
        qualify
            row_number() over (
                partition by account_id, company_id, observed_at
                order by
                    is_certain desc, classifier_version desc, probability desc, voice
            )
            = 1
    ),
    kept as (
        select merged.*
        from merged
        left join official using (account_id, company_id)
        where official.account_id is null
        qualify
            is_certain = bool_or(is_certain) over (partition by account_id, company_id)
            and (
                is_certain
                or classifier_version
                = max(classifier_version) over (partition by account_id, company_id)
            )
    ),
    final as (
        select
            account_id,
            company_id,
            observed_at,
            voice,
            probability,
            {% for voice in var("judged_voices") %}
                probability_{{ voice }},
            {% endfor %}
            is_certain,
            case when is_certain then 'given' else 'inferred' end as origin
        from kept
        union all
        select
            account_id,
            company_id,
            timestamptz '1900-01-01 00:00:00+00',
            voice,
            1.0,
            {% for voice in var("judged_voices") %}
                (voice = '{{ voice }}')::int::double,
            {% endfor %}
            true,
            'configured'
        from official
    )
select *
from final
