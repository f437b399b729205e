"""Rotation: the pseudonym key is replaced and the old one destroyed; nothing published changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from girafe.erasure import alone, build_again
from girafe.errors import UserMustAct, quoting_nobody
from girafe.pseudonym import KEY_VARIABLE, NEXT_KEY_FILE, Pseudonymiser, load_key, make_key, mark_key
from girafe.run import Around, Context, plainly
from girafe.versions import remove_old_versions

if TYPE_CHECKING:
    from warehouse.rekey import Links, RekeyReport


@quoting_nobody
def rotate_key(context: Context, *, around: Around = plainly) -> RekeyReport:
    """Replaces the key (`replace_key`), then builds everything computed from the files again."""
    with alone(context, "girafe rotate-key"):
        report = replace_key(context, around=around)
        build_again(context, around=around)
    return report


@quoting_nobody
def replace_key(context: Context, *, around: Around = plainly) -> RekeyReport:
    """Re-keys classified files and the list of the forgotten, and destroys the old key and the warehouse.

    Killed anywhere, the same call finishes; until then nothing else runs. Raises UserMustAct while an erasure is
    unfinished, or if the key is kept in the environment or in Airflow, where only its keeper can replace it.
    """
    from warehouse.connection import remove_abandoned_work, remove_warehouse
    from warehouse.erase import classified_folders, remove_abandoned
    from warehouse.forget import unfinished
    from warehouse.older import complete
    from warehouse.rekey import RekeyReport, check_files, is_done, rekey_files, switch_key

    given = [name for name in (KEY_VARIABLE, f"{KEY_VARIABLE}_FILE") if context.data.secrets.get(name)]
    if given:
        raise UserMustAct(
            f"The key comes from {given[0]}, so girafe cannot destroy it. Write it to keys/pseudonym.key in "
            "the data directory (mode 0600), unset the variable, rotate, and take the new key from there."
        )
    data = context.data
    with alone(context, "girafe rotate-key"):
        if unfinished(data):
            raise UserMustAct(
                "An erasure was interrupted. Ask for it again first (girafe forget), then rotate."
            )
        remove_abandoned(data)
        complete(classified_folders(data))
        if not (data.keys / NEXT_KEY_FILE).exists():
            check_files(data)
        old = Pseudonymiser(load_key(data.keys, data.secrets))
        new_key = make_key(data.keys / NEXT_KEY_FILE)
        new = Pseudonymiser(new_key)
        report = RekeyReport(folders=0, accounts=0, accounts_linked=0)
        if not is_done(data, new):
            links = around("links", lambda: _links(context, old, new_key))
            report = around("files", lambda: rekey_files(data, links, new))
        remove_old_versions(data)
        remove_warehouse(data.warehouse)
        remove_abandoned_work(data.warehouse)
        context.audit("rotate_key", accounts=report.accounts, linked=report.accounts_linked)
        mark_key(data.classified, new)  # every other machine stops until it has the new key
        switch_key(data)
    return report


def _links(context: Context, old: Pseudonymiser, new_key: bytes) -> Links:
    from collectors.registry import PARSERS
    from nlp.identify import note_pseudonyms
    from warehouse.landing import landing_files
    from warehouse.rekey import LinksNoted, keep_links, read_links

    new = Pseudonymiser(new_key)
    kept = read_links(context.data, new)
    if kept is None:
        noted = LinksNoted()
        note_pseudonyms(
            landing_files(context.data.landing),
            settings=context.settings,
            parsers=PARSERS,
            old=old,
            new_key=new_key,
            note=noted.note,
        )
        keep_links(context.data, noted)
        kept = read_links(context.data, new)
        assert kept is not None  # noqa: S101  (just written)
    return kept
