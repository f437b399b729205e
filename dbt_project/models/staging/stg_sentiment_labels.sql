-- grain: one row per post version x classifier version
select post_id, content_hash, sentiment, probability, classifier_version
from {{ source("raw", "sentiment_labels") }}
