"""Governance: the papers a data protection officer asks for, drafted from company.toml.

Pure: settings in, texts out. They are drafts for a person to complete and sign, not legal advice.
Sources: GDPR art. 13, 14, 30 and 35; Code du travail L1121-1, L1222-4, L2312-38; CNIL, fiche
moissonnage (19 June 2025).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from girafe.settings import Settings

TERMS_READ_ON = date(2026, 11, 23)
"""When the terms written in the sources' modules were last read; change it when they are read again."""

_EMPTY = {"fr": "À COMPLÉTER", "en": "TO BE COMPLETED"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a platform's terms ask, and when a person last read them."""

    platform: str
    text: str
    read_on: date


def documents(settings: Settings, terms: Sequence[Terms], *, today: date) -> Mapping[str, str]:
    """File name -> text of every paper, French and English."""
    papers = {"registre-plateformes.md": _terms_register(terms, today)}
    for language in ("fr", "en"):
        words = _WORDS[language]
        values = _values(settings, language, today)
        for name in ("record", "notice", "dpia"):
            papers[f"{words[name + '_file']}.{language}.md"] = words[name].format_map(values)
    return papers


def _values(settings: Settings, language: str, today: date) -> Mapping[str, str]:
    empty = _EMPTY[language]
    company, governance = settings.company, settings.governance
    informed = governance.works_council_informed_on
    platforms = sorted({source.name for source in settings.sources if source.enabled})
    by_platform = "; ".join(
        f"{platform} {days}" for platform, days in sorted(settings.retention.days_by_platform.items())
    )
    return {
        "company": company.name,
        "purpose": governance.purpose or empty,
        "legal_basis": governance.legal_basis or empty,
        "dpia": governance.dpia_reference or empty,
        "informed": informed.isoformat() if informed else empty,
        "notice_url": governance.notice_url or empty,
        "dpo": governance.dpo_contact or empty,
        "platforms": ", ".join(platforms) or empty,
        "raw_days": str(settings.retention.raw_days),
        "by_platform": by_platform or "-",
        "small_group": str(settings.privacy.small_group),
        "cross": str(settings.privacy.small_group_cross),
        "today": today.isoformat(),
    }


def _terms_register(terms: Sequence[Terms], today: date) -> str:
    lines = [
        "# Registre des conditions des plateformes / Register of platform terms",
        "",
        f"{today.isoformat()}",
        "",
        "| plateforme / platform | ce que demandent les conditions / what the terms ask | lu le / read on |",
        "|---|---|---|",
    ]
    for entry in sorted(terms, key=lambda entry: entry.platform):
        text = " ".join(entry.text.split()).replace("|", "/")
        lines.append(f"| {entry.platform} | {text} | {entry.read_on.isoformat()} |")
    return "\n".join(lines) + "\n"


_WORDS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "record_file": "registre-article-30",
        "notice_file": "notice-information",
        "dpia_file": "aipd-projet",
        "record": """# Registre des activités de traitement (RGPD, article 30)

Projet du {today}, à compléter et à valider par le délégué à la protection des données.

| rubrique | contenu |
|---|---|
| Responsable de traitement | {company} |
| Délégué à la protection des données | {dpo} |
| Finalité | {purpose} |
| Base légale | {legal_basis} |
| Personnes concernées | Auteurs de publications publiques qui mentionnent {company} ou qui prennent part à une conversation sur {company} |
| Données | Publications publiques et profils publics, lus en mémoire ; conservés : pseudonymes à clé, dates, langue, thèmes, tonalité, catégorie de locuteur avec sa probabilité |
| Données exclues | Catégories particulières (article 9), messages privés, listes de personnes fournies par l'employeur |
| Sources | {platforms} |
| Destinataires | RH et communication : agrégats d'au moins {small_group} personnes ({cross} dans les croisements). Équipe de données : données pseudonymisées |
| Durées | Contenus tels que reçus : {raw_days} jours (exceptions en jours : {by_platform}). Agrégats : au-delà |
| Transferts hors UE | Aucun par girafe |
| Sécurité | Pseudonymes HMAC, clé séparée de l'entrepôt ; aucun texte dans l'entrepôt ; suppression des petits groupes ; effacement à la demande |
| Analyse d'impact | {dpia} |
| Information du CSE | {informed} |
""",
        "notice": """# {company} écoute les conversations publiques qui la mentionnent

**Pourquoi.** {purpose}.

**Ce qui est lu.** Les publications publiques qui mentionnent {company}, sur : {platforms}. Jamais de message privé.

**Ce qui est conservé.** Des comptes par groupe. Aucun nom, aucun identifiant, aucun texte n'est conservé au-delà de
{raw_days} jours ; aucun résultat ne porte sur moins de {small_group} personnes ; personne n'est classé ni désigné.

**Base légale.** {legal_basis}.

**Vos droits.** Accès, rectification, effacement, opposition, limitation : écrivez à {dpo}. Une opposition vaut pour
l'avenir : votre compte ne sera plus collecté. Vous pouvez saisir la CNIL.

**Signaux respectés.** Un compte non indexable, `#nobot`, verrouillé ou réservé aux personnes connectées n'est pas retenu.

Cette notice est publiée à l'adresse : {notice_url}. Version du {today}.
""",
        "dpia": """# Analyse d'impact (projet)

{company}, {today}. Référence : {dpia}.

1. **Nécessité.** {purpose}. Des agrégats suffisent : aucune sortie par personne n'existe.
2. **Proportionnalité (L1121-1).** Publications publiques seulement ; pas de rapprochement avec un annuaire interne.
3. **Information (L1222-4, L2312-38).** Notice publiée : {notice_url}. CSE informé le : {informed}.
4. **Risques et mesures.**

| risque | mesure | preuve |
|---|---|---|
| Réidentification par un texte | Aucun texte après la classification | docs/decisions/0003 |
| Réidentification par un petit nombre | Seuils {small_group} et {cross}, cellules complémentaires masquées | test d'attaque |
| Surveillance d'un salarié | Aucune sortie par personne ; parole syndicale hors agrégats | tests |
| Erreur sur le locuteur | Probabilité calibrée, abstention sous un seuil, intervalle affiché | make evaluate |
| Conservation excessive | Suppression automatique après {raw_days} jours | tests |

5. **Avis du délégué :** à compléter ({dpo}).
""",
    },
    "en": {
        "record_file": "article-30-record",
        "notice_file": "information-notice",
        "dpia_file": "dpia-draft",
        "record": """# Record of processing activities (GDPR, article 30)

Draft of {today}, to be completed and approved by the data protection officer.

| heading | content |
|---|---|
| Controller | {company} |
| Data protection officer | {dpo} |
| Purpose | {purpose} |
| Legal basis | {legal_basis} |
| Data subjects | Authors of public posts that mention {company} or take part in a conversation about {company} |
| Data | Public posts and public profiles, read in memory; kept: keyed pseudonyms, times, language, themes, sentiment, kind of speaker with its probability |
| Left out | Special categories (article 9), private messages, lists of persons supplied by the employer |
| Sources | {platforms} |
| Recipients | HR and communications: aggregates of at least {small_group} persons ({cross} in cross-tables). Data team: pseudonymised data |
| Storage | Payloads as received: {raw_days} days (exceptions in days: {by_platform}). Aggregates: longer |
| Transfers outside the EU | None by girafe |
| Security | HMAC pseudonyms, key kept apart from the warehouse; no text in the warehouse; small groups suppressed; erasure on request |
| Impact assessment | {dpia} |
| Works council informed | {informed} |
""",
        "notice": """# {company} listens to the public conversations that mention it

**Why.** {purpose}.

**What is read.** Public posts that mention {company}, on: {platforms}. Never a private message.

**What is kept.** Counts by group. No name, no handle and no text is kept longer than {raw_days} days; no result is about
fewer than {small_group} persons; nobody is scored or singled out.

**Legal basis.** {legal_basis}.

**Your rights.** Access, rectification, erasure, objection, restriction: write to {dpo}. An objection holds for the future:
your account is not collected again. You may complain to your supervisory authority.

**Signals honoured.** An account that is not indexable, says `#nobot`, is locked or for signed-in readers only is left out.

This notice is published at: {notice_url}. Version of {today}.
""",
        "dpia": """# Impact assessment (draft)

{company}, {today}. Reference: {dpia}.

1. **Necessity.** {purpose}. Aggregates suffice: no output about a person exists.
2. **Proportionality (Code du travail L1121-1).** Public posts only; no matching with an internal directory.
3. **Information (L1222-4, L2312-38).** Notice published: {notice_url}. Works council informed on: {informed}.
4. **Risks and measures.**

| risk | measure | evidence |
|---|---|---|
| Re-identification by a text | No text after classification | docs/decisions/0003 |
| Re-identification by a small number | Thresholds {small_group} and {cross}, complementary cells suppressed | attack test |
| Monitoring of an employee | No output about a person; union speech outside the aggregates | tests |
| Error about the speaker | Calibrated probability, abstention below a threshold, interval shown | make evaluate |
| Excessive storage | Automatic deletion after {raw_days} days | tests |

5. **Opinion of the officer:** to be completed ({dpo}).
""",
    },
}
