-- grain: one row per company x post x account it addresses, both voices as of the
-- time of the post
with
    spoken as (
        select
            posts.company_id,
            posts.post_id,
            posts.thread_id,
            posts.thread_language,
            posts.platform,
            posts.week_start,
            posts.created_at,
            posts.account_id as speaker_id,
            posts.span_from as speaker_span_from,
            posts.voice as speaker_voice,
            posts.side as speaker_side,
            exchanges.addressee_id,
            exchanges.made_by
        from {{ ref("fct_posts") }} as posts
        join {{ ref("int_exchanges_resolved") }} as exchanges using (post_id)
    ),
    heard as (
        select
            spoken.*,
            spans.valid_from as addressee_span_from,
            coalesce(spans.voice, 'unknown') as addressee_voice
        from spoken
        left join
            {{ ref("int_speaker_spans") }} as spans
            on spans.company_id = spoken.company_id
            and spans.account_id = spoken.addressee_id
            and spoken.created_at >= spans.valid_from
            and spoken.created_at < coalesce(spans.valid_to, timestamptz 'infinity')
    ),
    final as (
        select
            heard.*,
            voices.side as addressee_side,
            {{ exchange_kind("heard.speaker_side", "voices.side") }} as exchange_kind
        from heard
        join {{ ref("voices") }} as voices on voices.voice = heard.addressee_voice
    )
select *
from final
