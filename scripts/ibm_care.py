"""IBM customer-care threads: converted to girafe JSONL, and counted independently of girafe.

The data (Apache-2.0, IBM/twitter-customer-care-document-prediction) is not part of this repository.

    python scripts/ibm_care.py convert THREADS.jsonl OUT_DIR      # care.jsonl and company.toml
    girafe import OUT_DIR/care.jsonl --data OUT_DIR/data
    girafe run --no-collect --company OUT_DIR/company.toml --data OUT_DIR/data
    python scripts/ibm_care.py compare THREADS.jsonl OUT_DIR/data/exports

The count below shares no code with girafe: plain dictionaries over the source file.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

Row = dict[str, Any]
MENTION = re.compile(r"(?<![\w@/.])@(\w+)")


def read(path: Path) -> list[Row]:
    """Posts with a time each: brand replies have none in the source and follow their parent by a second.

    Seven posts stand in the file twice, under two thread ids; the last line of a post counts, as it
    does when a platform shows a post again.
    """
    rows = {row["id"]: row for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())}

    def moment(row: Row, seen: frozenset[str] = frozenset()) -> datetime:
        if row["created_at"]:
            return datetime.fromisoformat(row["created_at"].replace("Z", "+00:00"))
        parent = rows.get(row["parent_id"])
        if parent is None or row["id"] in seen:
            raise ValueError(f"post {row['id']} has neither a time nor a parent")
        return moment(parent, seen | {row["id"]}) + timedelta(seconds=1)

    return [
        row
        | {
            "created_at": moment(row).isoformat(),
            # 34 posts lost their author's name in the source: one unnamed account a thread.
            "author": row["author"] or f"unnamed_{row['thread_id']}",
        }
        for row in rows.values()
    ]


def convert(threads: Path, out: Path, *, voices: bool) -> None:
    """Writes care.jsonl and a company.toml that names every brand handle as an official account."""
    rows = read(threads)
    out.mkdir(parents=True, exist_ok=True)
    brands = sorted({row["author"] for row in rows if row["is_brand_account"]})
    with (out / "care.jsonl").open("w", encoding="utf-8") as file:
        for row in rows:
            author: Row = {"handle": row["author"]}
            if voices and not row["is_brand_account"]:
                author["voice"] = "person"
            line = {
                "platform": row["platform"],
                "post_id": row["id"],
                "created_at": row["created_at"],
                "text": row["text"],
                "author": author,
                "reply_to": row["parent_id"],
                "conversation_id": row["thread_id"],
            }
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    officials = ",\n    ".join(json.dumps(f"{rows[0]['platform']}:{handle}") for handle in brands)
    (out / "company.toml").write_text(
        '[company]\nname = "Customer care brands"\ntime_zone = "UTC"\n'
        f"official_accounts = [\n    {officials}\n]\n",
        encoding="utf-8",
    )
    print(f"{len(rows)} posts, {len(brands)} brand accounts -> {out}")


def count(rows: list[Row]) -> Counter[str]:
    """Conversations and exchanges per kind, by the definitions of docs/method.md."""
    side: dict[str, str] = {}
    for row in rows:
        side[row["author"].lower()] = "brand" if row["is_brand_account"] else "human"
    by_id = {row["id"]: row for row in rows}
    found: Counter[str] = Counter()
    # Two pairs of thread ids share a post, so an answer joins them (docs/decisions/0021).
    same = {row["thread_id"]: row["thread_id"] for row in rows}
    for row in rows:
        parent = by_id.get(row["parent_id"])
        if parent is not None and same[parent["thread_id"]] != same[row["thread_id"]]:
            old, new = same[parent["thread_id"]], same[row["thread_id"]]
            same = {thread: new if joined == old else joined for thread, joined in same.items()}
    threads: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        threads[same[row["thread_id"]]].add(row["author"].lower())
        speaker = row["author"].lower()
        addressed = {handle.lower() for handle in MENTION.findall(row["text"])}
        parent = by_id.get(row["parent_id"])
        if parent is not None:
            addressed.add(parent["author"].lower())
        for addressee in addressed - {speaker}:
            other = side.get(addressee)
            found[f"exchanges_{side[speaker]}_to_{other}" if other else "exchanges_unresolved"] += 1
    for speakers in threads.values():
        sides = Counter(side[speaker] for speaker in speakers)
        if len(speakers) < 2:
            found["monologues"] += 1
        elif sides["brand"] and sides["human"]:
            found["conversations_brand_to_human"] += 1
        elif not sides["brand"]:
            found["conversations_human_to_human"] += 1
        else:
            found["conversations_other"] += 1
    return found


def compare(threads: Path, exports: Path) -> int:
    """Prints both counts side by side; 0 if they are equal."""
    import pyarrow.parquet as pq

    mart = pq.read_table(exports / "rpt_conversation_mix_weekly.parquet").to_pylist()
    expected = count(read(threads))
    kinds = (
        "conversations_human_to_human", "conversations_brand_to_human", "conversations_other",
        "monologues", "exchanges_human_to_human", "exchanges_brand_to_human",
        "exchanges_human_to_brand", "exchanges_brand_to_brand", "exchanges_with_other",
        "exchanges_unresolved",
    )  # fmt: skip
    wrong = 0
    for kind in kinds:
        got = sum(row[kind] or 0 for row in mart if row["platform"] == "all" and row["language"] == "all")
        wrong += got != expected[kind]
        verdict = "=" if got == expected[kind] else "DIFFERENT"
        print(f"{kind:<32} independent {expected[kind]:>6}   girafe {got:>6}   {verdict}")
    return 1 if wrong else 0


def main(arguments: list[str]) -> int:
    """convert THREADS OUT [--infer] | compare THREADS EXPORTS."""
    match arguments:
        case ["convert", threads, out, *rest]:
            convert(Path(threads), Path(out), voices="--infer" not in rest)
            return 0
        case ["compare", threads, exports]:
            return compare(Path(threads), Path(exports))
        case _:
            print(__doc__)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
