"""Invented sentences in which a word is a company, or just the word: French and English, many names and turns."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

_NAMES = [
    "Orange",
    "Free",
    "Total",
    "Shell",
    "Apple",
    "Casino",
    "Carrefour",
    "Target",
    "Gap",
    "Visa",
    "Action",
    "Box",
    "Bolt",
    "Lime",
    "Boulanger",
    "Picard",
    "Quick",
    "Monster",
    "Indeed",
    "Subway",
    "Boots",
    "Next",
    "Sage",
    "Slack",
    "Zoom",
    "Oracle",
    "Meta",
    "Safran",
    "Amazon",
    "Galaxy",
    "Puma",
    "Jaguar",
    "Mars",
    "Chase",
    "Discover",
    "Match",
    "Avis",
    "Panda",
    "Tide",
    "Dove",
    "Square",
    "Stripe",
    "Canal",
    "Bouton",
    "Lierre",
    "Falaise",
    "Comète",
    "Rivage",
    "Boussole",
    "Marteau",
    "Tilleul",
    "Horizon",
    "Passerelle",
    "Bloom",
    "Harvest",
    "Summit",
    "Anchor",
    "Beacon",
    "Maple",
]
_RIVALS = [
    "Voltine",
    "Kerban",
    "Altoria",
    "Nexel",
    "Brivac",
    "SFR",
    "Bouygues",
    "Tesco",
    "Costco",
    "Engie",
    "Veolia",
]

_COMPANY = (
    "{N} recrute {n} alternants à Lyon", "Je bosse chez {N} depuis {n} ans", "Client {N} depuis {n} ans, ras le bol",
    "Le service client de {N} ne répond jamais", "Encore une panne {N} ce matin", "Merci {N} pour la réactivité",
    "Ma box {N} ne marche plus", "Le PDG de {N} a parlé hier", "Les salariés de {N} sont en grève", "{N} annonce de bons résultats",
    "Entretien chez {N} demain, des conseils ?", "J'ai quitté {N} en mars", "{N} ou {M}, vous prendriez quoi ?",
    "Je passe de {N} à {M} la semaine prochaine", "Beaucoup de gens prennent {N} dans le quartier", "Pas de {N} lundi, c'est la grève",
    "C'est la faute de {N}, pas la mienne", "@lea Merci ! {N} Carrières", "Transport : {N} remporte l'appel d'offres", "{N} : encore {n} jours sans réseau",
    "Avec {N}, jamais de surprise sur la facture", "{N} ne m'a jamais remboursé", "Franchement {N} c'est mieux qu'avant", "j'adore bosser avec les équipes de {N}",
    "Premier jour chez {N}, hâte !", "Mon colis {N} est perdu", "Quelqu'un travaille chez {N} ici ?", "{N} va supprimer {n}00 postes", "On m'a proposé un CDI chez {N}",
    "{N} paie mal ses techniciens", "Qui a déjà fait un stage chez {N} ?", "Quel opérateur, {N} ou {M} ?", "En réunion avec {N} ce matin", "selon {N}, tout va bien",
    "bonjour {low} j'ai plus rien depuis hier", "chez {low} on attend trois heures", "{low} c'est vraiment du vol leurs prix", "je suis client {low} et ma facture a doublé",
    "mon contrat {low} se termine", "{low} recrute des techniciens", "ma boite c'est {low} et franchement ça va", "BRAVO {UP} POUR CETTE PANNE", "{UP} recrute !",
    "#{tag} toujours pas de réponse du service client", "Nouvelle offre #{tag} pour les pros", "@{tag} pourquoi ma ligne est coupée ?",
    "{N} is hiring {n} engineers", "I work at {N} and I like it", "{N} customer service never answers", "Another {N} outage this morning", "Thanks {N} for the quick refund",
    "My {N} order is late again", "The CEO of {N} spoke yesterday", "{N} workers are on strike", "{N} announced record profits", "Interview at {N} tomorrow, any tips?",
    "I left {N} in March", "{N} or {M}, what would you pick?", "Switching from {N} to {M} next week", "No {N} on Monday because of the strike", "It is {N}'s fault, not mine",
    "@sam Thanks! {N} Careers", "Energy: {N} wins the tender", "{N} outage: day {n}", "With {N} you always know your manager", "{N} never refunded me", "Honestly {N} treats people well",
    "First day at {N}!", "Does anyone here work for {N}?", "{N} will cut {n}00 jobs", "They offered me a contract at {N}", "{N} pays its drivers badly", "In a meeting with {N} today",
    "why is {low} down again", "been with {low} for {n} years, worst app ever", "{low} support told me to wait", "my boss at {low} is great", "People from {N} helped us a lot",
    "Je connais quelqu'un de chez {N}", "{N}, {M} : mêmes méthodes", "Le magasin {N} de Rennes ferme", "Une collègue de {N} m'a répondu", "J'ai vu la pub {N} hier", "l'ambiance est bonne à {N}",
    "{N} shares fell {n}%", "The {N} store near me closed", "The new {N} app is terrible", "A friend from {N} told me", "L'appli {N} plante encore", "Le réseau {N} est mort ici",
    "Où en est {N} sur le télétravail ?", "Is {N} a good place to work?", "{N} est-elle une bonne boîte ?", "Vous pensez quoi de {N} ?", "What do you think of {N}?", "{N}!! répondez svp",
    "la prime chez {low} est tombée", "Dix ans de {N} et toujours fier", "Ten years of {N} and still proud", "Tout le monde parle de {N} en ce moment", "Bien joué {N}", "Well done {N}",
)  # fmt: skip
_WORD = (
    "J'ai vu un {low} au bord du chemin", "Le {low} est magnifique ce matin", "Une {low} posée sur la table", "Il fallait suivre le {low} jusqu'au bout", "Ce {low} me rappelle l'enfance",
    "Les {low}s sont de saison", "Mon {low} préféré, de loin", "Très {low} tout ça", "Encore ce {low}, quelle histoire", "la couleur {low} me va bien", "de {low} en {low} on avance",
    "Un {low} et deux cafés", "L'{low} du jardin pousse bien", "{N} de saison, recette du dimanche", "Elle a peint un {low} sur le mur", "au {low} du village, près de l'église", "c'est {low} ou pas ?",
    "quel {low} !", "il y a un {low} dans chaque phrase", "on cherche le {low} depuis hier", "sans {low} ni trompette", "vigilance {low} dans douze départements", "un {low} de plus, et alors",
    "le petit {low} de la semaine", "Rendez-vous près du {low}", "J'ai mangé une {low} ce midi", "Le mot {low} vient du latin", "Le {N} de Marie est enfin fini", "Les enfants dessinent des {low}s", "la soupe au {low}",
    "I saw a {low} on the road", "The {low} is beautiful this morning", "That {low} again", "My favourite {low} by far", "So {low} today", "some {low} for breakfast", "a {low} and two coffees", "this {low} reminds me of home",
    "the best {low} I ever had", "it is so {low} in here", "{N} things make me happy", "no {low} left in the kitchen", "every {low} has a story", "feel {low} to ask", "just a {low} question", "in {low} there were {n} of us",
    "{low} pie recipe for Sunday", "the {low} between us is growing", "my {low} expired last week", "he took the {low} home", "we walked along the {low}", "what a {low}!", "it hit the {low} right away", "a {low} of light in the dark",
    "LE {UP} EST TROP BEAU", "my kid drew a {low}", "the word {low} is funny", "sugar {low} cookies", "{N} is my favourite colour", "{N} juice or tea?", "{N} est ma couleur préférée", "un {low}, ça se mérite",
    "#{tag} #nature #photo du matin", "two {low}s in the basket", "I need a new {low} for the party", "un joli {low} en bois", "Le {low} entre les champs", "en {low}, il était {n} heures", "Photo d'un {low} en hiver",
    "The {low} of the day", "Sunday walk, {low} and river", "Mon grand-père traçait le {low} à la main", "recette : {low}, sucre, beurre", "il a suivi le {low} sans un mot", "des {low}s partout", "au {low}, trente personnes",
    "ce n'est pas un {low} mais une rose", "je cherche un {low} vert pour mon salon", "le prix du {low} au kilo au marché", "our team bought a {low} for the garden", "the price of a {low} at the market",
    "the {low} service was on Sunday at church", "son équipe a perdu le {low}", "work on the {low} starts at nine", "le travail du {low} demande de la patience", "a {low} job well done", "Grand {low}, petit prix",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A text, the name it holds, and whether the name is the company there."""

    text: str
    name: str
    is_company: bool
    others: int
    turn: int
    """Which turn of phrase it was made from: tests leave whole turns out."""


def sentences(chance: random.Random, count: int) -> Iterator[Sentence]:
    """Sentences of both kinds in equal parts, some with more around them."""
    for number in range(count):
        is_company = number % 2 == 0
        turns = _COMPANY if is_company else _WORD
        turn = chance.randrange(len(turns))
        name, rival = chance.choice(_NAMES), chance.choice(_RIVALS)
        slots = {
            "N": name,
            "low": name.lower(),
            "UP": name.upper(),
            "tag": name,
            "M": rival,
            "n": str(chance.randint(2, 9)),
        }
        text = turns[turn].format(**slots)
        others = int("{M}" in turns[turn])
        text = surround(chance, text, is_company)
        yield Sentence(text=text, name=name, is_company=is_company, others=others, turn=turn)


_NEUTRAL = (
    "",
    "",
    "",
    " Bonne journée",
    " lol",
    " 😀",
    " On verra bien.",
    " Anyway.",
    " What a day.",
    " Voilà voilà",
    " https://a.example/x",
)
_LEAD = ("", "", "", "", "Bon. ", "Honestly, ", "Alors ", "@paul ", "@marie_75 oui, ", "So ", "Hier, ")


def surround(chance: random.Random, text: str, is_company: bool) -> str:
    """The text with something said before and after it; now and then without capitals."""
    lead = chance.choice(_LEAD)
    if (
        lead
        and not lead.endswith(". ")
        and text[:1].isupper()
        and not text.isupper()
        and chance.random() < 0.5
        and not is_company
    ):
        text = text[0].lower() + text[1:]
    text = lead + text + chance.choice(_NEUTRAL)
    return text.lower() if chance.random() < 0.06 else text
