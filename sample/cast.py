"""Cast: how many accounts of which kind each platform has, and what each kind is to the two companies."""

from __future__ import annotations

from collections.abc import Mapping

from sample.world import HOME, RIVAL

PEOPLE: Mapping[str, Mapping[str, int]] = {
    "bluesky": {
        "employee": 34, "apprentice": 4, "executive": 2, "quiet_employee": 5, "joiner": 5, "leaver": 5,
        "former": 15, "customer": 82, "plain": 64, "fan": 8, "candidate": 14, "recruiter": 7, "student": 9,
        "consultant": 5, "rival_employee": 10, "homonym": 18, "parody": 1, "journalist": 5, "media": 7,
        "agency": 4, "partner": 5, "union_org": 1, "job_bot": 3, "news_bot": 2, "traffic_bot": 2, "shy": 5,
    },
    "mastodon": {
        "employee": 24, "apprentice": 3, "executive": 1, "quiet_employee": 4, "joiner": 3, "leaver": 4,
        "former": 11, "customer": 58, "plain": 50, "fan": 8, "candidate": 8, "recruiter": 3, "student": 7,
        "consultant": 4, "rival_employee": 6, "homonym": 18, "parody": 1, "journalist": 4, "media": 5,
        "agency": 2, "partner": 5, "union_org": 1, "job_bot": 2, "news_bot": 2, "traffic_bot": 2, "shy": 8,
    },
    "forum": {
        "employee": 9, "quiet_employee": 3, "leaver": 1, "former": 6, "customer": 58, "plain": 24, "fan": 6,
        "candidate": 4, "student": 3, "rival_employee": 3, "homonym": 2, "partner": 2, "traffic_bot": 1,
    },
    "hackernews": {"employee": 5, "quiet_employee": 6, "former": 4, "plain": 58, "rival_employee": 2},
    "linkedin": {
        "employee": 17, "apprentice": 3, "executive": 2, "joiner": 1, "former": 7, "candidate": 4,
        "recruiter": 6, "student": 2, "consultant": 4, "rival_employee": 4, "agency": 4, "partner": 3,
    },
    "rss": {"media": 8},
}  # fmt: skip

OFFICIAL: Mapping[str, tuple[tuple[str, str, str, str], ...]] = {
    # role, company, handle, display name
    "bluesky": (
        ("main", HOME, "sillon.example", "Sillon"),
        ("careers", HOME, "carrieres.sillon.example", "Sillon Carrières"),
        ("support", HOME, "clients.sillon.example", "Sillon Clients"),
        ("rival", RIVAL, "quintarel.example", "Quintarel"),
        ("rival_support", RIVAL, "aide.quintarel.example", "Quintarel Aide"),
    ),
    "mastodon": (
        ("main", HOME, "sillon", "Sillon"),
        ("careers", HOME, "sillon_carrieres", "Sillon Carrières"),
        ("support", HOME, "sillon_clients", "Sillon Clients"),
        ("rival", RIVAL, "quintarel", "Quintarel"),
    ),
    "forum": (("support", HOME, "SillonClients", "Sillon - service clients"),),
    "linkedin": (("main", HOME, "sillon-mobilites", "Sillon"), ("rival", RIVAL, "quintarel", "Quintarel")),
    "rss": (("main", HOME, "sillon.example", "Sillon - Salle de presse"),),
    "hackernews": (),
}

OFFICIAL_BIOS: Mapping[str, Mapping[str, str]] = {
    "main": {
        "fr": "Compte officiel du groupe Sillon. Mobilités régionales : trains, tramways, cars.",
        "en": "Official account of Sillon, regional mobility. Trains, trams, coaches.",
    },
    "careers": {
        "fr": "Les métiers et les offres de Sillon. L'équipe recrutement vous répond.",
        "en": "Jobs and people at Sillon. The recruitment team answers.",
    },
    "support": {
        "fr": "Service clients Sillon, 7j/7 de 6h à 21h. Léa (LB), Marc (MC), Jade (JT), Samir (SO)",
        "en": "Sillon customer care, 6am to 9pm. Léa (LB), Marc (MC), Jade (JT), Samir (SO)",
    },
    "rival": {
        "fr": "Compte officiel de Quintarel, le réseau qui relie.",
        "en": "Official account of Quintarel.",
    },
    "rival_support": {
        "fr": "L'équipe Quintarel vous aide, du lundi au samedi.",
        "en": "Quintarel help desk.",
    },
}

EMPLOYED = ("employee", "apprentice", "executive", "quiet_employee")
ORGANISATIONS = ("media", "agency", "partner", "union_org")
BOTS = ("job_bot", "news_bot", "traffic_bot")
HUMAN_CROWD = (
    "customer", "plain", "fan", "candidate", "recruiter", "student", "consultant", "homonym", "parody",
    "journalist", "shy",
)  # fmt: skip


def voices(kind: str) -> dict[str, str]:
    """What an account of this kind is towards each company."""
    home = rival = "person"
    if kind in EMPLOYED:
        home = "employee"
    elif kind == "former":
        home = "former_employee"
    elif kind == "rival_employee":
        rival = "employee"
    elif kind in ORGANISATIONS:
        home = rival = "organisation"
    elif kind in BOTS:
        home = rival = "bot"
    elif kind == f"official_{HOME}":
        home, rival = "brand", "organisation"
    elif kind == f"official_{RIVAL}":
        home, rival = "organisation", "brand"
    return {HOME: home, RIVAL: rival}


def role(kind: str) -> str:
    """The role in which an account of this kind answers in a conversation."""
    if kind in EMPLOYED:
        return "employee"
    return kind if kind in ("former", "recruiter", "rival_employee") else "person"
