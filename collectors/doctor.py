"""Doctor: for each source, whether it is ready, what is missing and what its terms ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from collectors.contract import Source, Watch, Window, missing_secrets, unknown_options
from collectors.http import Http
from collectors.read import SHAPE_ERRORS
from collectors.registry import SOURCES
from girafe.errors import GirafeError
from girafe.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the doctor says about one source."""

    source: str
    ready: bool
    what: str
    """Whether it is ready, what is missing, and what one call said if one was made."""
    terms: str = ""
    """Where the permission to read is written, and what it asks."""
    missing: tuple[str, ...] = ()
    """Names of environment variables it needs and does not have."""

    @property
    def detail(self) -> str:
        """One sentence for people."""
        return f"{self.what}. Terms: {self.terms}" if self.terms else self.what


def examine(
    settings: Settings,
    *,
    environment: Mapping[str, str],
    http: Http | None = None,
    sources: Mapping[str, Source] = SOURCES,
) -> Iterator[Finding]:
    """Every source that can be listened to; with `http`, one cheap call to those that are ready."""
    for name, module in sorted(sources.items()):
        entry = next((entry for entry in settings.sources if entry.name == name), None)
        missing = missing_secrets(module, environment)
        if entry is None or not entry.enabled:
            what = "not in company.toml" if entry is None else "switched off in company.toml"
            needs = f" (needs {', '.join(module.SECRETS)})" if module.SECRETS else ""
            asks = "" if module.OPEN else "; to switch it on is to accept its terms"
            yield _finding(name, module, ready=False, what=f"{what}{needs}{asks}", missing=missing)
        elif misspelt := unknown_options(module, entry.options):
            yield _finding(name, module, ready=False, what=misspelt)
        elif missing:
            told = f"not in the environment: {', '.join(missing)}"
            yield _finding(name, module, ready=False, what=told, missing=missing)
        elif http is None:
            yield _finding(name, module, ready=True, what="ready")
        else:
            query = (entry.queries or settings.company.names)[0]
            yield _call(name, module, query, dict(entry.options), environment, http)
    for entry in settings.sources:
        if entry.name not in sources:
            yield Finding(
                source=entry.name,
                ready=False,
                what=f"not a source; correct the name in company.toml ({', '.join(sorted(sources))})",
            )


def _call(
    name: str,
    module: Source,
    query: str,
    options: dict[str, object],
    environment: Mapping[str, str],
    http: Http,
) -> Finding:
    """Asks the first origin for the last hour and stops at the first answer."""
    now = http.clock()
    origin = next(iter(module.origins(options)), "")
    if not origin:
        return _finding(name, module, ready=False, what="names no place to listen; add it to `options`")
    watch = Watch(query=query, origin=origin, options=options)
    try:
        bound = http.for_source(module, origin, options, environment)
        window = Window(start=now - timedelta(hours=1), end=now)
        found = next(iter(module.fetch(watch, window, bound)), None)
    except GirafeError as error:
        return _finding(name, module, ready=False, what=str(error))
    except SHAPE_ERRORS as error:
        what = f"{watch.place} answered in an unknown shape ({type(error).__name__})"
        return _finding(name, module, ready=False, what=what)
    heard = "heard something" if found else "silent"
    return _finding(name, module, ready=True, what=f"ready, {watch.place} answers ({heard} in the last hour)")


def _finding(name: str, module: Source, *, ready: bool, what: str, missing: Sequence[str] = ()) -> Finding:
    return Finding(source=name, ready=ready, what=what, terms=module.TERMS, missing=tuple(missing))
