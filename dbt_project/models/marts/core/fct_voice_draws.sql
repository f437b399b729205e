-- grain: one row per company x account x span, with one redraw of its voice per
-- replicate (a bit each)
-- Labels are probabilities: in each replicate the account gets a voice drawn from
-- them, the same in all weeks. It depends on the account and the replicate only.
-- Certain labels never change; `unknown` stays unknown: it is never shared out.
-- The same luck and the same chances give the same draws, so those of the last build
-- are taken where they are known (docs/decisions/0093).
{% set luck = uniform("seed", "r", "2") %}
{% set recipe = local_md5(luck ~ var("replicates")) %}
{% set chances = ["seed", "upto_brand", "upto_human", "total"] %}
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
            true as is_fixed,
            null as seed,
            null as upto_brand,
            null as upto_human,
            null as total,
            if(side = 'brand', {{ all_draws() }}, {{ no_draws() }}) as brand_draws,
            if(side = 'human', {{ all_draws() }}, {{ no_draws() }}) as human_draws
        from spans
        where is_fixed or coalesce(total, 0) <= 0
    ),
    open as (select * from spans where not is_fixed and total > 0),
    known as (
        {% if continues(chances + ["recipe", "brand_draws", "human_draws"]) %}
            select
                {{ chances | join(", ") }},
                any_value(brand_draws) as brand_draws,
                any_value(human_draws) as human_draws
            from {{ this }}
            where not is_fixed and recipe = '{{ recipe }}' || version()
            group by {{ chances | join(", ") }}
        {% else %}
            select
                {{ chances | join(", ") }},
                {{ no_draws() }} as brand_draws,
                {{ no_draws() }} as human_draws
            from open
            where false
        {% endif %}
    ),
    drawn as (
        select
            company_id,
            account_id,
            span_from,
            {{ chances | join(", ") }},
            array_to_string(
                list_transform(luck, lambda u:if(u < upto_brand, '1', '0')), ''
            )::bit as brand_draws,
            array_to_string(
                list_transform(
                    luck, lambda u:if(u >= upto_brand and u < upto_human, '1', '0')
                ),
                ''
            )::bit as human_draws
        from
            (
                select
                    *,
                    list_transform(
                        range({{ var("replicates") }}), lambda r:total * {{ luck }}
                    ) as luck
                from open
                anti join known using ({{ chances | join(", ") }})
            )
    ),
    final as (
        select *
        from fixed
        union all by name
        select
            open.company_id,
            open.account_id,
            open.span_from,
            false as is_fixed,
            {% for name in chances %} open.{{ name }}, {% endfor %}
            known.brand_draws,
            known.human_draws
        from open
        join known using ({{ chances | join(", ") }})
        union all by name
        select *, false as is_fixed
        from drawn
    )
select *, '{{ recipe }}' || version() as recipe
from final
