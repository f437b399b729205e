"""Natural mentions: how people really use company names and ordinary words.

Names that mean nothing but a company show how companies are spoken of; ordinary words, in posts about other things, show
how words are; nobody labelled those. Names that are both were read (read_names.toml). The name itself is never a feature,
so the model can be asked about other names.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nlp.company import CompanyNames, Mention
from nlp.fold import fold
from nlp.sectors import sector_names, sector_of
from nlp.training.convert import lines

_COMPANIES = {
    "retail": "amazon walmart ikea costco kroger nike adidas aldi lidl sony nintendo danone",
    "tech": "google microsoft netflix spotify samsung adobe ebay ibm intel nvidia deloitte accenture capgemini airbnb monsanto",
    "telecom": "sfr bouygues verizon comcast",
    "energy": "edf engie areva veolia gazprom greenpeace",
    "finance": "paypal bnp axa sanofi",
    "travel": "fedex tesla uber lyft toyota honda boeing airbus renault peugeot michelin sncf ratp volkswagen",
    "food": "starbucks doordash instacart chipotle",
}
"""Names that mean nothing but a company (or as good as), by trade."""
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
_FILES = {
    "crowdflower_dev": "en",
    "sentiment/en_train": "en",
    "sentiment/fr_train": "fr",
    "threads/reddit_amazonfc_threads": "en",
    "threads/ibm_care_threads": "en",
    "threads/twcs_threads": "en",
    "threads/free_fr_posts": "fr",
    "threads/engie_fr_posts": "fr",
}
_READ = Path(__file__).parent / "read_names.toml"
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|\S+\.(?:com|fr|org|net|co)\b\S*")
"""A name within an address says nothing of how people speak of a company."""
_SEED, _PER_COMPANY, _PER_WORD, _PER_READ, _AROUND = 20261126, 250, 45, 600, 320
_READ_WORDS = 60
_NO_TRADE = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """One mention with what stands around it."""

    text: str
    folded: str
    mention: Mention
    is_company: bool
    language: str
    name: str
    trade: str
    is_read: bool
    """Labelled by a reader; otherwise what the name nearly always is."""
    post: str
    """The post it stands in: tests keep the mentions of one post together."""


def usages(data: Path) -> Iterator[Usage]:
    """Mentions in the unlabelled posts of the development data, and those a reader labelled."""
    corpus = list(_corpus(data))
    random.Random(_SEED).shuffle(corpus)
    tree = _read()
    yield from _of(corpus, tuple(tree), _PER_READ, lambda name, post: _label(tree, name, post), is_read=True)
    for words, is_company, languages, most in (
        (" ".join(_COMPANIES.values()), True, ("en", "fr"), _PER_COMPANY),
        (_WORDS_EN, False, ("en",), _PER_WORD),
        (_WORDS_FR, False, ("fr",), _PER_WORD),
    ):
        names = tuple(name for name in words.split() if name not in tree)
        spoken = [post for post in corpus if post.language in languages]
        yield from _of(spoken, names, most, lambda *_, known=is_company: known, is_read=False)


def _read() -> dict[str, dict[str, dict[str, Any]]]:
    return tomllib.loads(_READ.read_text(encoding="utf-8"))


def _label(tree: dict[str, dict[str, dict[str, Any]]], name: str, post: Post) -> bool | None:
    told = tree[name].get(post.file)
    return None if told is None else bool(told["company"]) != (post.line in told["but"])


def _of(
    corpus: Sequence[Post],
    words: tuple[str, ...],
    most: int,
    label: Callable[[str, Post], bool | None],
    *,
    is_read: bool,
) -> Iterator[Usage]:
    counted: Counter[tuple[str, str]] = Counter()
    seen: set[str] = set()
    names = CompanyNames(company_id="any", names=words)
    for post in corpus:
        folded = fold(post.text)
        addresses = [match.span() for match in _ADDRESS.finditer(post.text)]
        for mention in names.mentions(post.text, folded):
            name = " ".join(folded[mention.start : mention.end].split())
            is_company = label(name, post) if name in words else None
            if (
                is_company is None
                or mention.kind != "name"
                or any(s <= mention.start < e for s, e in addresses)
            ):
                continue
            found = _cut(post, folded, mention, is_company, name, is_read=is_read)
            # What a forum's robot repeats under every post teaches nothing the second time.
            if found.folded in seen:
                continue
            seen.add(found.folded)
            counted[name, post.language] += 1
            few = is_read and not is_company and name != "free"
            if counted[name, post.language] <= (_READ_WORDS if few else most):
                yield found


def _trade(name: str, is_company: bool) -> str:
    """The trade of a company; an ordinary word is given any, so that words of a trade alone prove nothing."""
    told = next((trade for trade, names in _COMPANIES.items() if name in names.split()), "")
    known = told or sector_of([name])
    if known or is_company:
        return known
    chance = random.Random(name)
    return "" if chance.random() < _NO_TRADE else chance.choice(sector_names())


def _cut(post: Post, folded: str, mention: Mention, is_company: bool, name: str, *, is_read: bool) -> Usage:
    text = post.text
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
        language=post.language,
        name=name,
        trade=_trade(name, is_company),
        is_read=is_read,
        post=f"{post.file}:{post.line}",
    )


@dataclass(frozen=True, slots=True)
class Post:
    """A post of the development data and where it stands."""

    file: str
    line: int
    language: str
    text: str


def _corpus(data: Path) -> Iterator[Post]:
    for file, language in _FILES.items():
        for line, row in enumerate(lines(data / f"{file}.jsonl")):
            yield Post(file, line, language, row.get("text") or row.get("post") or "")
