-- grain: one row per theme: those of the seed, and any other a classifier has used
select coalesce(themes.theme, labels.theme) as theme, themes.name_fr, themes.name_en
from {{ ref("themes") }} as themes
full join
    (select distinct theme from {{ ref("stg_theme_labels") }}) as labels using (theme)
