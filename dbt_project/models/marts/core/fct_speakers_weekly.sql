-- grain: one row per company x week x account that spoke, with the voice of its last
-- post
with
    speakers as (
        select
            company_id,
            week_start,
            account_id,
            arg_max(
                struct_pack(
                    platform := platform,
                    voice := voice,
                    side := side,
                    is_certain := is_certain,
                    probability := probability
                ),
                (created_at, post_id)
            ) as newest,
            count(*) as count_posts,
            sum(count_reactions)::bigint as count_reactions,
            count(*) filter (where is_backdated) as count_backdated
        from {{ ref("fct_posts") }}
        group by company_id, week_start, account_id
    )
select
    company_id,
    week_start,
    account_id,
    newest.platform,
    newest.voice,
    newest.side,
    newest.is_certain,
    newest.probability,
    count_posts,
    count_reactions,
    count_backdated
from speakers
