"""Version of the classifier: it changes whenever a rule or a weight does, so that labels can be told apart.

Versions compare as text, so the parts keep their widths.
"""

CLASSIFIER_VERSION = "2026.12.4"
