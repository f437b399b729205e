"""Invented profiles with a tie to a company, or the look of one: employees, former ones, and those who are neither."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

_COMPANIES = [
    "Lumora",
    "Voltagne",
    "Kerval",
    "Ostrelle",
    "Brivance",
    "Nordalia",
    "Quintex",
    "Pelliane",
    "Sarvoise",
    "Tambrel",
    "Ondeva",
    "Mirelec",
]
_FR, _EN = "fr", "en"
_TURNS: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {
    ("employee", _FR): (
        ("Technicienne réseau chez {C}, passionnée de montagne", ""), ("{job} @{c} | papa de deux filles", ""), ("Je bosse chez {C} depuis {n} ans", ""),
        ("Responsable paie, {C}. Propos personnels.", ""), ("{C} - {job}", ""), ("Alternante en marketing chez {C} 📈", ""), ("Directeur des achats du groupe {C}", ""),
        ("Ex-{D}, aujourd'hui {job} chez {C}", ""), ("Consultant {D} en mission, salarié de {C}", ""), ("", "Je travaille chez {C} et franchement l'ambiance est bonne"),
        ("Maman, lectrice", "mon équipe chez {C} recrute, MP ouverts"), ("", "En tant que {job} chez {C}, je vois ça tous les jours"), ("{job} dans l'équipe data de {C}", ""),
        ("Fondatrice de {C}, maman, coureuse", ""), ("Conductrice de ligne à l'usine {C}", ""), ("Chez {C} le jour, batteur la nuit", ""), ("Salarié {C}, syndiqué, râleur", ""),
        ("", "Premier jour chez {C} aujourd'hui !"), ("{job} pour {C}. Avant : {D}.", ""), ("Apprenti boulanger devenu {job} chez {C}", ""),
    ),
    ("employee", _EN): (
        ("{ejob} at {C}. Views my own.", ""), ("{ejob} @{c} | runner | mum", ""), ("I work at {C} and I paint", ""), ("{C} {ejob}. Coffee first.", ""), ("Ex-{D}, now {ejob} at {C}", ""),
        ("Head of People, {C}", ""), ("Apprentice with {C}, learning every day", ""), ("CEO of {C}. Dad of three.", ""), ("Currently building things at {C}, previously {D}", ""),
        ("", "I've been working at {C} for {n} years and I still enjoy it"), ("Dog person", "as a {C} engineer I can tell you the fix is coming"), ("", "My manager at {C} is great"),
        ("{ejob} for {C} by day, DJ by night", ""), ("Part of the {C} team in Leeds", ""), ("Founder and CEO @{c}", ""), ("Proud {C} employee, opinions mine", ""),
        ("Joined {C} in 2021 as a {ejob}", ""), ("", "Started working at {C} last month, loving it"), ("{ejob} - {C} - formerly {D}", ""), ("Night shift at {C}, gamer", ""),
    ),
    ("former_employee", _FR): (
        ("Ex-{C}, désormais potière", ""), ("Ancienne de {C}, je me lance à mon compte", ""), ("{job} chez {D}, ex {C}", ""), ("Retraité de {C}, jardinier", ""), ("J'ai travaillé dix ans chez {C}, maintenant prof", ""),
        ("", "J'ai quitté {C} en mars et je revis"), ("Anciennement {job} chez {C}", ""), ("", "quand je bossais chez {C} on n'avait pas de pauses"), ("Passé par {C} et {D}, aujourd'hui indépendant", ""), ("{job} (ex-{C})", ""),
    ),
    ("former_employee", _EN): (
        ("Former {C} {ejob}, now a potter", ""), ("Ex-{C}. {ejob} at {D}.", ""), ("Retired from {C} after 30 years", ""), ("Previously at {C} and {D}", ""), ("", "I used to work at {C}, never again"),
        ("", "I quit {C} last week, best decision"), ("{C} alum, now freelancing", ""), ("Formerly {ejob} at {C}", ""), ("", "When I worked at {C} we had two breaks"), ("{ejob} @{d}, ex @{c}", ""),
    ),
    ("other", _FR): (
        ("Cliente {C} déçue, maman", ""), ("Fan de {C} depuis toujours", ""), ("Futur {job} chez {C} j'espère", ""), ("Recruteuse pour des marques comme {C}", ""), ("Étudiant à l'école {C}", ""), ("Parodie. Pas affilié à {C}", ""),
        ("{job} chez {D}, partenaire de {C}", ""), ("", "Je voudrais travailler chez {C} un jour"), ("", "J'ai un entretien chez {C} demain"), ("", "Le service client de {C} est nul"), ("", "je ne travaille pas chez {C}, je suis client"),
        ("Actionnaire {C}, amateur de vin", ""), ("Voisin de l'usine, contre {C}", ""), ("Diplômé de {C} Business School", ""), ("J'écris sur {C} et la tech", ""), ("Maman de trois enfants", ""), ("", "Mon frère travaille chez {C}"), ("Candidate en recherche de poste chez {C}", ""),
    ),
    ("other", _EN): (
        ("{C} fan and proud", ""), ("Unhappy {C} customer", ""), ("Aspiring {ejob} at {C}", ""), ("Recruiter for brands like {C}", ""), ("Student at {C} College", ""), ("Parody account, not affiliated with {C}", ""),
        ("{ejob} at {D}, {C} partner", ""), ("", "I would love to work at {C}"), ("", "I have an interview at {C} tomorrow"), ("", "{C} support never answers"), ("", "I don't work for {C}, just a customer"), ("{C} certified consultant", ""),
        ("Tweets about {C}", ""), ("Author of a book about {C}", ""), ("{C} shareholder", ""), ("Dad, cyclist", ""), ("", "My sister works at {C}"), ("Volunteer at {C} Rescue", ""),
    ),
}  # fmt: skip
_JOBS = [
    "Développeur",
    "Ingénieure",
    "Comptable",
    "Acheteuse",
    "Technicien",
    "Juriste",
    "Vendeur",
    "Infirmière",
    "Magasinier",
    "Graphiste",
]
_EJOBS = [
    "Engineer",
    "Designer",
    "Data analyst",
    "Account manager",
    "Nurse",
    "Driver",
    "Recruiter",
    "Product manager",
    "Technician",
    "Buyer",
]
_NAMES = [
    "Nina Roche",
    "Tom Pellet",
    "Awa Diop",
    "Jules Fabre",
    "Erin Doyle",
    "Sam Carver",
    "Maya Lindt",
    "Theo Brun",
    "Ines Faure",
    "Paul Okoro",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class TiedProfile:
    """A profile, the company asked about, and what it is to it."""

    name: str
    handle: str
    bio: str
    posts: tuple[str, ...]
    company: str
    truth: str
    language: str


def tied_profiles(chance: random.Random, count: int) -> Iterator[TiedProfile]:
    """Profiles of all three kinds in both languages, in equal parts."""
    kinds = list(_TURNS)
    for number in range(count):
        truth, language = kinds[number % len(kinds)]
        bio, post = chance.choice(_TURNS[truth, language])
        company, other = chance.sample(_COMPANIES, 2)
        slots = {
            "C": company, "c": company.lower(), "D": other, "d": other.lower(),
            "job": chance.choice(_JOBS), "ejob": chance.choice(_EJOBS), "n": str(chance.randint(2, 9)),
        }  # fmt: skip
        name = chance.choice(_NAMES)
        yield TiedProfile(
            name=name,
            handle=name.lower().replace(" ", chance.choice(("", "_"))) + str(number),
            bio=bio.format(**slots),
            posts=(post.format(**slots),) if post else (),
            company=company,
            truth=truth,
            language=language,
        )
