"""What kind of text a page gave: a whole article, the beginning of one, or none at all."""

# ruff: noqa: E501 - tables of expressions, one language or kind a line

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.extraction.phrases import Phrases
from ingest.types import ContentStatus
from ingest.words import count_words

TEASER_WORDS = 50
"""A text with fewer words is not the whole article."""
WALL_WORDS = 250
"""A longer text is not what stands before a wall, whatever it mentions."""
INDEX_LINES = 12
"""A list of fewer short lines may be part of an article."""
INDEX_SHARE = 0.8
INDEX_TEXT_SHARE = 0.6
"""Shares of a page's lines and of its characters that make it a list."""

# What pages say instead of an article, to readers whom they take for a machine.
_BOT_WALL = Phrases.of(
    r"checking (?:if the site connection is secure|your browser)|verify(?:ing)? (?:that )?you are (?:a )?human|are you (?:a )?(?:human|robot)"
    r"|unusual (?:traffic|activity) from your|enable (?:javascript and cookies|cookies and javascript) to continue|please (?:enable|turn on) (?:js|javascript)"
    r"|complete the (?:security check|captcha)|\bcaptcha\b|access (?:to this page has been |has been )?denied|request (?:was )?blocked|attention required.{0,20}cloudflare|\bray id\b"
    r"|pardon our interruption|press (?:&|and) hold|ddos protection|you have been blocked|sind sie ein (?:mensch|roboter)|zugriff verweigert|accès refusé|vérifi(?:ez|er) que vous (?:êtes|n'êtes) (?:humain|pas un robot)"
    r"|acceso denegado|no eres un robot|accesso negato|acesso negado|toegang geweigerd",
)
# What stands where the rest of an article would be.
_PAYWALL = Phrases.of(
    r"(?:subscribe|log ?in|sign in|register|sign up) (?:now |here |today )?to (?:continue|keep|read|unlock|view|access)|to (?:continue|keep) reading|(?:this|the full) (?:article|story|content) is (?:only |exclusively )?(?:for|available to|reserved for) (?:our )?(?:subscribers|members|premium)"
    r"|already (?:a |have a )?subscri(?:ber|ption)|you have reached your (?:limit|article)|free articles? (?:left|remaining|this month)|subscribers? only|premium (?:content|article)|for subscribers"
    r"|(?:um|jetzt) weiterzulesen|weiterlesen mit|dieser (?:artikel|inhalt) ist (?:nur )?(?:für|exklusiv)|nur für abonnent|sie haben noch (?:kein|\d+ )|jetzt abonnieren|bereits (?:abonnent|registriert)|mit .{0,20}(?:\bplus\b|\babo\b|premium).{0,20}(?:lesen|weiterlesen)"
    r"|(?:article|contenu) réservé (?:aux|à nos) abonnés|(?:la suite est|il vous reste) .{0,30}(?:réservé|à lire|de cet article)|pour lire la suite|déjà abonné"
    r"|(?:contenido|artículo) (?:exclusivo|solo|reservado) para (?:suscriptores|socios)|para (?:seguir|continuar) leyendo|ya eres suscriptor|suscríbete para"
    r"|contenuto riservato agli abbonati|per continuare (?:a leggere|la lettura)|sei già abbonato|(?:conteúdo|matéria) exclusiv[oa] para assinantes|para continuar lendo|já é assinante"
    r"|dit artikel is (?:alleen|exclusief) voor (?:abonnees|leden)|lees verder met|al abonnee|для подписчиков|有料会員|会員限定|この記事は有料|구독자 전용|登录后",
)
_ERROR = re.compile(
    r"^\W*(?:404|403|410|500|page not found|not found|seite nicht gefunden|page introuvable|página no encontrada|pagina non trovata|página não encontrada|access denied|forbidden)\b",
    re.IGNORECASE,
)


def content_status(
    lines: Sequence[str], *, removed: Sequence[str] = (), title: str = "", free: bool | None = None
) -> ContentStatus:
    """Judge the article's lines, with what was taken out of them and the page's word about payment
    (`free`: JSON-LD's isAccessibleForFree).

    Only ``full`` and ``teaser`` are worth matching with other articles: a wall's text or a list of
    headlines is the same on many pages that have nothing in common.
    """
    words = _counted(lines, WALL_WORDS)
    if words == 0:
        return "empty"
    text = "\n".join(lines)
    around = "\n".join([title, text, *removed])
    if words < WALL_WORDS and (_BOT_WALL.within(f"{title}\n{text}") and _is_wall(lines, _BOT_WALL)):
        return "bot_wall"
    if words < TEASER_WORDS and _ERROR.match(title or text):
        return "empty"
    if words < WALL_WORDS and (free is False or _PAYWALL.within(around)):
        return "paywall"
    if _is_index(lines):
        return "index"
    return "full" if words >= TEASER_WORDS else "teaser"


def _counted(lines: Sequence[str], enough: int) -> int:
    """The words of the first lines that have `enough` of them: more make no difference."""
    words = 0
    for line in lines:
        words += count_words(line)
        if words >= enough:
            break
    return words


def _is_wall(lines: Sequence[str], wall: Phrases) -> bool:
    """An article about captchas has more text besides; a wall has little else."""
    rest = sum(count_words(line) for line in lines if not wall.within(line))
    return rest < 2 * TEASER_WORDS


def _is_index(lines: Sequence[str]) -> bool:
    """Many lines, nearly all of them too short for sentences, and little text besides."""
    if len(lines) < INDEX_LINES:
        return False
    short = [
        line
        for line in lines
        if not line.rstrip().endswith((".", "。", "?", "!")) and count_words(line) <= 15
    ]
    listed = sum(map(len, short)) >= INDEX_TEXT_SHARE * sum(map(len, lines))
    return listed and len(short) >= INDEX_SHARE * len(lines)
