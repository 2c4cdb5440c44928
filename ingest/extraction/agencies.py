"""News agencies: the names and short forms by which datelines, bylines and credits call them."""

from __future__ import annotations

import re
from functools import lru_cache

from ingest.words import folded_words

AGENCIES: dict[str, tuple[str, ...]] = {
    "Associated Press": ("AP", "Associated Press", "The Associated Press", "AP News"),
    "Reuters": ("Reuters", "Thomson Reuters", "rtr"),
    "Agence France-Presse": ("AFP", "Agence France-Presse", "Agence France Presse", "afp.com"),
    "dpa": ("dpa", "Deutsche Presse-Agentur", "dpa-AFX", "dpa international"),
    "APA": ("APA", "Austria Presse Agentur"),
    "Keystone-SDA": ("SDA", "Keystone-SDA", "sda", "ATS", "Keystone-ATS"),
    "KNA": ("KNA", "Katholische Nachrichten-Agentur"),
    "epd": ("epd", "Evangelischer Pressedienst"),
    "SID": ("SID", "Sport-Informations-Dienst"),
    "dts Nachrichtenagentur": ("dts", "dts Nachrichtenagentur"),
    "EFE": ("EFE", "Agencia EFE"),
    "Europa Press": ("Europa Press",),
    "ANSA": ("ANSA",),
    "Adnkronos": ("Adnkronos",),
    "AGI": ("AGI", "Agenzia Italia"),
    "LaPresse": ("LaPresse",),
    "Lusa": ("Lusa", "Agência Lusa"),
    "Agência Brasil": ("Agência Brasil", "Agencia Brasil"),
    "Estadão Conteúdo": ("Estadão Conteúdo",),
    "Folhapress": ("Folhapress",),
    "ANP": ("ANP",),
    "Belga": ("Belga",),
    "Ritzau": ("Ritzau",),
    "NTB": ("NTB",),
    "TT": ("TT", "TT Nyhetsbyrån"),
    "STT": ("STT", "STT-Lehtikuva"),
    "PAP": ("PAP", "Polska Agencja Prasowa"),
    "ČTK": ("ČTK", "CTK"),
    "MTI": ("MTI",),
    "TASR": ("TASR",),
    "BNS": ("BNS",),
    "TASS": ("TASS", "ТАСС"),
    "Interfax": ("Interfax", "Интерфакс"),
    "RIA Novosti": ("RIA Novosti", "РИА Новости"),
    "Ukrinform": ("Ukrinform", "Укринформ", "Укрінформ"),
    "UNIAN": ("UNIAN", "УНИАН", "УНІАН"),
    "Anadolu Agency": ("AA", "Anadolu Agency", "Anadolu Ajansı"),
    "DHA": ("DHA", "Demirören Haber Ajansı"),
    "İHA": ("İHA", "İhlas Haber Ajansı"),
    "Xinhua": ("Xinhua", "新华社"),
    "Kyodo News": ("Kyodo", "Kyodo News", "共同通信"),
    "Jiji Press": ("Jiji", "Jiji Press", "時事通信", "時事"),
    "Yonhap": ("Yonhap", "연합뉴스"),
    "Newsis": ("뉴시스",),
    "PTI": ("PTI", "Press Trust of India"),
    "ANI": ("ANI", "Asian News International"),
    "IANS": ("IANS",),
    "PA Media": ("PA", "PA Media", "Press Association"),
    "AAP": ("AAP", "Australian Associated Press"),
    "The Canadian Press": ("The Canadian Press", "Canadian Press", "La Presse Canadienne"),
    "UPI": ("UPI", "United Press International"),
    "Bloomberg": ("Bloomberg", "Bloomberg News"),
    "Inter Press Service": ("IPS", "Inter Press Service"),
    "Bernama": ("Bernama",),
    "Antara": ("Antara",),
    "MENA": ("MENA", "Middle East News Agency"),
    "SPA": ("SPA", "Saudi Press Agency"),
    "WAFA": ("WAFA",),
    "IRNA": ("IRNA",),
    "NAN": ("NAN", "News Agency of Nigeria"),
    "SAnews": ("SAnews",),
}
"""Name by which a credit is stored, and the spellings that mean it."""

_BY_SPELLING = {
    " ".join(folded_words(spelling)): name
    for name, spellings in AGENCIES.items()
    for spelling in spellings
}
_SHORT = frozenset(
    spelling
    for spellings in AGENCIES.values()
    for spelling in spellings
    if len(spelling) <= 4 and spelling.isupper()
)


@lru_cache(maxsize=4096)
def agency_named(text: str) -> str | None:
    """The agency that a text names, or None. Short forms of capitals (AP, PA, AA) count only as
    capitals: "Pa" and "aa" are words."""
    found = _BY_SPELLING.get(" ".join(folded_words(text)))
    bare = text.strip(" .()")
    if found and len(bare) <= 4 and bare.upper() in _SHORT and bare not in _SHORT:
        return found if bare.lower() in ("dpa", "epd", "sda", "dts") else None
    return found


_JOINING = frozenset({
    "and", "und", "et", "y", "e", "i", "en", "och", "oraz", "&", "of", "the", "for", "für", "von",
    "der", "die", "das", "dem", "du", "de", "des", "di", "del", "da", "do", "van", "on", "by",
})  # fmt: skip


def name_alone(words: str) -> str:
    """An outlet's name without what follows it in running text: the next sentence, or the word that
    joins it to something else. Abbreviations ("St.", "U.S.") end no sentence."""
    kept: list[str] = []
    for word in words.split():
        kept.append(word)
        bare = word.rstrip(".")
        if bare != word and len(bare) > 3 and "." not in bare:
            break
    while kept and kept[-1].strip(".,;:") in _JOINING:
        kept.pop()
    return " ".join(kept).strip(" .,;:'’\"")


def agency_pattern() -> str:
    """An alternation of all spellings, longest first, for datelines and bylines."""
    spellings = {spelling for group in AGENCIES.values() for spelling in group}
    return "|".join(re.escape(name) for name in sorted(spellings, key=len, reverse=True))
