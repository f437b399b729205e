-- grain: one row per source x ISO week that the silence detector judged
with final as (select * from {{ ref("stg_hearings") }})
select {{ contract() }}
from final
