"""Wiring: what every DAG shares. One file says one thing: assets, pools, forms, keys, patience, notices, models.

Imported by dags/ only. It asks the clock, as girafe/cli does; the stages never do.
"""

from girafe.wiring.assets import EVALUATED as EVALUATED
from girafe.wiring.assets import LANDED as LANDED
from girafe.wiring.assets import LOADED as LOADED
from girafe.wiring.assets import MEASURED as MEASURED
from girafe.wiring.assets import RELEASED as RELEASED
from girafe.wiring.assets import announce as announce
from girafe.wiring.assets import announce_landed as announce_landed
from girafe.wiring.forms import BEGINNING as BEGINNING
from girafe.wiring.forms import TIME_ZONE as TIME_ZONE
from girafe.wiring.forms import day as day
from girafe.wiring.forms import form as form
from girafe.wiring.forms import here as here
from girafe.wiring.forms import line as line
from girafe.wiring.forms import now as now
from girafe.wiring.forms import param as param
from girafe.wiring.forms import skip_unless as skip_unless
from girafe.wiring.forms import window as window
from girafe.wiring.notices import deliver_digest as deliver_digest
from girafe.wiring.patience import patient as patient
from girafe.wiring.patience import within as within
from girafe.wiring.pools import ANYWHERE as ANYWHERE
from girafe.wiring.pools import CLASSIFIERS as CLASSIFIERS
from girafe.wiring.pools import DUCKDB_WRITER as DUCKDB_WRITER
from girafe.wiring.pools import classifiers as classifiers
from girafe.wiring.pools import platform_pool as platform_pool
