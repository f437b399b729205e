-- grain: one row per source x ISO week that the silence detector judged
-- (quality/silence.py); none where nothing was judged yet
{% set file = env_var("GIRAFE_HEARING", "") | replace("'", "''") %}
select source, week as week_start, state, nullif(reason, '') as reason
{% if file %}
    from
        read_json(
            '{{ file }}',
            format = 'array',
            columns = {source:'text', week:'date', state:'text', reason:'text'}
        )
{% else %}
    from
        (
            select
                null::text as source,
                null::date as week,
                null::text as state,
                null::text as reason
        )
    where false
{% endif %}
