"""Invented profiles: French organisations and people, in the manner of the real ones, none of them real."""

from __future__ import annotations

import random
from collections.abc import Iterator

from girafe.records import Account

_CITIES = [
    "Lyon",
    "Nantes",
    "Rennes",
    "Lille",
    "Bordeaux",
    "Toulouse",
    "Strasbourg",
    "Brest",
    "Angers",
    "Dijon",
    "Grenoble",
    "Metz",
    "Nancy",
    "Rouen",
    "Tours",
    "Reims",
    "Pau",
    "Limoges",
    "Amiens",
    "Caen",
    "Annecy",
    "Poitiers",
    "Perpignan",
    "Bayonne",
    "Quimper",
    "Orléans",
    "Besançon",
    "Valence",
    "Chambéry",
    "Arras",
    "Vannes",
    "Niort",
    "Paris",
]
_THINGS = """le vélo|la lecture|l'emploi|la forêt|le handball|le patrimoine|l'énergie|la santé|le numérique|le logement|la musique|les jeunes
|l'agriculture|le cinéma|la cuisine|l'innovation|les familles|le climat|la mobilité|les artisans|le tourisme|l'habitat|la mer""".replace(
    "\n", ""
).split("|")
_BRANDS = [
    "Tarvel",
    "Ozalie",
    "Brimont",
    "Kelvia",
    "Novatis",
    "Sylvane",
    "Corbel",
    "Mirande",
    "Altavi",
    "Fabrilis",
    "Loutier",
    "Pivane",
    "Quervan",
    "Ridelle",
    "Solvane",
    "Tissandre",
    "Ubalie",
    "Vermeil",
    "Wattia",
    "Yzéo",
    "Zéphane",
    "Argance",
    "Bellugue",
    "Cadrys",
    "Doméa",
    "Elyance",
    "Fluvio",
    "Granvel",
    "Hélioz",
    "Indigane",
]
_FIRSTS = [
    "Marie",
    "Julien",
    "Sophie",
    "Thomas",
    "Camille",
    "Nicolas",
    "Léa",
    "Antoine",
    "Claire",
    "Pierre",
    "Manon",
    "Hugo",
    "Chloé",
    "Lucas",
    "Aurélie",
    "Mathieu",
    "Emma",
    "Kevin",
    "Sarah",
    "Paul",
    "Inès",
    "Karim",
    "Fatou",
    "Yann",
    "Maëlle",
    "Baptiste",
    "Nadia",
    "Olivier",
    "Hélène",
    "Jérôme",
    "Amina",
    "Loïc",
    "Céline",
    "Bruno",
    "Lucie",
    "Damien",
    "Élodie",
    "Mehdi",
]
_LASTS = [
    "Martin",
    "Bernard",
    "Dubois",
    "Robert",
    "Richard",
    "Petit",
    "Durand",
    "Leroy",
    "Moreau",
    "Simon",
    "Laurent",
    "Lefebvre",
    "Michel",
    "Garcia",
    "Roux",
    "Fournier",
    "Girard",
    "Bonnet",
    "Dupont",
    "Lambert",
    "Fontaine",
    "Rousseau",
    "Vincent",
    "Muller",
    "Faure",
    "Mercier",
    "Blanc",
    "Guérin",
    "Boyer",
    "Garnier",
    "Benali",
    "Diallo",
    "Nguyen",
]

_ORGANISATIONS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        ("Mairie de {city}", "Ville de {city}", "{city} Métropole", "{city} Agglo", "Département de {city}"),
        (
            "Compte officiel de la Ville de {city}. Actualités, services, événements.",
            "Toute l'actu de {city} : vie municipale, travaux, culture et sport. Une question ? Appelez le 05 49 00 00 00",
            "Bienvenue sur le compte de la collectivité. #{city}",
            "Infos pratiques, agenda et démarches. Page officielle.",
        ),
    ),
    (
        (
            "Association {brand}",
            "{brand} {city}",
            "Collectif {brand}",
            "Fédération {brand}",
            "Les amis de {brand}",
            "Réseau {brand}",
        ),
        (
            "Association loi 1901 pour {thing}. Rejoignez-nous !",
            "Le collectif qui défend {thing} à {city} et ailleurs. Adhérez, donnez, partagez.",
            "Depuis {year}, nous agissons pour {thing}. {n} bénévoles, {n} antennes.",
            "Fédération nationale. Porte la voix de {n} structures engagées pour {thing}",
            "ONG indépendante | {thing} | Suivez nos actions sur le terrain",
            "Réseau d'acteurs de {thing} en région",
        ),
    ),
    (
        (
            "{brand}",
            "Groupe {brand}",
            "{brand} France",
            "{brand} Solutions",
            "{brand} Conseil",
            "{brand} Services",
            "Agence {brand}",
        ),
        (
            "Leader français de {thing}. {n} collaborateurs, {n} agences en France.",
            "Spécialiste de {thing} depuis {year}. Devis gratuit : contact@{low}.example",
            "Startup qui simplifie {thing} pour les PME 🚀",
            "L'application qui réinvente {thing}. Téléchargez-la gratuitement",
            "Cabinet de conseil en {thing} basé à {city}. On recrute !",
            "Éditeur de logiciels pour {thing}",
            "Nous accompagnons les entreprises dans {thing}. https://{low}.example",
            "La marque engagée pour {thing}. Fabriqué en France 🇫🇷 Service client du lundi au samedi",
            "Agence web et communication à {city}",
            "Découvrez nos offres et nos actualités",
            "Votre partenaire pour {thing}",
        ),
    ),
    (
        (
            "Restaurant {brand}",
            "Hôtel {brand}",
            "Librairie {brand}",
            "Boulangerie {brand}",
            "Le Café {brand}",
            "Chez {first}",
            "Garage {brand}",
        ),
        (
            "Ouvert du mardi au samedi. Réservations au 02 40 00 00 00",
            "Cuisine de saison au coeur de {city}. Réservez votre table",
            "Libraires indépendants à {city} : coups de coeur, rencontres, dédicaces",
            "Votre boutique à {city}, livraison offerte dès 40€",
            "Artisans depuis {year}",
        ),
    ),
    (
        (
            "Radio {brand}",
            "{brand} Magazine",
            "Le Journal de {city}",
            "{city} Actu",
            "{brand} TV",
            "L'Écho de {city}",
            "{brand} Podcast",
        ),
        (
            "L'info de {city} en continu. Signalez une info : redaction@{low}.example",
            "Le magazine de {thing}, chaque mois en kiosque",
            "Média indépendant sur {thing}. Abonnez-vous à la newsletter",
            "Toute l'actualité de {thing}",
            "La radio des passionnés. 9{n}.{n} FM à {city}",
            "Émission consacrée à {thing}, tous les mardis à 18h",
        ),
    ),
    (
        (
            "Lycée {last}",
            "Université de {city}",
            "IUT {city}",
            "École {brand}",
            "CHU {city}",
            "Musée {last}",
            "Institut {brand}",
            "CFA {brand}",
        ),
        (
            "Établissement public. {n} étudiants, {n} formations",
            "Compte officiel. Recherche, formation, vie étudiante.",
            "École d'ingénieurs à {city} - admissions ouvertes",
            "Expositions, visites et ateliers toute l'année. Fermé le lundi",
            "Former les talents de demain dans {thing}",
        ),
    ),
    (
        (
            "{city} Handball",
            "Stade {city}",
            "US {city}",
            "Festival {brand}",
            "Cie {brand}",
            "Théâtre {last}",
            "Groupe {last}",
            "{brand} Orchestra",
        ),
        (
            "Club de handball fondé en {year}. Billetterie en ligne",
            "Le festival de {thing}, 10e édition du 3 au 8 juillet à {city}",
            "Compagnie de théâtre. En tournée en {year}",
            "Programmation, billets, coulisses de la saison",
            "Groupe de rock de {city}. Nouvel album disponible !",
        ),
    ),
    (
        (
            "CGT {brand}",
            "CFDT {city}",
            "Syndicat {brand}",
            "Ordre des {last}",
            "CCI {city}",
            "Pôle emploi {city}",
            "Chambre des métiers {city}",
        ),
        (
            "Section syndicale. Infos, tracts, permanences le jeudi",
            "Au service des entreprises et de l'emploi à {city}",
            "Organisme professionnel représentant {thing}",
            "Informer, conseiller, défendre.",
        ),
    ),
)
_PEOPLE = (
    "{job} à {city}. {taste}",
    "{job} chez {brand} | propos personnels",
    "{taste}, {taste}. Un peu de politique aussi",
    "Maman de {n} enfants, {taste}",
    "Papa, mari, {job}. Mes tweets n'engagent que moi",
    "{job} passionné par {thing}",
    "{job} @{low}, ex {brand}",
    "J'aime {thing}. {city} dans le coeur",
    "Étudiante en droit à {city}",
    "Journaliste à {brand} Magazine. Je parle de {thing}",
    "{taste}",
    "Fondateur de {brand}, {taste}",
    "Conseiller municipal à {city}, engagé pour {thing}",
    "Présidente de l'association {brand}. {job} dans la vraie vie",
    "Retraitée de l'éducation nationale, {taste}",
    "Docteur en biologie, {taste}. Je râle souvent",
    "Bénévole au club de handball de {city}",
    "Directrice de la communication du groupe {brand}",
    "Chargée de mission à la mairie de {city}. Avis perso.",
    "Responsable RH chez {brand}. On recrute, MP ouverts !",
    "Député de la {n}e circonscription",
    "",
    "{city}",
    "vingt ans et des poussières",
)
_JOBS = """Développeur Développeuse Infirmière Enseignant Prof d'anglais|Ingénieure|Graphiste|Comptable|Avocate|Technicien|Vendeuse|Soudeur
|Cheffe de projet|Consultant|Boulanger|Chercheuse au CNRS|Community manager|Data analyst|Photographe amateur""".replace(
    "\n", ""
).split("|")
_TASTES = """fan de rugby|lecteur compulsif|amoureuse de la mer|geek à temps plein|gourmande|cycliste du dimanche|mélomane|jardinier du week-end
|joueuse de jeux de société|accro au café|supporter du stade|voyageuse|maladroit mais gentil|féministe|papa poule""".replace(
    "\n", ""
).split("|")


def organisations(chance: random.Random, count: int, *, kinds: range | None = None) -> Iterator[Account]:
    """French organisations; `kinds` picks some of the eight families, so that tests can use others."""
    families = [_ORGANISATIONS[kind] for kind in kinds] if kinds is not None else list(_ORGANISATIONS)
    for _ in range(count):
        names, bios = chance.choice(families)
        slots = _slots(chance)
        name = chance.choice(names).format(**slots)
        bio = _contract(chance.choice(bios).format(**slots)) if chance.random() > 0.04 else ""
        yield Account(platform="invented", handle=_handle(chance, name), display_name=name, bio=bio)


def people(chance: random.Random, count: int) -> Iterator[Account]:
    """French people, of whom some speak of organisations and some hardly at all."""
    for _ in range(count):
        slots = _slots(chance)
        name = chance.choice(
            ("{first} {last}", "{first} {last}", "{first}", "{last} {first}", "{first} {last} 🌻", "{low}")
        )
        bio = _contract(chance.choice(_PEOPLE).format(**slots))
        shown = name.format(**slots)
        yield Account(platform="invented", handle=_handle(chance, shown), display_name=shown, bio=bio)


def _slots(chance: random.Random) -> dict[str, str]:
    brand = chance.choice(_BRANDS)
    return {
        "city": chance.choice(_CITIES),
        "brand": brand,
        "low": brand.lower().replace("é", "e"),
        "thing": chance.choice(_THINGS),
        "year": str(chance.randint(1890, 2024)),
        "n": str(chance.randint(2, 9)),
        "first": chance.choice(_FIRSTS),
        "last": chance.choice(_LASTS),
        "job": chance.choice(_JOBS),
        "taste": chance.choice(_TASTES),
    }


def _handle(chance: random.Random, name: str) -> str:
    words = [word for word in "".join(c if c.isalnum() else " " for c in name).split() if word.isascii()] or [
        "compte"
    ]
    end = chance.choice(("", "", "", "_", str(chance.randint(1, 99)), "FR", "Off"))
    return (chance.choice(("", "_")).join(words) + end)[:20]


def _contract(text: str) -> str:
    for long, short in (("de le ", "du "), ("de les ", "des "), ("à le ", "au "), ("à les ", "aux ")):
        text = text.replace(long, short)
    return text
