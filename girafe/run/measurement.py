"""MEASURE: dbt builds the marts, in this process or, in two halves around it, where Airflow runs dbt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from girafe.data_dir import DataDir
from girafe.errors import UserMustAct
from girafe.run.context import Context

if TYPE_CHECKING:
    from warehouse.dbt import BuildReport

DBT_PROJECT = Path(__file__).resolve().parent.parent.parent / "dbt_project"


def measure(context: Context) -> BuildReport:
    """MEASURE: dbt builds every model, writes the rpt_* marts and documents itself on one page."""
    from warehouse.connection import is_there
    from warehouse.dbt import build_models

    with context.alone("girafe measure"):
        if not is_there(context.data.warehouse):
            raise UserMustAct("There is no warehouse to measure yet. Run: girafe load")
        return build_models(
            warehouse=context.data.warehouse,
            marts=context.data.marts,
            project=DBT_PROJECT,
            variables=context.settings.privacy.model_dump(),
            hearing=context.data.hearing,
            docs=models_page(context.data),
        )


def measuring(context: Context) -> tuple[dict[str, str], dict[str, int]]:
    """MEASURE where Airflow runs dbt: the environment and the variables of the build.

    Raises WarehouseBusy, which trying again helps.
    """
    from warehouse.connection import connect
    from warehouse.dbt import empty_marts, environment

    with connect(context.data.warehouse):
        pass  # dbt would only say that it could not connect
    data = context.data
    found = environment(data.warehouse, empty_marts(data.warehouse), data.hearing)
    return found, context.settings.privacy.model_dump()


def keep_marts(context: Context) -> int:
    """MEASURE, its end where Airflow runs dbt: the new marts take the place of the old; says how many."""
    from warehouse.dbt import keep_marts as keep
    from warehouse.dbt import write_docs

    with context.alone("girafe measure"):
        write_docs(
            warehouse=context.data.warehouse,
            project=DBT_PROJECT,
            to=models_page(context.data),
            variables=context.settings.privacy.model_dump(),
            hearing=context.data.hearing,
        )
        return len(keep(context.data.warehouse, context.data.marts))


def models_page(data: DataDir) -> Path:
    """Where dbt's documentation of the models lies: engineers' reading, beside what HR and comms read."""
    return data.marts.parent / "models.html"
