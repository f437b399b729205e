"""Every language says everything, and no language says what this tool will not say."""

from __future__ import annotations

import json
import re
import string
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from reports.words import LANGUAGES, words

ROOT = Path(__file__).parents[2]
FORBIDDEN = re.compile(
    r"ambassad|advoca|influenc|leader ?board|rank(ed|ing|s)?\b|classement|palmar|podium|top ?\d+\b|"
    r"champion|évangélis|evangeli|meilleurs? salari|best employee|\bkol\b|embassy|prescripteur",
    re.IGNORECASE,
)


def leaves(tree: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(tree, dict):
        for name, part in tree.items():
            yield from leaves(part, f"{path}.{name}" if path else name)
    elif isinstance(tree, list):
        for number, part in enumerate(tree):
            yield from leaves(part, f"{path}[{number}]")
    else:
        yield path, tree


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_the_languages_have_the_same_strings() -> None:
    keys = {
        code: {p for p, _ in leaves(words(code).tree) if "glued" not in p and "keep_capitals" not in p}
        for code in LANGUAGES
    }
    assert keys["fr"] - keys["en"] == set()
    assert keys["en"] - keys["fr"] == set()


def test_a_translation_uses_the_same_values() -> None:
    french, english = (dict(leaves(words(code).tree)) for code in ("fr", "en"))
    # Formats differ by nature, and a singular may leave its number out.
    compared = [
        p for p, v in french.items() if isinstance(v, str) and p[:7] != "format." and p[-4:] != ".one"
    ]
    assert len(compared) > 200
    assert [p for p in compared if placeholders(french[p]) != placeholders(english[p])] == []
    assert [p for p in compared if not french[p].strip() or not english[p].strip()] == []


def test_no_string_people_see_holds_a_word_this_tool_does_not_use() -> None:
    seen = [(f"{code}:{path}", text) for code in LANGUAGES for path, text in leaves(words(code).tree)]
    for template in (files("reports") / "templates").iterdir():
        seen.append((template.name, template.read_text(encoding="utf-8")))
    found = [(where, text) for where, text in seen if isinstance(text, str) and FORBIDDEN.search(text)]
    assert found == []


def test_no_published_column_holds_such_a_word() -> None:
    contract = ROOT / "dbt_project/models/marts/reports/_reports.yml"
    names = re.findall(r"- name: (\S+)", contract.read_text(encoding="utf-8"))
    assert [name for name in names if FORBIDDEN.search(name.replace("_", " "))] == []


def test_every_key_used_in_the_code_is_there() -> None:
    missing = []
    for path in (ROOT / "reports").rglob("*.py"):
        for key in re.findall(r'\bt\(\s*"([a-z_]+(?:\.[a-z_]+)+)"', path.read_text(encoding="utf-8")):
            for code in LANGUAGES:
                try:
                    words(code).find(key)
                except KeyError:
                    missing.append((path.name, code, key))
    assert missing == []


def test_numbers_are_written_as_each_language_writes_them() -> None:
    fr, en = words("fr"), words("en")
    assert fr.number(1234567.5, 1) == "1\u202f234\u202f567,5"
    assert en.number(1234567.5, 1) == "1,234,567.5"
    assert fr.percent(0.421) == "42\u202f%"
    assert en.percent(0.0042) == "0.4%"
    assert fr.number(-3) == "\u22123"
    assert fr.number(None) == "–"
    assert fr.day(date(2026, 3, 1)) == "1er mars 2026"
    assert en.day(date(2026, 3, 1)) == "1 March 2026"
    assert [en.duration(hours) for hours in (36, 2.5, 1 / 24)] == ["36 hours", "3 hours", "3 minutes"]


def test_what_is_not_nothing_is_not_written_as_nothing_nor_what_is_not_all_as_all() -> None:
    fr = words("fr")
    assert [fr.percent(share, 1) for share in (0.0003, 0.00004, 0.9997, 0.0, 1.0)] == [
        "0,03\u202f%",
        "0,004\u202f%",
        "99,97\u202f%",
        "0,0\u202f%",
        "100,0\u202f%",
    ]
    assert fr.rest(0.9997) == "0,03\u202f%"
    assert fr.between(0.0, 0.0004) == "0,00–0,04\u202f%"
    assert [fr.average(value) for value in (10 / 52, 2.5, 0.0, None)] == ["0,2", "3", "0", "–"]


def test_a_difference_has_its_sign_and_nothing_has_none() -> None:
    fr = words("fr")
    told = [fr.points(share) for share in (-0.003, 0.003, 0.0, -1e-12, 0.154, -1.0, None)]
    assert told == ["\u22120,3", "+0,3", "0", "0", "+15", "\u2212100", "–"]


def test_singular_and_plural_follow_the_language() -> None:
    assert "source suivie" in words("fr")("trust.good", count=1)
    assert words("fr")("format.days", count=0) == "0 jour"
    assert words("en")("format.days", count=0) == "0 days"


def test_french_elides_before_the_name_of_a_company_that_begins_with_a_vowel() -> None:
    told = {
        "Orée": "d’Orée",
        "Éclat": "d’Éclat",
        "Œuvre": "d’Œuvre",
        "île": "d’île",
        "Sillon": "de Sillon",
        "Hôpital": "de Hôpital",
        "3M": "de 3M",
    }
    for name, said in told.items():
        assert words("fr")("hero.empty", company=name) == f"Personne n’a parlé {said} sur cette période."
    assert words("en")("colleagues.nothing", company="Orée").endswith("colleagues of Orée yet.")


def test_no_french_sentence_puts_an_article_after_a_preposition_it_melts_with() -> None:
    fr, lengths = words("fr"), [words("fr")("periods.before", count=count) for count in (1, 4)]
    for state in ("up", "down", "still", "unknown"):
        for length in lengths:
            values = {"points": "5", "before": "74", "now": "79"}
            assert not re.search(r"\b(à|de) les? ", fr(f"change.{state}", length=length, **values))


def test_two_parts_of_a_whole_add_up_to_a_hundred_as_they_are_written() -> None:
    english = words("en")
    assert (english.percent(49 / 56), english.rest(49 / 56)) == ("88%", "12%")
    assert (english.percent(0.505), english.rest(0.505)) == ("51%", "49%")
    assert (english.percent(0.999), english.rest(0.999)) == ("99.9%", "0.1%")
    assert (english.percent(1.0), english.rest(1.0)) == ("100%", "0%")
    for whole in range(1, 300):
        for part in range(whole + 1):
            written = [
                float(text[:-1]) for text in (english.percent(part / whole), english.rest(part / whole))
            ]
            assert round(sum(written), 6) == 100


def test_an_hour_is_never_sixty_minutes() -> None:
    assert words("en").duration(0.995) == "1 hour"
    assert words("fr").duration(0.5) == "30 minutes"


def test_a_french_line_never_begins_with_a_colon() -> None:
    loose = [
        (path, text)
        for path, text in leaves(words("fr").tree)
        if isinstance(text, str) and "glued" not in path
    ]
    assert [path for path, text in loose if re.search(r" [:;?!»%]|« ", text)] == []


def test_the_definitions_say_what_the_benchmarks_mean() -> None:
    for code, wanted in {"fr": ("8 à 9", "75", "océan bleu"), "en": ("8 to 9", "75", "blue ocean")}.items():
        meaning = dict(words(code).definitions())[words(code)("definitions.benchmark.term")]
        assert all(part in meaning for part in wanted), json.dumps(meaning)


def test_a_half_is_rounded_up_as_a_reader_would_do_it() -> None:
    english = words("en")
    assert english.percent(1 / 8) == "13%"
    assert english.percent(0.145) == "15%"  # 14.499999999999998 in binary
    assert english.percent(47 / 55) == "85%"  # 0.854545...: rounded once, not to 0.855 and then to 86
    assert english.number(-2.5) == "\u22123"
    assert english.number(1234.25, 1) == "1,234.3"
