"""Dashboard: one HTML file for HR, in every language at once, with no request to any network."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2

from girafe.settings import Settings
from reports import charts, figures, sections
from reports.engine import engine
from reports.tables import Tables
from reports.view import ALL, FILTERS, Choice, Hero, Scene, Section, Show, View, key
from reports.words import Words, words

MIX = "rpt_conversation_mix_weekly"
MOST_SLICES, MOST_LANGUAGES = 72, 5
"""More combinations of company, platform and language make the file heavy; the rest is in the exports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A script of the page, and the hash by which its policy admits it."""

    text: str

    @property
    def source(self) -> str:
        """Its entry in the content security policy."""
        digest = hashlib.sha256(self.text.encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode()}'"


def scene(tables: Tables, settings: Settings, t: Words) -> Scene:
    """What the sections look at, with the filters' values in reading order."""
    mix = tables.get(MIX)
    weeks = figures.complete_weeks(mix)
    languages = _values(mix, "language")[:MOST_LANGUAGES]
    return Scene(
        tables=tables,
        settings=settings,
        words=t,
        weeks=weeks,
        periods=figures.periods(weeks),
        companies={company.company_id: company.name for company in settings.companies},
        platforms=_values(mix, "platform")[
            : max(4, MOST_SLICES // (len(settings.companies) * len(languages)))
        ],
        languages=languages,
    )


def _values(rows: Sequence[Mapping[str, Any]], column: str) -> tuple[str, ...]:
    """`all` first, then what was heard most; nothing of which nothing is published."""
    heard: dict[str, int] = {}
    for row in rows:
        if row[column] != ALL and row.get("count_posts"):
            heard[row[column]] = heard.get(row[column], 0) + row["count_posts"]
    return (ALL, *sorted(heard, key=lambda value: (-heard[value], value)))


def pages(tables: Tables, settings: Settings, languages: Sequence[str]) -> list[dict[str, Any]]:
    """What stands on the page, in each language: counted once, shown as often as wanted."""
    return [
        _page(scene(tables, settings, words(language)), drawn=language == languages[0])
        for language in languages
    ]


def show(pages: Sequence[Mapping[str, Any]], *, with_scripts: bool = True, kept: Path | None = None) -> str:
    """The page of `pages`, its first language first; without scripts it is the still version, which becomes the PDF.

    `kept` is a folder in which what draws the charts may be kept for the next time.
    """
    return (
        _environment()
        .get_template("dashboard.html.jinja")
        .render(
            first=pages[0]["words"].language,
            pages=pages,
            css=_text("dashboard.css"),
            data=safe_json(_payload(pages)) if with_scripts else "",
            scripts=[Script(text=engine(kept)), Script(text=_text("dashboard.js"))] if with_scripts else [],
        )
    )


def headline(tables: Tables, settings: Settings, language: str) -> str:
    """The first answer of the dashboard with its figure, in one sentence, for a terminal or a manifest."""
    found = scene(tables, settings, words(language))
    heroes = sections.hero.build(found)
    top = heroes.get(key(*defaults(found).values())) or _nothing(found)
    if not top.lede:
        return top.answer
    colon = found.words("page.colon")
    return f"{top.answer.removesuffix('.')}{colon}{_mid_sentence(top.lede, settings.company.name)}"


def _mid_sentence(text: str, name: str) -> str:
    """`text` as it goes on inside a sentence: its first letter small, unless it begins with the name."""
    return text if text.startswith(name) else text[0].lower() + text[1:]


def facts(scene: Scene) -> tuple[tuple[str, str], ...]:
    """What a spreadsheet says of itself on its first sheet."""
    t = scene.words
    top = headline(scene.tables, scene.settings, t.language)
    return (
        (t("page.title", company=scene.settings.company.name), ""),
        ("", top),
        ("", _as_of(scene)),
        ("", stance(scene)),
    )


def _as_of(scene: Scene) -> str:
    t = scene.words
    return t("page.as_of", day=t.day(scene.periods[0].last)) if scene.periods else t("page.as_of_nothing")


def stance(scene: Scene) -> str:
    """What is never told, and of groups of which size nothing is: the last line of whatever is published."""
    privacy = scene.settings.privacy
    return scene.words("page.stance", small=privacy.small_group, cross=privacy.small_group_cross)


def safe_json(value: Any) -> str:
    """JSON that can stand inside a script element: nothing in it can end the element or start another."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _page(scene: Scene, *, drawn: bool) -> dict[str, Any]:
    t = scene.words
    default = defaults(scene)
    heroes = sections.hero.build(scene)
    # Without a week, a page of empty answers would look like calm: only whether we could hear is told.
    runs = figures.is_running(figures.in_weeks(scene.tables.get(MIX), scene.weeks))
    modules = sections.SECTIONS if scene.weeks else (sections.trust,)
    told = (module for module in modules if not runs or module not in sections.OF_PEOPLE)
    built = [section for module in told if (section := module.build(scene))]
    parts = [_part(section, scene, default) for section in built]
    company = scene.settings.company.name
    return {
        "words": t,
        "scene": scene,
        "title": t("page.title", company=company),
        "company": company,
        "as_of": _as_of(scene),
        "filters": choices(scene),
        "heroes": heroes,
        "hero": heroes.get(key(*default.values())) or _nothing(scene),
        # For the first language only: another comes with a script, which draws for itself.
        "sections": _with_charts(parts, t) if drawn else parts,
        "colophon": t("page.colophon"),
        "stance": stance(scene),
    }


def _nothing(scene: Scene) -> Hero:
    heard = figures.listening(scene.tables)
    return sections.hero.nothing(scene, heard, company=scene.settings.company.name)


def defaults(scene: Scene) -> dict[str, str]:
    """The choice a reader finds: the company itself, four weeks if there are as many, everything."""
    codes = [period.code for period in scene.periods]
    period = "4" if "4" in codes else codes[-1] if codes else ""
    return {"company": scene.home, "period": period, "platform": ALL, "language": ALL}


def choices(scene: Scene) -> dict[str, list[Choice]]:
    """The values of each filter with their names."""
    t = scene.words
    return {
        "company": [
            Choice(code=code, name=t("filters.home", company=name) if code == scene.home else name)
            for code, name in scene.companies.items()
        ],
        "period": [Choice(code=p.code, name=t.find("periods")[p.code]) for p in scene.periods],
        "platform": [
            Choice(code=c, name=t("filters.all_platform") if c == ALL else t.name("platforms", c))
            for c in scene.platforms
        ],
        "language": [
            Choice(code=c, name=t("filters.all_language") if c == ALL else t.name("languages", c))
            for c in scene.languages
        ],
    }


def _part(section: Section, scene: Scene, default: Mapping[str, str]) -> dict[str, Any]:
    """A section as the template shows it: its strings and its first view, its chart not drawn."""
    t = scene.words
    strings = t.find(section.id)
    view = section.views.get(key(*(default[dim] for dim in section.dims))) or nothing(t)
    show = section.shows.get(key(*(default[dim] for dim in section.show_dims))) or Show()
    free = [name for name in FILTERS if name not in section.dims]
    names = t.listed([t(f"filters.as_word.{name}") for name in section.dims])
    return {
        "section": section,
        "id": section.id,
        "question": strings["question"],
        "card": strings["card"] if section.on_first_screen else "",
        "caption": strings.get("caption", ""),
        "chart_label": strings.get("chart", ""),
        "columns": section.columns,
        "table_title": strings.get("table", t("page.table")),
        "terms": section.terms,
        "scope": "" if not free else t("page.scope", filters=names) if section.dims else t("page.scope_none"),
        "first": {**asdict(view), **asdict(show)},
        "spec": section.spec,
        "svg": "",
    }


def _with_charts(parts: Sequence[Mapping[str, Any]], t: Words) -> list[dict[str, Any]]:
    svgs = charts.draw([(part["spec"], part["first"]["chart"]) for part in parts], t)
    return [{**part, "svg": svg} for part, svg in zip(parts, svgs, strict=True)]


def nothing(t: Words) -> View:
    """What a section says where it has nothing."""
    return View(answer=t("page.nothing"), brief=t("page.nothing"))


def _payload(pages: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    first = pages[0]["scene"]
    default = defaults(first)
    shared = _marks(pages[0])
    return {
        "defaults": default,
        "choices": {name: [c.code for c in found] for name, found in choices(first).items()},
        "charts": shared,
        "pages": {page["words"].language: _page_data(page, shared) for page in pages},
    }


def _marks(page: Mapping[str, Any]) -> dict[str, Any]:
    """What each chart of a page draws, by section and choice."""
    return {
        part["id"]: {name: columnar(show.chart) for name, show in part["section"].shows.items()}
        for part in page["sections"]
        if part["spec"]
    }


def columnar(values: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Rows without their column names, which would be most of the file."""
    names = list(dict.fromkeys(name for value in values for name in value))
    return {"names": names, "rows": [[value.get(name) for name in names] for value in values]}


def _page_data(page: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    t: Words = page["words"]
    return {
        "format": charts.number_locale(t),
        # Only charts with numbers written out (4,3 % or 4.3%) differ between languages; the others are sent once.
        "charts": {name: marks for name, marks in _marks(page).items() if marks != shared[name]},
        "hero": {
            "dims": FILTERS,
            "views": {name: asdict(h) for name, h in page["heroes"].items()},
            "nothing": asdict(_nothing(page["scene"])),
        },
        "sections": [
            {
                "id": part["id"],
                "dims": part["section"].dims,
                "views": {name: asdict(view) for name, view in part["section"].views.items()},
                "show_dims": part["section"].show_dims,
                "rows": {name: show.rows for name, show in part["section"].shows.items()},
                "spec": part["spec"],
                "nothing": asdict(nothing(t)),
            }
            for part in page["sections"]
        ],
    }


def _text(name: str) -> str:
    return (files("reports") / "templates" / name).read_text(encoding="utf-8")


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("reports", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=False,
    )
