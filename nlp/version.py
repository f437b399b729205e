"""Version of the classifier: it changes whenever a rule or a weight does, so that labels can be told apart.

Year, month and number within it. Versions compare as text (in SQL too), so month and number have two digits each.
"""

CLASSIFIER_VERSION = "2026.12.31"
