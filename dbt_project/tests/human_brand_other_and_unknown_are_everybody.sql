-- The four sides together are all posts: nobody is counted twice, nobody is lost.
select company_id, count(*) as count_posts
from {{ ref("fct_posts") }}
group by company_id
having
    count(*)
    <> count(*) filter (where side = 'human')
    + count(*) filter (where side = 'brand')
    + count(*) filter (where side = 'other')
    + count(*) filter (where side = 'unknown')
