-- grain: one row per company x week x platform x language x conversations or
-- exchanges, with the sum of weights in each replicate
-- In each replicate the conversations are weighted anew (Bayesian bootstrap: Rubin
-- 1981). A weight is a multiple of 2^-26, so a sum below 2^27 is exact in any order: a
-- sum of the last build, less what is gone and more what is new, is what a build from
-- nothing gives. A sum says what it was made from; where that is not what the last
-- build left, the cell is summed anew (docs/decisions/0093).
{% set cell = ["company_id", "week_start", "platform", "language", "is_conversation"] %}
{% set cells = cell | join(", ") %}
{% set weight %}
    round(- ln({{ uniform("seed", "REPLICATE", "1") }}) * 67108864) / 67108864 * size
{% endset %}
{% set recipe = local_md5(weight ~ var("replicates")) %}
with
    units as (select * from {{ ref("fct_share_units") }}),
    counted as (
        select
            {{ cells }},
            sum(fingerprint) filter (where change <= 0) as fingerprint_before,
            sum(fingerprint) filter (where change >= 0) as fingerprint,
            count(*) filter (where change >= 0) as count_units,
            count(*) filter (where change <> 0) as count_changes
        from units
        group by {{ cells }}
    ),
    known as (
        {% if continues(cell + ["fingerprint", "recipe", "human", "brand"]) %}
            select {{ cells }}, before.human, before.brand
            from {{ this }} as before
            join counted using ({{ cells }})
            where
                before.fingerprint = counted.fingerprint_before
                and before.recipe = '{{ recipe }}' || version()
                and counted.count_changes < counted.count_units
        {% else %}
            select {{ cells }}, []::double[] as human, []::double[] as brand
            from counted
            where false
        {% endif %}
    ),
    to_weigh as (
        select units.* replace (units.size * units.change as size)
        from units
        semi join known using ({{ cells }})
        where units.change <> 0
        union all
        select units.*
        from units
        anti join known using ({{ cells }})
        where units.change >= 0
    ),
    -- a column per replicate: a row per unit and replicate would be read, hashed and
    -- thrown away again
    weighted as (
        select
            *,
            {% for r in range(var("replicates")) %}
                -- one weight per thread and replicate: its exchanges stay together
                {{ weight | replace("REPLICATE", r ~ "::bigint") }} as weight_{{ r }}
                {%- if not loop.last %},{% endif %}
            {% endfor %}
        from to_weigh
    ),
    sums as (
        select
            {{ cells }},
            {% for name, side in [
                ("human", "human_to_human"),
                ("brand", "with_brand"),
            ] %}
                [
                    {% for r in range(var("replicates")) %}
                        sum(weight_{{ r }} * get_bit({{ side }}, {{ r }}))
                        {%- if not loop.last %},{% endif %}
                    {% endfor %}
                ] as {{ name }}
                {%- if not loop.last %},{% endif %}
            {% endfor %}
        from weighted
        group by {{ cells }}
    ),
    final as (
        select
            {{ cells }},
            counted.fingerprint,
            '{{ recipe }}' || version() as recipe,
            {% for name in ["human", "brand"] %}
                case
                    when known.{{ name }} is null
                    then sums.{{ name }}
                    when sums.{{ name }} is null
                    then known.{{ name }}
                    else
                        list_transform(
                            list_zip(known.{{ name }}, sums.{{ name }}),
                            lambda pair:pair[1] + pair[2]
                        )
                end as {{ name }}
                {%- if not loop.last %},{% endif %}
            {% endfor %}
        from counted
        left join known using ({{ cells }})
        left join sums using ({{ cells }})
        where counted.count_units > 0
    )
select *
from final
