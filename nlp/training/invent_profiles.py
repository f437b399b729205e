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
    (
        (
            "Préfecture {dept}",
            "Ministère {of}",
            "Agence nationale {of}",
            "Direction régionale {of}",
            "Office {of}",
            "Région {region}",
            "Rectorat de {city}",
            "ARS {region}",
            "SDIS {city}",
            "Gendarmerie {dept}",
        ),
        (
            "Compte officiel des services de l'État {dept}",
            "Bienvenue sur le compte officiel. Modération : 9h-18h",
            "Toutes les infos du ministère, en direct. Porte-parole, communiqués, agenda.",
            "Établissement public sous tutelle de l'État. {thing} partout et pour tous",
            "En cas d'urgence composez le 112. Ce compte n'est pas surveillé 24h/24",
            "Sapeurs-pompiers : informations opérationnelles et prévention",
            "Actualité de la région académique",
            "Informer, protéger, accompagner",
            "L'action publique au plus près des habitants",
            "",
        ),
    ),
    (
        (
            "Ligne {n} {brand}",
            "{brand} Trafic",
            "{brand} et vous",
            "{brand} Aide",
            "{brand} Client",
            "TER {region}",
            "Info {city}",
        ),
        (
            "Info trafic en temps réel de 6h à 22h",
            "Nos conseillers vous répondent du lundi au vendredi, de 8h à 20h",
            "Une question sur votre abonnement ? On est là",
            "Assistance : envoyez-nous un message privé",
            "Suivez l'état du réseau en direct. Bon voyage à bord !",
            "Le fil d'actualité de votre ligne, travaux et perturbations",
            "Le service client {brand} sur les réseaux",
        ),
    ),
    (
        (
            "Laboratoire {brand}",
            "UMR {n}{n}{n}{n} {brand}",
            "Revue {brand}",
            "Éditions {brand}",
            "Presses de {city}",
            "Société française {of}",
            "Observatoire {of}",
            "Chaire {brand}",
            "Fondation {last}",
            "Institut {last}",
        ),
        (
            "Laboratoire de recherche sur {thing} (CNRS, université de {city})",
            "Publie des travaux en accès ouvert sur {thing}. Appels à contribution permanents",
            "Maison d'édition indépendante née en {year}. Littérature, essais, jeunesse",
            "Société savante. Journées d'étude, prix, colloques",
            "Reconnue d'utilité publique depuis {year}",
            "Think tank indépendant. Notes, débats, propositions sur {thing}",
            "Comprendre {thing} par les données",
            "Nos livres, nos auteurs, nos rencontres",
        ),
    ),
    (
        (
            "{brand}",
            "{brand} App",
            "get{low}",
            "{brand}.io",
            "Team {brand}",
            "{brand} Studio",
            "{brand} Games",
            "Les Ateliers {brand}",
            "Maison {last}",
            "Domaine {last}",
            "Ferme {brand}",
            "{first} & {first}",
        ),
        (
            "On change la façon de vivre {thing} ✨",
            "Le bon plan pour {thing}, sans engagement.",
            "Plus simple, plus vert, plus humain.",
            "Déjà {n}0 000 utilisateurs. Et vous ?",
            "Pensé à {city}, fabriqué avec amour",
            "La solution tout-en-un dédiée à {thing}",
            "Vignerons de père en fille. Dégustation sur rendez-vous",
            "Pain au levain, farines locales. Fermé le mercredi",
            "Création de bijoux fantaisie, envois partout en France",
            "Jeu disponible sur toutes les plateformes ! Rejoignez le Discord",
            "Levée de {n} M€ pour accélérer. On recrute !",
            "Collection d'été en ligne 👗 Livraison 48h",
            "Coworking & café à {city}. Ouvert 7j/7",
            "Des paniers de légumes bio chaque jeudi",
            "Menuiserie, agencement, restauration de meubles",
            "Hello 👋 ici on parle de {thing}",
        ),
    ),
    (
        (
            "{brand} Quotidien",
            "Canal {brand}",
            "Le {last} Libéré",
            "{city} Info",
            "La Gazette {of}",
            "{brand} Sport",
            "Les Nuits {brand}",
            "L'Hebdo {of}",
            "{thing_name} Mag",
            "Planète {brand}",
        ),
        (
            "L'essentiel de l'info, chaque matin à 7h dans votre boîte mail",
            "Reportages, enquêtes, entretiens. Un journal sans publicité.",
            "Retrouvez-nous sur le canal 2{n} de la TNT",
            "Le replay, les extraits, les coulisses",
            "Du lundi au vendredi à 20h50 #{brand}",
            "Tout le foot, rien que le foot",
            "Une rédaction, {n} journalistes, zéro actionnaire",
            "Podcast hebdomadaire : une histoire, une voix, {n}0 minutes",
            "Alertes info en continu",
            "Notre prochain numéro est en kiosque",
        ),
    ),
    (
        (
            "{brand} Jeunes",
            "Parti {brand}",
            "Mouvement {brand}",
            "Comité {city}",
            "SOS {brand}",
            "Secours {brand}",
            "Amicale {of}",
            "BDE {brand}",
            "Scouts de {city}",
            "Maison des associations {city}",
            "Union {of}",
            "FO {brand}",
            "SUD {brand}",
            "Coordination {of}",
        ),
        (
            "Ensemble pour {thing} ! Adhésion : 10 €",
            "Par les étudiants, pour les étudiants. Soirées, tutorat, paniers",
            "Maraudes tous les soirs à {city}. Dons : {low}.example",
            "Mobilisation le 12. On lâche rien ✊",
            "Nous faisons vivre {thing} dans {n}0 communes",
            "Le parti de celles et ceux qui croient en {thing}",
            "Comité local. Réunion publique chaque premier mardi",
            "Accueil, écoute, hébergement d'urgence",
            "Plus qu'un club, une famille. {n}00 licenciés",
            "Refuge : {n}0 chats et chiens à adopter",
            "Nos élus au CSE, nos permanences, vos droits",
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
    "Avocate au barreau de {city}. Droit du travail, pénal. Maman",
    "Sénateur de {region}. Ancien maire de {city}",
    "Maire de {city} depuis {year}. Vice-présidente de la métropole",
    "Co-fondateur @{low}. Avant ça, prof. {taste}",
    "Rédacteur en chef adjoint à {brand}. Auteur de deux livres sur {thing}",
    "Doctorante en sociologie, université de {city}. Thèse sur {thing}",
    "Porte-parole du mouvement {brand}. Candidate à {city}",
    "Médecin généraliste à {city}, {taste}",
    "Entrepreneur, investisseur, {taste}. {city} - Lisbonne",
    "Streameur sur les jeux de rôle ! Business : {low}@mail.example",
    "Chroniqueuse {brand} TV. {taste}",
    "Photographe. Portraits, mariages, paysages. Dispo partout en France",
    "Comédien. Agent : {first} {last}. Actuellement en tournée",
    "Présidente du conseil départemental. Élue de terrain",
    "Auteur BD. Nouvel album en librairie le 12 !",
    "ici je râle et je dors",
    "la vie est trop courte pour les mails",
    "Secrétaire national CFDT {brand}. Lillois, supporter, papa",
    "Chercheur au laboratoire {brand}. {thing} et un peu de musique",
    "Directeur général de l'office {of}. Tweets perso",
    "Naturopathe et prof de yoga à {city}. Prenez rendez-vous en ligne",
    "Coach sportif diplômé. Programmes en MP 💪",
    "Chargé de com' à la région {region}, {taste}",
    "Consultante indépendante : j'accompagne les équipes. Formations, conférences",
    "#{brand} pour toujours",
    "20 ans, {city}. {taste}",
    "Ingénieur territorial le jour, {taste}",
    "Je teste, je mange, je note. {city}",
    "Étudiant infirmier | {taste} | {city}",
    "Ex-basketteur pro. Consultant {brand} Sport",
)
_JOBS = """Développeur Développeuse Infirmière Enseignant Prof d'anglais|Ingénieure|Graphiste|Comptable|Avocate|Technicien|Vendeuse|Soudeur
|Cheffe de projet|Consultant|Boulanger|Chercheuse au CNRS|Community manager|Data analyst|Photographe amateur""".replace(
    "\n", ""
).split("|")
_TASTES = """fan de rugby|lecteur compulsif|amoureuse de la mer|geek à temps plein|gourmande|cycliste du dimanche|mélomane|jardinier du week-end
|joueuse de jeux de société|accro au café|supporter du stade|voyageuse|maladroit mais gentil|féministe|papa poule""".replace(
    "\n", ""
).split("|")


_DEPARTMENTS = [
    "de l'Ain",
    "du Nord",
    "de la Sarthe",
    "du Morbihan",
    "de l'Hérault",
    "des Landes",
    "du Jura",
    "de l'Orne",
]
_REGIONS = [
    "Bretagne",
    "Occitanie",
    "Normandie",
    "Grand Est",
    "Centre",
    "Nouvelle-Aquitaine",
    "Pays de la Loire",
]
_OF = ["du logement", "de l'eau", "des transports", "de la culture", "du numérique", "de la mer", "des sports", "de l'énergie",
       "du travail", "de la santé", "des forêts", "du cinéma", "de la musique", "des familles"]  # fmt: skip


def organisations(chance: random.Random, count: int, *, kinds: range | None = None) -> Iterator[Account]:
    """French organisations; `kinds` picks some of the fourteen families, so that tests can use others."""
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
        "dept": chance.choice(_DEPARTMENTS),
        "region": chance.choice(_REGIONS),
        "of": chance.choice(_OF),
        "thing_name": chance.choice(_OF).split()[-1].split("'")[-1].capitalize(),
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
