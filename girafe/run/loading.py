"""LOAD: what was classified into DuckDB; what is damaged is made again from the stage before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from girafe.errors import UserMustAct
from girafe.run.classification import classify
from girafe.run.context import Context
from girafe.storage import Place, remove

if TYPE_CHECKING:
    from warehouse.load import LoadReport


def load(context: Context, *, rebuild: bool = False) -> LoadReport:
    """LOAD what was classified into DuckDB and judge the speakers it concerns.

    A damaged warehouse is made anew from the classified files, a damaged classified file from its landing file.
    """
    from warehouse.connection import WarehouseDamaged
    from warehouse.load import ClassifiedDamaged

    with context.alone("girafe load"), context.adding("girafe load"):
        for _ in range(2):
            try:
                return _load_once(context, rebuild=rebuild)
            except WarehouseDamaged as damage:
                context.say(f"{damage} It is rebuilt now.")
                rebuild = True
            except ClassifiedDamaged as damage:
                context.say(f"{damage} They are made again from their landing files.")
                _classify_again(context, damage.folders)
        return _load_once(context, rebuild=rebuild)


def _load_once(context: Context, *, rebuild: bool) -> LoadReport:
    from nlp.judge import judge
    from warehouse.load import load_classified

    return load_classified(
        context.data,
        context.settings,
        judge=judge,
        pseudonymiser=context.pseudonymiser,
        rebuild=rebuild,
    )


def _classify_again(context: Context, folders: Sequence[Place]) -> None:
    """Classifies the landing files of damaged folders; raises UserMustAct if one of them has left."""
    from warehouse.landing import MANIFEST, classified_folder, landing_files

    landed = {classified_folder(context.data, path): path for path in landing_files(context.data.landing)}
    lost = [folder for folder in folders if folder not in landed]
    if lost:
        raise UserMustAct(
            f"{lost[0]} is damaged, and its payloads have left landing. Restore that folder from a backup; without "
            "one, remove it, and what it held leaves the numbers. Nothing was changed."
        )
    for folder in folders:
        remove(folder / MANIFEST)
    classify(context, [landed[folder] for folder in folders])
