-- grain: one row per account x company x span of unchanged voice (SCD 2, computed
-- from append-only labels)
select
    account_id,
    company_id,
    valid_from,
    valid_to,
    valid_to is null as is_current,
    observed_from,
    is_backdated,
    voice,
    voices.side,
    probability,
    is_certain,
    origin
from {{ ref("int_speaker_spans") }}
join {{ ref("voices") }} as voices using (voice)
