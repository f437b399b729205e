"""Run: each stage of the path as one call, and all of them in order. The CLI and the DAGs share it.

One file is one stage, named after what it yields. What a stage needs is imported where it is used:
`girafe --help` and a DAG file must not pay for spaCy.
"""

from girafe.run.classification import classify as classify
from girafe.run.classification import classify_batch as classify_batch
from girafe.run.classification import pending_batches as pending_batches
from girafe.run.collection import collect as collect
from girafe.run.collection import has_landed as has_landed
from girafe.run.collection import import_files as import_files
from girafe.run.collection import live_http as live_http
from girafe.run.collection import planned as planned
from girafe.run.collection import queries as queries
from girafe.run.collection import recheck as recheck
from girafe.run.collection import rechecked_sources as rechecked_sources
from girafe.run.collection import seed_sample as seed_sample
from girafe.run.collection import terms_accepted as terms_accepted
from girafe.run.context import Context as Context
from girafe.run.context import Say as Say
from girafe.run.context import be_quiet as be_quiet
from girafe.run.context import sign_in as sign_in
from girafe.run.loading import load as load
from girafe.run.measurement import DBT_PROJECT as DBT_PROJECT
from girafe.run.measurement import keep_marts as keep_marts
from girafe.run.measurement import measure as measure
from girafe.run.measurement import measuring as measuring
from girafe.run.measurement import models_page as models_page
from girafe.run.order import AFTER_COLLECT as AFTER_COLLECT
from girafe.run.order import Around as Around
from girafe.run.order import Stage as Stage
from girafe.run.order import plainly as plainly
from girafe.run.order import run_stages as run_stages
from girafe.run.publication import publish as publish
from girafe.run.validation import digest as digest
from girafe.run.validation import is_measured as is_measured
from girafe.run.validation import validate_marts as validate_marts
from girafe.run.validation import validate_raw as validate_raw
