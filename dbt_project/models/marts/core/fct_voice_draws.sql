-- grain: one row per company x account x span, with one redraw of its voice per
-- replicate (a bit each)
-- Labels are probabilities: in each replicate the account gets a voice drawn from
-- them, the same in all weeks. It depends on the account and the replicate only.
-- Certain labels never change; `unknown` stays unknown: it is never shared out.
with
    used as (
        select company_id, account_id, span_from
        from {{ ref("fct_posts") }}
        where span_from is not null
        union
        select company_id, addressee_id, addressee_span_from
        from {{ ref("fct_exchanges") }}
        where addressee_span_from is not null
    ),
    spans as (
        select
            used.*,
            accounts.seed,
            spans.voice,
            voices.side,
            spans.is_certain or spans.voice = 'unknown' as is_fixed,
            spans.probability_brand as upto_brand,
            upto_brand
            + spans.probability_employee
            + spans.probability_former_employee
            + spans.probability_person as upto_human,
            upto_human + spans.probability_organisation + spans.probability_bot as total
        from used
        join
            {{ ref("int_speaker_spans") }} as spans
            on spans.company_id = used.company_id
            and spans.account_id = used.account_id
            and spans.valid_from = used.span_from
        join {{ ref("voices") }} as voices on voices.voice = spans.voice
        -- an official account may never have been seen; nothing is drawn for it
        left join
            {{ ref("dim_accounts") }} as accounts
            on accounts.account_id = used.account_id
    ),
    fixed as (
        select
            company_id,
            account_id,
            span_from,
            if(side = 'brand', {{ all_draws() }}, {{ no_draws() }}) as brand_draws,
            if(side = 'human', {{ all_draws() }}, {{ no_draws() }}) as human_draws
        from spans
        where is_fixed or coalesce(total, 0) <= 0
    ),
    chances as (
        select
            *,
            list_transform(
                range({{ var("replicates") }}),
                lambda r:total * {{ uniform("seed", "r", "2") }}
            ) as luck
        from spans
        where not is_fixed and total > 0
    ),
    drawn as (
        select
            company_id,
            account_id,
            span_from,
            array_to_string(
                list_transform(luck, lambda u:if(u < upto_brand, '1', '0')), ''
            )::bit as brand_draws,
            array_to_string(
                list_transform(
                    luck, lambda u:if(u >= upto_brand and u < upto_human, '1', '0')
                ),
                ''
            )::bit as human_draws
        from chances
    ),
    final as (
        select *
        from fixed
        union all
        select *
        from drawn
    )
select *
from final
