"""Logs: what a run says, as lines for people, or with GIRAFE_LOG=json as one JSON object a line; structlog does it.

Every JSON line carries `run_id`: that of the command, or in Airflow that of the DAG run, so that lines of many
runs and machines in one place can be told apart.
"""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Mapping
from datetime import datetime
from typing import TextIO

import orjson
import structlog

FORMAT = "GIRAFE_LOG"
RUN_ID = "GIRAFE_RUN_ID"
"""Set by what calls girafe, if it has an id of its own for this run."""


_TALKATIVE = (
    "httpx",
    "httpcore",
    "websockets",
    "urllib3",
    "botocore",
    "aiobotocore",
    "s3fs",
    "great_expectations",
)
_INDISCREET = ("snscrape", "apprise")


def hush() -> None:
    """Keeps libraries from logging what they ask and are answered, at whatever level the root logger is.

    At DEBUG (httpx at INFO) that is whole addresses, headers, frames of a stream and keys; snscrape quotes what people
    wrote in its warnings too, Apprise an address and its secret in its errors, and openpyxl names properties and areas
    of a workbook. Great Expectations tells at INFO, in hundreds of lines, how it is put together. What goes wrong
    reaches girafe as an error all the same.
    """
    warnings.filterwarnings("ignore", module=r"openpyxl\.")
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _INDISCREET:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def is_json(environment: Mapping[str, str]) -> bool:
    """Whether lines are JSON objects."""
    return environment.get(FORMAT, "").lower() == "json"


def run_id(environment: Mapping[str, str], now: datetime, mark: str) -> str:
    """The id of this run: the one given, else one made of the moment and `mark`."""
    return environment.get(RUN_ID) or f"cli-{now:%Y%m%dT%H%M%SZ}-{mark}"


def write_json(stream: TextIO) -> None:
    """Sends every line to `stream` as a JSON object: girafe's own, and warnings of the libraries."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    render = structlog.processors.JSONRenderer(serializer=_as_text)
    structlog.configure(
        processors=[*shared, render],
        logger_factory=structlog.PrintLoggerFactory(stream),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def _as_text(event: object, **_: object) -> str:
    return orjson.dumps(event, default=str).decode()


class Lines(io.TextIOBase):
    """A file for a console: each line printed to it becomes one event, so that nothing is lost but the colours."""

    def __init__(self) -> None:
        self._rest = ""

    def write(self, text: str) -> int:
        """Takes a piece of text; whole lines are said at once."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in filter(None, (line.strip() for line in lines)):
            structlog.get_logger("girafe").info(line)
        return len(text)
