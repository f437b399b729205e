"""The dashboard answers in words, shows what is withheld as withheld, and stands alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from girafe.settings import Settings, parse_settings
from reports import charts, dashboard, digest, sections, subjects
from reports.dashboard import safe_json
from reports.figures import Period
from reports.sections import brand
from reports.tables import Tables as ReadTables
from reports.tables import read_tables
from reports.words import words

Tables = dict[str, list[dict[str, Any]]]
Make = Callable[[Tables], Path]
HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"' onmouseover='alert(1)",
    "{{ 7*7 }}${7*7}",
    '=HYPERLINK("http://evil.example","x")',
    "\u202eesrever \u2066x\u2069 \u200f",
    "🍺 Brasserie 👩‍👩‍👧 №",
    "]]> --> <!-- <script",
    "a&amp;b & c",
)


class Page(HTMLParser):
    """Everything a browser would run, fetch or show."""

    VOID = frozenset({"meta", "link", "img", "br", "path", "input", "hr"})

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.words: list[str] = []
        self.inside = ""
        self.feed(text)
        self.text = " ".join("".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.inside = tag
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "script":
            self.scripts[-1] += data
        elif self.inside != "style":
            self.words.append(data)

    def handlers(self) -> Iterator[str]:
        for tag, attrs in self.tags:
            yield from (f"{tag} {name}" for name in attrs if name.startswith("on"))


def rendered(tables: ReadTables, settings: Settings, languages: Sequence[str], **more: bool) -> str:
    return dashboard.show(dashboard.pages(tables, settings, languages), **more)


@pytest.fixture(scope="module")
def page(marts: Path, settings: Settings) -> str:
    return rendered(read_tables(marts), settings, ("fr", "en"))


def payload(text: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def plain(text: str) -> str:
    """With ordinary spaces, which are easier to write down in a test."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_the_first_screen_answers_the_five_questions_in_words(page: str) -> None:
    text = Page(page).text
    for sentence in (
        "Ce sont les personnes qui portent la conversation sur Brasserie Lumen.",
        "Rien de certain\u00a0: 75\u202f% après 67\u202f%, un écart dans la marge d’erreur.",
        "41 collègues entendus en février 2026, soit 1,7\u202f% de l’effectif (repère\u00a0: 8 à 9\u202f%).",
        "Entre elles, les personnes parlent surtout du recrutement, des conditions de travail, ainsi que des salaires",
        "sur le recrutement, la carrière et la formation, ainsi que les salaires et les avantages",
        "Bluesky : rien n’a pu être lu la semaine du 16 mars 2026.",
    ):
        assert " ".join(sentence.split()) in text, sentence


def test_nothing_is_fetched_from_anywhere(page: str) -> None:
    parsed = Page(page)
    fetching = [
        (tag, name)
        for tag, attrs in parsed.tags
        for name in attrs
        if name in ("src", "srcset", "data", "action")
    ]
    assert fetching == []
    assert {attrs["href"][:1] for _, attrs in parsed.tags if attrs.get("href")} == {"#"}  # type: ignore[index]
    assert not [tag for tag, _ in parsed.tags if tag in ("link", "iframe", "object", "embed", "img", "base")]
    assert "@import" not in page.split("</style>")[0]
    assert "url(" not in page.split("</style>")[0]


def test_its_policy_admits_its_own_scripts_and_nothing_else(page: str) -> None:
    parsed = Page(page)
    policy = next(
        a["content"] or "" for t, a in parsed.tags if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in policy
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]
    for script in parsed.scripts[1:]:
        assert dashboard.Script(text=script).source in policy


def test_it_weighs_less_than_three_megabytes(page: str) -> None:
    assert len(page.encode()) < 3_000_000


def test_every_choice_of_filters_has_its_view_in_both_languages(page: str) -> None:
    data = payload(page)
    for found in data["pages"].values():
        for section in found["sections"]:
            expected = 1
            for dim in section["dims"]:
                expected *= len(data["choices"][dim])
            assert len(section["views"]) == expected, section["id"]
            assert all(view["answer"] for view in section["views"].values()), section["id"]


def test_each_language_draws_its_charts_with_its_own_numbers(page: str) -> None:
    data = payload(page)
    texts = {}
    for language, found in data["pages"].items():
        drawn = data["charts"] | found["charts"]
        texts[language] = {
            cell
            for chart in drawn.values()
            for marks in chart.values()
            for row in marks["rows"]
            for cell in row
            if isinstance(cell, str) and "%" in cell
        }
    assert "8 à 9\u202f%" in texts["fr"]
    assert "8 to 9%" in texts["en"]
    assert all("\u202f%" in text for text in texts["fr"])
    assert not any("\u202f" in text for text in texts["en"])


def test_a_reason_for_not_hearing_names_the_source(page: str) -> None:
    text = plain(Page(page).text)
    assert "Bluesky : toutes les demandes ont été refusées ou n’ont pas abouti." in text
    assert "Bluesky: every request was refused or failed to connect." in json.dumps(
        payload(page)["pages"]["en"]["sections"]
    )


def test_it_renders_from_nothing(make_marts: Make, tables: Tables, settings: Settings) -> None:
    for folder in (make_marts({}), make_marts({name: [] for name in tables})):
        text = Page(rendered(read_tables(folder), settings, ("fr", "en"))).text
        assert "Personne n’écoutait : on ne sait pas si l’on a parlé de Brasserie Lumen." in text
        assert "Ce calme est réel" not in text
        assert "Aucune donnée" in text


@pytest.mark.parametrize(
    ("posts", "said"), [(0, "Ce calme est réel"), (3, "messages ont été lus et aucun ne parle de")]
)
def test_posts_about_somebody_else_are_no_calm(
    make_marts: Make, tables: Tables, settings: Settings, posts: int, said: str
) -> None:
    runs = [row | {"health": "heard", "count_posts": posts} for row in tables["rpt_source_health_daily"]]
    folder = make_marts({name: [] for name in tables} | {"rpt_source_health_daily": runs})
    found = read_tables(folder)
    assert said in Page(rendered(found, settings, ("fr",))).text
    for told in (dashboard.headline(found, settings, "en"), digest.digest(found, settings, "en").lede):
        assert ("company.toml" in told) is (posts > 0)


@pytest.mark.parametrize(
    ("health", "told"),
    [
        ("silent", "Personne n’a parlé de Brasserie Lumen"),
        ("blind", "Nous n’avons pas pu écouter : ce silence n’en est pas un."),
    ],
)
def test_no_figure_at_all_is_calm_only_if_the_sources_answered(
    make_marts: Make, tables: Tables, settings: Settings, health: str, told: str
) -> None:
    runs = [row | {"health": health, "count_posts": 0} for row in tables["rpt_source_health_daily"]]
    folder = make_marts({name: [] for name in tables} | {"rpt_source_health_daily": runs})
    parsed = Page(rendered(read_tables(folder), settings, ("fr",)))
    assert told in parsed.text
    assert "Rien à montrer" not in parsed.text
    assert digest.digest(read_tables(folder), settings, "fr").headline.startswith(told[:20])


@pytest.mark.parametrize(
    "missing", ["rpt_conversation_mix_weekly", "rpt_themes_weekly", "rpt_activation_monthly"]
)
def test_it_renders_when_a_table_is_missing(
    missing: str, make_marts: Make, tables: Tables, settings: Settings
) -> None:
    folder = make_marts({name: rows for name, rows in tables.items() if name != missing})
    assert "Brasserie Lumen" in rendered(read_tables(folder), settings, ("en",), with_scripts=False)


def withheld(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows as the mart writes them when everything in them is withheld."""
    kept = {
        *("company_id", "company", "is_home", "week_start", "month_start", "is_week_complete"),
        *("is_month_complete", "platform", "language", "voice", "side", "theme", "thread_kind", "sentiment"),
        *("position", "source", "day", "health"),
    }
    return [
        {k: v for k, v in row.items() if k in kept}
        | ({"is_suppressed": True} if "is_suppressed" in row else {})
        for row in rows
    ]


def test_what_is_withheld_is_said_to_be_and_shows_no_number(
    make_marts: Make, tables: Tables, settings: Settings
) -> None:
    folder = make_marts({name: withheld(rows) for name, rows in tables.items()})
    text = rendered(read_tables(folder), settings, ("en",))
    parsed = Page(text)
    assert "Too few people spoke about Brasserie Lumen to publish a figure." in parsed.text
    assert "withheld" in parsed.text
    assert "nan" not in parsed.text.lower().split()
    assert "None" not in parsed.text
    for section in payload(text)["pages"]["en"]["sections"]:
        if section["id"] != "trust" and section["spec"]:
            assert all(
                not values["rows"]
                for name, values in payload(text)["charts"][section["id"]].items()
                if section["id"] != "change"
            ), section["id"]


def test_events_are_told_where_only_the_number_of_persons_is_withheld(
    make_marts: Make, tables: Tables, settings: Settings
) -> None:
    events = ("rpt_conversation_mix_weekly", "rpt_brand_dialogue_weekly")
    few = {
        name: [row | {"is_suppressed": True, "count_persons": None} for row in rows]
        if name in events
        else rows
        for name, rows in tables.items()
    }
    seen, told = (
        payload(rendered(read_tables(make_marts(found)), settings, ("fr",)))["pages"]["fr"]
        for found in (tables, few)
    )
    assert told["hero"] == seen["hero"]
    for before, after in zip(seen["sections"], told["sections"], strict=True):
        if before["id"] in ("change", "brand"):
            assert after["rows"] == before["rows"]
            assert after["views"] == before["views"]


def test_a_platform_that_a_file_brought_is_not_unheard_in_a_language_nobody_used_there(
    make_marts: Make, tables: Tables, settings: Settings
) -> None:
    name = "rpt_conversation_mix_weekly"
    imported = [
        {
            key: 0 if isinstance(value, int) and not isinstance(value, bool) else value
            for key, value in row.items()
        }
        | {"human_to_human_share": None, "exchange_human_to_human_share": None}
        if (row["platform"], row["language"]) == ("linkedin", "en")
        else row
        for row in tables[name]
    ]
    runs = [row for row in tables["rpt_source_health_daily"] if row["platform"] != "linkedin"]
    judged = [row for row in tables["rpt_source_hearing_weekly"] if row["source"] != "linkedin"]
    more = {name: imported, "rpt_source_health_daily": runs, "rpt_source_hearing_weekly": judged}
    text = rendered(read_tables(make_marts({**tables, **more})), settings, ("fr",))
    views = payload(text)["pages"]["fr"]["hero"]["views"]
    assert views["brasserie-lumen|4|linkedin|en"]["answer"].startswith("Personne n’a parlé")


def test_people_who_are_withheld_are_not_said_to_be_none(
    make_marts: Make, tables: Tables, settings: Settings
) -> None:
    about = ("count_accounts", "count_posts", "count_exchanges", "count_reactions", "reach")
    people = [
        row | dict.fromkeys(about) | {"is_suppressed": True} if row["side"] in ("human", "unknown") else row
        for row in tables["rpt_voices_weekly"]
    ]
    found = read_tables(make_marts({**tables, "rpt_voices_weekly": people}))
    for language, told in (("fr", "Sans les voix masquées, "), ("en", "Without the voices withheld, ")):
        text = rendered(found, settings, (language,))
        (section,) = (s for s in payload(text)["pages"][language]["sections"] if s["id"] == "voices")
        assert all(view["answer"].startswith(told) for view in section["views"].values())


def test_a_single_week_and_a_single_company_are_enough(make_marts: Make, tables: Tables) -> None:
    alone = parse_settings('[company]\nname = "Brasserie Lumen"\n')
    week = tables["rpt_conversation_mix_weekly"][0]["week_start"]
    only = {
        n: [r for r in rows if r.get("week_start", week) == week and r.get("is_home", True)]
        for n, rows in tables.items()
    }
    text = Page(rendered(read_tables(make_marts(only)), alone, ("fr",))).text
    assert "il n’y a pas assez de semaines avant celles-ci" in text
    assert "Et ailleurs" not in text


def test_where_the_only_week_still_runs_nothing_is_shown_of_people_and_the_reason_is_said(
    make_marts: Make, running: Tables, settings: Settings
) -> None:
    found = read_tables(make_marts(running))
    for language, why, month in (
        ("fr", "sur quel ton sera dit quand elle sera finie", "Le mois est en cours"),
        ("en", "in what tone is told when it is over", "The month still runs"),
    ):
        text = rendered(found, settings, (language,))
        page = Page(text).text
        assert why in page
        assert month in page
        assert words(language)("page.too_few") not in page
        sections = {section["id"]: section for section in payload(text)["pages"][language]["sections"]}
        assert set(sections) == {"change", "colleagues", "brand", "rivals", "trust"}
        # What counts events is told as it comes.
        told = [*sections["change"]["rows"].values(), *sections["brand"]["rows"].values()]
        assert words(language)("page.withheld") not in str(told)


def test_without_a_headcount_the_share_is_not_computable(
    make_marts: Make, tables: Tables, settings: Settings
) -> None:
    blank = {
        "headcount": None,
        "is_computable": False,
        "activation_share": None,
        "activation_share_low": None,
        "activation_share_high": None,
    }
    rows = [row | blank for row in tables["rpt_activation_monthly"]]
    folder = make_marts({**tables, "rpt_activation_monthly": rows})
    text = Page(rendered(read_tables(folder), settings, ("fr",), with_scripts=False)).text
    assert "41 collègues entendus en février 2026 ; part non calculable, sans effectif." in text.replace(
        "\u202f", " "
    )
    assert "non calculable" in text


def hostile_settings(names: Sequence[str]) -> Settings:
    first, *others = (json.dumps(name, ensure_ascii=False) for name in names)
    rest = "".join(f"[[competitors]]\nname = {name}\n" for name in others)
    rest += "".join(
        f'[[sources]]\nname = "{name}"\n' for name in ("mastodon", "bluesky", "hackernews", "rss")
    )
    return parse_settings(f"[company]\nname = {first}\n{rest}")


def hostile_tables(tables: Tables, settings: Settings) -> Tables:
    """The same numbers for every company, and every name as a platform and a reason too."""
    health = [
        row | {"platform": name, "health": "blind", "health_detail": name}
        for name, row in zip(HOSTILE, tables["rpt_source_health_daily"][-9:], strict=True)
    ]
    found: Tables = {"rpt_source_health_daily": health}
    for table in ("rpt_conversation_mix_weekly", "rpt_activation_monthly", "rpt_brand_dialogue_weekly"):
        home = [row for row in tables[table] if row["is_home"] and row.get("language", "all") == "all"]
        found[table] = [
            row | {"company_id": company.company_id, "company": company.name}
            for company in settings.companies
            for row in home
            if row.get("platform", "all") == "all"
        ]
        for name, row in zip(HOSTILE, (r for r in home if r.get("platform", "all") != "all"), strict=False):
            found[table].append(row | {"company_id": settings.company.company_id, "platform": name})
    return found


def test_hostile_names_are_shown_and_do_nothing(make_marts: Make, tables: Tables) -> None:
    settings = hostile_settings(HOSTILE)
    text = rendered(read_tables(make_marts(hostile_tables(tables, settings))), settings, ("fr", "en"))
    parsed = Page(text)
    assert len(parsed.scripts) == 3
    assert list(parsed.handlers()) == []
    assert not [tag for tag, _ in parsed.tags if tag == "img"]
    for name in HOSTILE:
        assert " ".join(name.split()) in parsed.text
    assert text.count("<script") == 3 + parsed.scripts[1].count("<script")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_company_name_is_shown_in_the_digest_and_does_nothing(
    name: str, make_marts: Make, tables: Tables
) -> None:
    settings = hostile_settings((name, "Houblon"))
    told = digest.digest(read_tables(make_marts(hostile_tables(tables, settings))), settings, "fr")
    mail = Page(told.html())
    assert mail.scripts == []
    assert list(mail.handlers()) == []
    assert not [tag for tag, _ in mail.tags if tag in ("img", "a")]
    assert " ".join(name.split()) in mail.text
    assert "<" not in told.markdown()


def test_json_in_a_script_cannot_end_it() -> None:
    text = safe_json({"a": "</script><!--\u2028\u2029&"})
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == {"a": "</script><!--\u2028\u2029&"}


def test_whatever_a_section_reads_has_a_contract() -> None:
    contract = Path(__file__).parents[2] / "dbt_project/models/marts/reports/_reports.yml"
    names = {model["name"] for model in yaml.safe_load(contract.read_text())["models"]}
    read = {name for module in (*sections.SECTIONS, sections.hero, digest) for name in module.READS}
    assert read <= names


def test_every_section_is_explained_by_definitions_that_exist(marts: Path, settings: Settings) -> None:
    for code in ("fr", "en"):
        scene = dashboard.scene(read_tables(marts), settings, words(code))
        for module in sections.SECTIONS:
            section = module.build(scene)
            assert section is not None
            assert section.terms
            assert all(words(code)(f"definitions.{term}.term") for term in section.terms)
            assert all(
                len(row) == len(section.columns) for show in section.shows.values() for row in show.rows
            )


def test_a_not_a_number_left_by_a_division_is_unknown() -> None:
    from reports.tables import _known

    assert _known(float("nan")) is None
    assert _known(0.5) == 0.5


def test_an_empty_set_of_tables_has_no_rows() -> None:
    assert ReadTables(rows={}, files={}, columns={}).get("rpt_voices_weekly") == ()


@pytest.mark.parametrize(("language", "start"), [("fr", "Ce sont les personnes"), ("en", "People")])
def test_the_headline_is_one_sentence_with_its_figure(
    marts: Path, settings: Settings, language: str, start: str
) -> None:
    told = dashboard.headline(read_tables(marts), settings, language)
    assert told.startswith(start)
    assert told.count(". ") == 0
    assert told.endswith(".")
    assert "%" in told


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_chart_writes_a_share_as_the_table_beneath_it_does(
    marts: Path, settings: Settings, language: str
) -> None:
    t = words(language)
    scene = dashboard.scene(read_tables(marts), settings, t)
    labelled = 0
    for module in (sections.change, sections.families, sections.rivals, sections.colleagues):
        section = module.build(scene)
        assert section is not None
        for show in section.shows.values():
            assert {mark["label"] for mark in show.chart if "low" in mark and mark["low"] is not None} <= {
                cell for row in show.rows for cell in row
            } | {t("colleagues.eight_nine")}
            labelled += len(show.chart)
        text = [layer for layer in section.spec["layer"] if layer["mark"]["type"] == "text"]
        assert {layer["encoding"]["text"]["field"] for layer in text} == {"label"}
    assert labelled


def test_families_say_of_which_four_weeks_they_are() -> None:
    """Blocks never overlap, so the newest is hardly ever the last four weeks."""
    rows = [
        {
            "block_start": date(2026, 10, 12),
            "conversation_kind": kind,
            "family": family,
            "family_share": 0.5,
            "family_share_low": 0.4,
            "family_share_high": 0.6,
            "family_share_denominator": 40,
        }
        for kind in sections.families.KINDS
        for family in sections.families.FAMILIES
    ]
    view = sections.families.view(words("en"), rows)
    assert view.notes[0] == "12 October to 8 November 2026."


def test_an_average_of_accounts_is_the_same_number_in_sentence_table_and_chart() -> None:
    t = words("en")
    for counts, told in (([6, 7], "7"), ([6] * 12 + [12], "6")):  # 6.5 and 6.46
        found = {
            "employee": tuple(
                {"count_accounts": n, "count_posts": n, "count_reactions": 0, "reach": None} for n in counts
            )
        }
        show = sections.voices.show(t, found)
        view = sections.voices.view(t, found)
        assert view.answer == f"On average {told} accounts a week, of which {told} are people."
        assert view.notes == (f"{told} recognised employees a week, on average.",)
        assert (show.rows[0][1], show.chart[0]["label"]) == (told, told)


def test_tones_are_shares_of_the_same_posts() -> None:
    """Of a week in which the negative is withheld, the positive would be told of other posts than the negative."""
    rows = [
        {
            "week_start": date(2026, 3, 2) + timedelta(weeks=week),
            "sentiment": sentiment,
            "is_suppressed": share is None,
            "sentiment_share": share,
            "sentiment_share_numerator": None if share is None else round(share * 20),
            "sentiment_share_denominator": None if share is None else 20,
        }
        for week, shares in enumerate(((0.5, 0.2, 0.3), (None, None, 0.7)))
        for sentiment, share in zip(sections.tone.SENTIMENTS, shares, strict=True)
    ]
    found = sections.tone.tone(rows)
    assert {share.denominator for share in found.values()} == {20}
    assert sum(share.value or 0 for share in found.values()) == pytest.approx(1)
    assert {share.hidden_weeks for share in found.values()} == {1}


def test_questions_of_two_themes_are_not_counted_twice() -> None:
    asked = [
        {"theme": theme, "count_questions": 12, "count_questions_answered": 4, "count_questions_unanswered": 8,
         "count_questions_waiting": 0}
        for theme in ("recruitment", "pay_benefits")
    ]  # fmt: skip
    view = sections.help.view(words("en"), asked, subjects.asked(asked), (), open_in_all=8)
    assert view.brief.startswith("At least 8 questions about ")


def test_followers_that_are_withheld_are_not_told_as_unknown() -> None:
    t = words("en")
    for known, told in ((None, "withheld"), (0, "–")):
        row = {"count_accounts": 6, "count_posts": 6, "count_reactions": 0, "reach": None}
        show = sections.voices.show(t, {"person": ({**row, "count_accounts_with_reach": known},)})
        assert show.rows[0][-1] == told


def test_a_chart_is_as_high_before_the_script_runs_as_after(marts: Path, settings: Settings) -> None:
    section = sections.voices.build(dashboard.scene(read_tables(marts), settings, words("fr")))
    assert section is not None
    assert section.spec is not None
    chart = next(show.chart for show in section.shows.values() if show.chart)
    [svg] = charts.draw([(section.spec, chart)], words("fr"))
    height = float(re.findall(r'<svg[^>]* height="([0-9.]+)"', svg)[0])
    assert height > section.spec["usermeta"]["step"] * len({mark["voice"] for mark in chart})


def test_what_the_brand_writes_to_others_is_not_called_broadcast() -> None:
    """To an organisation, or to somebody unknown: neither to people nor to all."""
    week = date(2026, 11, 16)
    row = {
        "week_start": week, "count_brand_posts": 10, "count_broadcasts": 4, "count_brand_dialogue_posts": 3,
        "count_questions": 0,
    }  # fmt: skip
    for language, told in (
        ("fr", "30\u202f% s’adressent à des personnes, 40\u202f% sont diffusés à tous."),
        ("en", "30% address people, 40% are broadcast to all."),
    ):
        view = brand.view(words(language), [row], Period(code="1", weeks=(week,), before=()))
        assert view.answer.endswith(told), view.answer
