-- grain: one row per post version x theme x classifier version
select post_id, content_hash, theme, probability, classifier_version
from {{ source("raw", "theme_labels") }}
