-- Every exchange begins at a post that counts for the same company, and nobody
-- addresses himself.
select exchanges.company_id, exchanges.post_id
from {{ ref("fct_exchanges") }} as exchanges
left join {{ ref("fct_posts") }} as posts using (company_id, post_id)
where posts.post_id is null or exchanges.addressee_id = exchanges.speaker_id
