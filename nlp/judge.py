"""Judging: from all evidence of an account to the history of its label. Pure; order plays no part."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from girafe.records import JUDGED_VOICES
from nlp.calibration import UNKNOWN, VOICES, calibrate, choose
from nlp.history import Row, fold_history
from warehouse.tables import SPEAKER_LABELS

_SCORES = [f"score_{voice.value}" for voice in JUDGED_VOICES]
_PROBABILITIES = [f"probability_{voice.value}" for voice in JUDGED_VOICES]
_KEYS = ["account_id", "company_id"]
_NAMES = np.array([voice.value for voice in VOICES], dtype=object)
_PLACES = 4


def judge(evidence: pa.Table) -> pa.Table:
    """Label histories (SPEAKER_LABELS) for the accounts in `evidence` (SPEAKER_EVIDENCE, observed_at filled).

    Each row of the answer is the label from `observed_at` on, in the light of everything seen until then.
    A given voice outweighs all else and holds for all time (`is_certain`).
    """
    if evidence.num_rows == 0:
        return SPEAKER_LABELS.schema.empty_table()
    rows = _profiles_before_names(_ordered(evidence))
    group, origin = _groups(rows), rows["origin"].to_pylist()
    is_given = np.array([value == "given" for value in origin])
    is_post = np.array([value == "post" for value in origin])
    given_groups = np.bincount(group, is_given) > 0
    folded_groups = (np.bincount(group, is_post) > 0) & ~given_groups
    certain = given_groups[group] & is_given
    folded = folded_groups[group]
    plain = ~given_groups[group] & ~folded
    scores = np.column_stack([rows[name].to_numpy(zero_copy_only=False) for name in _SCORES]).astype(float)
    parts = [
        _certain_rows(rows.filter(pa.array(certain)), scores[certain]),
        _inferred_rows(rows.filter(pa.array(plain)), scores[plain]),
        _folded_rows(rows.filter(pa.array(folded)), scores[folded], group[folded]),
    ]
    return _collapse(pa.concat_tables(part for part in parts if part.num_rows))


def _ordered(rows: pa.Table) -> pa.Table:
    columns = [*_KEYS, "observed_at", "origin", "reference"]
    return rows.sort_by([(column, "ascending") for column in columns]).combine_chunks()


def _profiles_before_names(rows: pa.Table) -> pa.Table:
    """Without the sightings of a bare name where the account has shown its profile."""
    is_name = np.array([value == "name" for value in rows["origin"].to_pylist()])
    if not is_name.any():
        return rows
    group = _groups(rows)
    is_profile = np.array([value == "profile" for value in rows["origin"].to_pylist()])
    shown = np.bincount(group, is_profile) > 0
    rows = rows.filter(pa.array(~(is_name & shown[group]))).combine_chunks()
    origin = ["profile" if value == "name" else value for value in rows["origin"].to_pylist()]
    return rows.set_column(rows.schema.get_field_index("origin"), "origin", pa.array(origin, pa.string()))


def _groups(rows: pa.Table) -> np.ndarray:
    """The number of the account x company of each row (rows are sorted by it)."""
    if rows.num_rows == 1:
        return np.zeros(1, dtype=np.int64)
    changed = np.zeros(rows.num_rows, dtype=bool)
    for column in _KEYS:
        values = rows[column].combine_chunks()
        changed[1:] |= pc.not_equal(values[1:], values[:-1]).to_numpy(zero_copy_only=False)
    return np.cumsum(changed)


def _certain_rows(rows: pa.Table, scores: np.ndarray) -> pa.Table:
    """Given voices: the one column that is 0 says which; none says `unknown`."""
    known = ~np.isnan(scores)
    probabilities = known.astype(float)
    best = np.where(known.any(axis=1), known.argmax(axis=1), UNKNOWN)
    return _labels(rows, probabilities, best, is_certain=True)


def _inferred_rows(rows: pa.Table, scores: np.ndarray) -> pa.Table:
    """Accounts whose posts say nothing about them: each profile version speaks for itself."""
    probabilities = calibrate(scores)
    return _labels(rows, probabilities, choose(probabilities), is_certain=False)


def _folded_rows(rows: pa.Table, scores: np.ndarray, group: np.ndarray) -> pa.Table:
    """Accounts whose posts do: what is known grows (or is taken back) with each row."""
    if rows.num_rows == 0:
        return SPEAKER_LABELS.schema.empty_table()
    bounds = [0, *(np.flatnonzero(np.diff(group)) + 1).tolist(), rows.num_rows]
    facts = [
        Row(origin=o, at=at, codes=tuple(c or ()), scores=s)
        for o, at, c, s in zip(
            rows["origin"].to_pylist(),
            rows["observed_at"].cast(pa.int64()).to_pylist(),
            rows["codes"].to_pylist(),
            scores,
            strict=True,
        )
    ]
    totals = np.empty_like(scores)
    codes: list[Sequence[str]] = []
    for start, end in pairwise(bounds):
        for offset, state in enumerate(fold_history(facts[start:end])):
            totals[start + offset] = state.scores
            codes.append(state.codes)
    probabilities = calibrate(totals)
    told = rows.set_column(
        rows.schema.get_field_index("codes"), "codes", pa.array(codes, pa.list_(pa.string()))
    )
    return _labels(told, probabilities, choose(probabilities), is_certain=False)


def _labels(rows: pa.Table, probabilities: np.ndarray, best: np.ndarray, *, is_certain: bool) -> pa.Table:
    rounded = probabilities.round(_PLACES)
    count = rows.num_rows
    shown = rounded[np.arange(count), np.minimum(best, UNKNOWN - 1)]
    likeliest = np.where(best == UNKNOWN, rounded.max(axis=1, initial=0.0), shown)
    columns = {
        "account_id": rows["account_id"],
        "company_id": rows["company_id"],
        "observed_at": rows["observed_at"],
        "voice": pa.array(_NAMES[best], pa.string()),
        "probability": pa.array(likeliest),
        **{name: pa.array(rounded[:, place]) for place, name in enumerate(_PROBABILITIES)},
        "evidence": rows["codes"],
        "is_certain": pa.array(np.full(count, is_certain)),
        "classifier_version": rows["classifier_version"],
    }
    return pa.table({field.name: columns[field.name] for field in SPEAKER_LABELS.schema}).cast(
        SPEAKER_LABELS.schema
    )


def _collapse(labels: pa.Table) -> pa.Table:
    """One row per moment (the last word of that moment), and none that repeats the one before."""
    order = [(column, "ascending") for column in _KEYS] + [("observed_at", "ascending")]
    # A stable sort: rows of one moment keep the order in which they were folded.
    labels = labels.take(pc.sort_indices(labels, sort_keys=order)).combine_chunks()
    if labels.num_rows < 2:
        return labels
    same_group = _repeats(labels, _KEYS)
    last_of_moment = np.append(~(same_group & _repeats(labels, ["observed_at"])), True)
    labels = labels.filter(pa.array(last_of_moment)).combine_chunks()
    if labels.num_rows < 2:
        return labels
    same = _repeats(labels, [*_KEYS, "voice", "is_certain", *_PROBABILITIES, "classifier_version"])
    return labels.filter(pa.array(np.append(True, ~same))).combine_chunks()


def _repeats(rows: pa.Table, columns: Sequence[str]) -> np.ndarray:
    """For each row but the first: does it equal the one before in `columns`?"""
    same = np.ones(rows.num_rows - 1, dtype=bool)
    for column in columns:
        values = rows[column].combine_chunks()
        same &= pc.equal(values[1:], values[:-1]).to_numpy(zero_copy_only=False)
    return same
