-- grain: one row per company x week x platform (and all) x voice
with
    weeks as (select * from {{ ref("dim_weeks") }}),
    -- an account counts once a week, so that voices add up
    speakers as (select * from {{ ref("fct_speakers_weekly") }}),
    exchanges as (
        select
            company_id,
            week_start,
            speaker_id as account_id,
            count(*) as count_exchanges
        from {{ ref("fct_exchanges") }}
        group by company_id, week_start, speaker_id
    ),
    counted as (
        select
            speakers.company_id,
            speakers.week_start,
            coalesce(speakers.platform, 'all') as platform,
            speakers.voice,
            count(*) as count_accounts,
            sum(speakers.count_posts) as count_posts,
            sum(speakers.count_reactions) as count_reactions,
            sum(exchanges.count_exchanges) as count_exchanges,
            sum(accounts.followers) as reach,
            max(accounts.followers) as largest_reach,
            count(accounts.followers) as count_accounts_with_reach
        from speakers
        left join exchanges using (company_id, week_start, account_id)
        left join {{ ref("dim_accounts") }} as accounts using (account_id)
        group by
            grouping sets (
                (
                    speakers.company_id,
                    speakers.week_start,
                    speakers.platform,
                    speakers.voice
                ),
                (speakers.company_id, speakers.week_start, speakers.voice)
            )
    ),
    platforms as (
        select company_id, platform
        from {{ ref("fct_posts") }}
        union
        select company_id, 'all'
        from weeks
    ),
    grid as (
        select
            weeks.*,
            platforms.platform,
            voices.voice,
            voices.side,
            voices.is_person,
            coalesce(counted.count_accounts, 0) as count_accounts,
            coalesce(counted.count_posts, 0) as count_posts,
            coalesce(counted.count_exchanges, 0) as count_exchanges,
            coalesce(counted.count_reactions, 0) as count_reactions,
            counted.reach,
            counted.largest_reach,
            coalesce(counted.count_accounts_with_reach, 0) as count_accounts_with_reach
        from weeks
        join platforms using (company_id)
        cross join {{ ref("voices") }} as voices
        left join
            counted
            on counted.company_id = weeks.company_id
            and counted.week_start = weeks.week_start
            and counted.platform = platforms.platform
            and counted.voice = voices.voice
    ),
    measured as (
        select
            *,
            if(is_person, count_accounts, 0) as persons,
            if(platform = 'all', 'voices', 'cross') as section,
            sum(persons) filter (where platform = 'all') over (
                partition by company_id, week_start
            ) as margin_persons,
            count_accounts / nullif(
                sum(count_accounts) over (
                    partition by company_id, week_start, platform
                ),
                0
            ) as share_of_all
        from grid
    ),
    protected as (
        {{
            protect(
                "measured",
                ["company_id", "week_start"],
                ties="platform, voice",
                about_people="is_person",
                last_resort="voice = 'employee'",
            )
        }}
    ),
    reaching as (
        select
            *,
            -- what few accounts have, or mostly one, tells how large those are; and
            -- what one platform withholds, the others must not leave over
            bool_or(
                is_suppressed
                or (
                    is_person
                    and (
                        largest_reach >= 0.8 * reach
                        or count_accounts_with_reach between 1 and if(
                            platform = 'all',
                            {{ var("small_group") }},
                            {{ var("small_group_cross") }}
                        )
                        - 1
                    )
                )
            ) over (partition by company_id, week_start, voice, platform = 'all')
            as is_reach_withheld
        from protected
    ),
    final as (
        select
            * replace (
                if(is_suppressed, null, count_accounts) as count_accounts,
                if(is_suppressed, null, count_posts) as count_posts,
                if(is_suppressed, null, count_exchanges) as count_exchanges,
                case
                    when not is_suppressed
                    then
                        if(
                            is_person,
                            {{ two_digits("count_reactions") }},
                            count_reactions
                        )
                end as count_reactions,
                case
                    when not is_reach_withheld
                    then if(is_person, {{ two_digits("reach") }}, reach)
                end as reach,
                if(
                    is_reach_withheld, null, count_accounts_with_reach
                ) as count_accounts_with_reach
            ),
            if(
                bool_or(is_suppressed) over (
                    partition by company_id, week_start, platform
                ),
                null,
                share_of_all
            ) as account_share
        from reaching
    )
select {{ contract() }}
from final
