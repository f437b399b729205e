"""Natural mentions: how people really use company names and ordinary words, without anybody labelling them.

Names that mean nothing but a company show how companies are spoken of; ordinary words, in posts about other things, show
how words are. The name itself is never a feature, so the model can be asked about names that are both.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from nlp.company import CompanyNames, Mention
from nlp.fold import fold
from nlp.training.convert import lines, sentiment

_COMPANIES = """amazon walmart google microsoft netflix starbucks fedex tesla spotify samsung sony nintendo adobe uber lyft ebay paypal
ikea costco kroger nike adidas toyota honda boeing airbus renault peugeot michelin danone edf engie sfr bouygues sncf ratp veolia areva
sanofi bnp axa monsanto volkswagen ibm intel nvidia comcast verizon deloitte accenture capgemini doordash instacart airbnb chipotle
aldi lidl gazprom greenpeace"""
_COMPANIES_IN_FRENCH = "orange free"
_WORDS_EN = """time week day month year house water food money school phone car door room table book game team music movie song night
morning job work boss manager office box ticket line bus train street park city country world war peace love heart head hand foot eye
face hair dog cat bird fish tree flower sun moon star sky rain snow wind fire ice light dark red blue green white black orange yellow
free total next quick three two first last best big small long short high low hot cold new old good bad easy hard open close start stop
run walk play win lose give take match square action gap boots signal brave mint sprint discover visa casino monster canal holiday
summer winter stage class test plan deal price rate bill card cash bank store shop market site page link list map key ring chain stone
glass paper letter word story news press report study life death baby kid friend family mother father"""
_WORDS_FR = """temps semaine jour mois maison eau argent ecole telephone voiture porte chambre table livre jeu equipe musique film chanson
nuit matin travail bureau boite billet ligne bus train rue parc ville pays monde guerre paix amour coeur tete main pied oeil chien chat
oiseau poisson arbre fleur soleil lune etoile ciel pluie neige vent feu glace lumiere rouge bleu vert blanc noir jaune total action box
canal rapide premier dernier meilleur grand petit long court haut chaud froid nouveau vieux bon mauvais facile dur ouvert prix facture
carte banque magasin marche site page liste cle anneau pierre verre papier lettre mot histoire journal etude vie mort bebe enfant ami
famille mere pere climat energie planete terre mer air petrole gaz avenir danger espoir colere plan stage printemps nature centrale
reseau dossier point place loi projet"""
_SEED, _PER_COMPANY, _PER_WORD, _AROUND = 20261126, 250, 45, 140


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """One mention with what stands around it."""

    text: str
    folded: str
    mention: Mention
    is_company: bool
    language: str
    name: str


def usages(data: Path) -> Iterator[Usage]:
    """Mentions in the unlabelled posts of the development data."""
    corpus = list(_corpus(data))
    random.Random(_SEED).shuffle(corpus)
    for words, is_company, languages, most in (
        (_COMPANIES, True, ("en", "fr"), _PER_COMPANY),
        (_COMPANIES_IN_FRENCH, True, ("fr",), _PER_COMPANY),
        (_WORDS_EN, False, ("en",), _PER_WORD),
        (_WORDS_FR, False, ("fr",), _PER_WORD),
    ):
        counted: Counter[tuple[str, str]] = Counter()
        names = CompanyNames(company_id="any", names=tuple(words.split()))
        for language, text in corpus:
            if language not in languages:
                continue
            folded = fold(text)
            for mention in names.mentions(text, folded):
                name = folded[mention.start : mention.end]
                counted[name, language] += 1
                if mention.kind == "name" and counted[name, language] <= most:
                    yield _cut(text, folded, mention, is_company, language, name)


def _cut(text: str, folded: str, mention: Mention, is_company: bool, language: str, name: str) -> Usage:
    start, end = max(0, mention.start - _AROUND), min(len(text), mention.end + _AROUND)
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    written = text[mention.start : mention.end]
    return Usage(
        text=text[start:end],
        folded=folded[start:end],
        # As a name in company.toml is written: with a capital.
        mention=replace(
            mention, start=mention.start - start, end=mention.end - start, exact=not written.islower()
        ),
        is_company=is_company,
        language=language,
        name=name,
    )


def _corpus(data: Path) -> Iterator[tuple[str, str]]:
    yield from (("en", row["post"]) for row in lines(data / "crowdflower_dev.jsonl"))
    texts, _, languages = sentiment(data, "train")
    yield from zip(map(str, languages), texts, strict=True)
    for name, language in (
        ("reddit_amazonfc_threads", "en"),
        ("ibm_care_threads", "en"),
        ("twcs_threads", "en"),
        ("free_fr_posts", "fr"),
        ("engie_fr_posts", "fr"),
    ):
        yield from ((language, row["text"] or "") for row in lines(data / "threads" / f"{name}.jsonl"))
