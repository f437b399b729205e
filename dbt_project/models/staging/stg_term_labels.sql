-- grain: one row per post version x term x classifier version
select post_id, content_hash, term, classifier_version
from {{ source("raw", "term_labels") }}
