"""Names of people in bylines and author fields, without the words around them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from ingest.extraction.agencies import agency_named
from ingest.words import folded_words

MAX_AUTHORS = 20
NAME_WORDS = 6
"""A longer "name" is a sentence or a list of things."""

# "By", "words by", "story by" in front of names; in other languages what stands there.
BY = re.compile(
    r"^\s*(?:(?:written|(?:posted|published)(?:\s+on\s[^|]{6,30}?)?|words|text|story|reported|authored|articles?|contributed|analysis|opinion)\s+)?by\b[:\s]*"
    r"|^\s*(?:(?:ein\s+\w+|verfasst|veröffentlicht|erstellt|geschrieben|text|(?:ein\s+)?kommentar|interview|aufgezeichnet|im\s+wortlaut)\s+)?von\b[:\s]+|^\s*text\b[:\s]+"
    r"|^\s*(?:(?:écrit|publié|rédigé|propos\s+recueillis)\s+)?par\b[:\s]+|^\s*(?:(?:escrito|publicado|texto)\s+)?por\b[:\s]+"
    r"|^\s*(?:(?:scritto|pubblicato)\s+da|a\s+cura\s+di|di|da)\b[:\s]+|^\s*(?:geschreven\s+)?door\b[:\s]+|^\s*tekst\b[:\s]+"
    r"|^\s*(?:auth?ors?|autor(?:in|en|es|a|i)?|autor(?:in)?/autor(?:in)?|auteure?\(?s?\)?|autore|byline|skribent|författare|text[eo]s?|testo|yazan|автор[иы]?|текст|المؤلف|الكاتب)\s*[:\uff1a]\s*"
    r"|^\s*(?:本报|本報|新华社|新華社|人民网|财联社)?(?:记者|記者)[\s:\uff1a/\uff0f]*(?=\S{2,})|^\s*(?:作者|文|撰文|執筆|編集|編輯)\s*[:\uff1a/\uff0f]\s*|^\s*(?:بقلم|كتب|كتبت)(?:\s*[:\uff1a]\s*|\s+)"
    r"|^\s*(?:av|af)\b[:\s]+|^\s*na\s+(?=[A-Z])|^\s*(?:foto|photo)s?\s*(?:und|and|:)\s*(?:text|by)\s*:?\s*",
    re.IGNORECASE,
)
_AND = re.compile(
    r"\s*(?:[;|•·/]|\s(?:and|und|et|og|och|ja|en|with|mit|avec|con|i|oraz|ve|és|și|и|і|та|και|و)\s|\s&\s|\s[ey]\s)\s*",
    re.IGNORECASE,
)
_COMMA = re.compile(r"\s*[,、，،]\s*(?:and\s+|und\s+|et\s+)?")
_ROLE = re.compile(
    r"\b(?:editors?|reporters?|correspondents?|writers?|contributors?|columnist|producers?|staff|team|desk|"
    r"redaktion\w*|redakteur\w*|redazione|redacción|redacao|redação|rédaction|redactie|redaktør|redaktor\w*|redact(?:or|eur)\w*|redattor\w*|"
    r"korrespondent\w*|correspondant\w*|corresponsal|autor(?:in|en)?|author|admin|administrator|"
    r"webmaster|guest|unknown|anonymous|newsroom|newsdesk|press\s+release|pressemitteilung|agenc\w+|"
    r"agentur\w*|nachrichten|news|online|magazine?|media|verlag|gmbh|inc|ltd|llc|[jg](?:ou?r|io?r)nalist\w*|periodista|repórter|dziennikarz|"
    r"envoy[ée]\w*|enviad[oa]\s+especial|inviat[oa]|colabora\w+|estagiári[oa]|verslaggever|muhabir\w*|haber\s+merkezi|editör\w*|"
    r"корреспондент\w*|редак\w+|журналист\w*|обозреватель|кореспондент\w*|مراسل\w*|محرر\w*|صحفي\w*|تحرير|編集部|编辑部|編輯部|取材班|"
    r"director|\w*leiterin|\w+leiter|president|professor|university|universit\w+|institute?|editorial|board|follow|special\s+to|"
    r"comments?|kommentar\w*|posts|artikel|licensed|content|updated|published|image|photo|foto|getty|read|min|share|view|bio|profile|sign\s+(?:in|up)|"
    r"log\s?in|coordinator|managers?|marketing|strateg\w+|specialist|expert|product|founder)\b",
    re.IGNORECASE,
)
_DEGREE = re.compile(
    r"\s*,\s*(?:PhD|Ph\.D\.|MD|M\.D\.|DVM|MBA|MPH|M\.?P\.?H|RN|R\.?D\.?N?|CF[AP]|CPA|JD|Esq|Jr\.?|Sr\.?|I{2,3})(?![\w])[.®]*",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\s*[(\[（【][^)\]）】]*[)\]）】]")
_IN_BRACKETS = re.compile(r"[(\[]([^)\]]{2,60})[)\]]")
_AFTER_NAME = re.compile(
    r"\s+(?:-|–|—|\||•|·|@|https?:|\d{1,2}[.:/]|\d{4}\b|posted|published|updated|stand:|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|(?:am|vom|le|el|il|on)\s+\d).*$",
    re.IGNORECASE | re.DOTALL,
)
# "Ida Moss in Kyiv", "Ida Moss for CNN": where and for whom. Case tells "Al In" from it.
_WHERE = re.compile(r"(?<=\w)\s+(?:in|from|for|at|aus|à|em|im\s+Gespräch)(?:\s+.*)?$", re.DOTALL)
_EAST_ASIAN_ROLE = re.compile(
    r"(?<=[\uac00-\ud7a3])\s*(?:선임|수습|인턴)?\s*(?:기자|특파원|논설위원)(?:\s*외\s*\d+\s*명)?(?![\uac00-\ud7a3])"
    r"|(?<=[\u3040-\u30ff\u4e00-\u9fff])(?:記者|特派員|編集委員|論説委員|记者)$"
)
_EAST_ASIAN_NAME = re.compile(
    r"(?=[\u3040-\u30ff]{0,4}[\u4e00-\u9fff])[\u3040-\u30ff\u4e00-\u9fff]{2,8}|[\uac00-\ud7a3]{2,5}"
)


def clean_authors(lines: Iterable[str], site_names: Collection[str] = ()) -> tuple[str, ...]:
    """The people in bylines or author fields, in order, each once."""
    sites = {" ".join(folded_words(name)) for name in site_names}
    bare_sites = {name.replace(" ", "") for name in sites}
    found: dict[str, str] = {}
    for line in lines:
        if any(_bare(inside) in bare_sites for inside in _IN_BRACKETS.findall(line)):
            continue  # "Deutsche Welle (www.dw.com)"
        site, dash, rest = line.partition(" - ")
        for name in _names(rest if dash and _bare(site) in bare_sites else line):
            spelling = " ".join(folded_words(name))
            if spelling in sites or spelling.replace(" ", "") in bare_sites:
                continue
            acronym = name.split(" ")[0]
            if acronym.isupper() and acronym.lower() in bare_sites:  # "MDR Thüringen" on mdr.de
                continue
            if _is_person(name, spelling):
                found.setdefault(spelling, name)
    return tuple(found.values())[:MAX_AUTHORS]


def _bare(text: str) -> str:
    return "".join(folded_words(text.strip().removeprefix("www.")))


_PORTRAIT = re.compile(
    r"^(?P<name>(?:[A-ZÀ-ÞŁŚŻČŠŽİ][\w'’.-]*\s+){1,3}[A-ZÀ-ÞŁŚŻČŠŽİ][\w'’-]+)\s+"
    r"(?:is|ist|est|es|è|é)\s+(?:the|an?|der|die|ein|eine|le|la|un|une|el|una|il|o|uma?)?\s*(?:[\w-]+\s+){0,5}?"
    r"(?:editor|reporter|writer|correspondent|columnist|journalist|author|contributor|redakt\w+|"
    r"journaliste|periodista|redactora?|giornalista|jornalista|professor)\b",
)


_SIGNED = re.compile(
    r"^\W*(?:(?:this|the)\s+\w+\s+(?:was|is)\s+)?(?:written|authored)\s+by\s+|"
    r"^\W*(?:article\s+by|text\s+von)\s+|"
    r"^\W*(?:auth?ors?|autor(?:in|en|es|a)?|auteure?|autore|text|автор)\s*[:\uff1a]\s*",
    re.IGNORECASE,
)


def portrayed(lines: Sequence[str], site_names: Collection[str] = ()) -> tuple[str, ...]:
    """The people whom lines below an article introduce ("Ida Moss is the editor of ..."), else
    those who sign it ("This post was written by Ida Moss, ...")."""
    found = (_PORTRAIT.match(line) for line in lines)
    if names := tuple(dict.fromkeys(match["name"] for match in found if match)):
        return names
    signed = (_SIGNED.sub("", line) for line in lines if _SIGNED.match(line))
    return clean_authors(
        (line for line in signed if looks_like_name(name_parts(line)[0])), site_names
    )


def _names(line: str) -> list[str]:
    text = " ".join(line.split())
    if "://" in text or "@" in text.split(" ")[0] or len(text) > 600:
        return []
    text = _EAST_ASIAN_ROLE.sub("", _BRACKET.sub("", text))
    text = _AFTER_NAME.sub("", BY.sub("", text))
    names: list[str] = []
    for part in _AND.split(text):
        parts = _COMMA.split(_DEGREE.sub("", part))
        # What follows a name after a comma is another name, or where and for whom it works.
        names += [piece for at, piece in enumerate(parts) if at == 0 or looks_like_name(piece)]
    found = [_without_place(name).strip(" .,;:*–—-") for name in names]
    if " " in found[0]:  # behind a whole name one word is a place: "Ida Moss en Londres"
        found = [name for at, name in enumerate(found) if at == 0 or not is_one_word(name)]
    return found


def without_title(line: str) -> str:
    """A byline without "By" in front of the name, and what East Asian bylines set behind it."""
    return _EAST_ASIAN_ROLE.sub("", BY.sub("", line))


def _without_place(name: str) -> str:
    cut = _WHERE.sub("", name)
    return cut if " " in cut.strip() else name


def is_one_word(name: str) -> bool:
    """Whether a name is a first name, a user's name or a place, and no East Asian name."""
    return " " not in name and not _EAST_ASIAN_NAME.fullmatch(name)


def looks_like_name(text: str) -> bool:
    """Two to five words that begin with capitals, where the script has them, or the two to four
    characters of an East Asian name; a place or an office is mostly one word."""
    if _EAST_ASIAN_NAME.fullmatch(text):
        return True
    words = text.split()
    if not 2 <= len(words) <= 5 or _ROLE.search(text):
        return False
    return all(word[:1].isalpha() and not word[:1].islower() for word in (words[0], words[-1]))


def name_parts(text: str) -> list[str]:
    """What is enumerated in a byline."""
    found = [part for part in _COMMA.split(_AND.sub(",", _AFTER_NAME.sub("", text))) if part]
    return found or [text]


def _is_person(name: str, spelling: str) -> bool:
    if len(name) < 2 or len(name) > 80 or len(spelling.split()) > _max_words(name):
        return False
    if any(mark.isdigit() or mark in ":@" for mark in name) or ".com" in name:
        return False
    if name.startswith("(") or ("." in name.strip(".") and " " not in name):
        return False
    if name.isupper() and name.isascii() and len(name) <= 5:  # "LBCI": no person's name
        return False
    if " in " in name and agency_named(name.partition(" in ")[0]):  # "Associated Press in Valencia"
        return False
    return not _ROLE.search(name) and agency_named(name) is None


def _max_words(name: str) -> int:
    """Words that a name may have; in scripts without spaces each character counts for one."""
    return NAME_WORDS if " " in name or not _EAST_ASIAN_NAME.fullmatch(name) else len(name)
