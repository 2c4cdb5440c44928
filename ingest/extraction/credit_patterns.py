"""Ways in which an article names where it comes from, language by language: one table, read when
pages are extracted and when the original of a story is looked for."""

# ruff: noqa: E501 - tables of expressions, one language or kind a line

from __future__ import annotations

from dataclasses import dataclass

from ingest.extraction.agencies import agency_pattern
from ingest.types import StatementKind


@dataclass(frozen=True, slots=True)
class CreditPattern:
    """A way to name a source. `expression` has a group ``name``; `example` is a sentence that it
    must find `credit` in; `cues` are words, in lower case, of which a text that it matches holds
    one. `agency`: it names agencies only."""

    language: str
    kind: StatementKind
    expression: str
    example: str
    credit: str
    cues: tuple[str, ...] = ()
    agency: bool = False


AGENCY = f"(?P<name>{agency_pattern()})"
_PLACE = r"[^\W\d_][\w'’.\-]*(?:[ /,]+[^\W\d_][\w'’.\-]*){0,5}"
_DASH = r"\s*(?:--|[-–—:])\s"
_DOMAIN = r"(?:www\.)?[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.[a-z]{2,12}\b(?!\.?[a-z0-9@])"
_CAPITAL = r"A-ZÀ-ÖØ-ÞŁŚŻŹĆČŠŽŘĎŤŇĞİΑ-ΩА-ЯЁІЇЄҐ"
_JOINED = r"of|the|and|for|für|der|die|und|du|de|des|di|del|della|da|do|van|het|et|y|e|la|le|&"
# An outlet as running text names it: an address, or words that begin with capitals. Its own article
# ("The Lantern", "El Puerto") belongs to it, one in small letters does not.
OUTLET = (
    r"[\"“„«»'‘]?(?-i:(?:the|der|die|das|dem|den|le|la|el|il|o|a|de|het)\s+|l['’])?[\"“„«»]?"
    rf"(?P<name>{_DOMAIN}"
    rf"|(?-i:[{_CAPITAL}][\w'’&.\-]*(?:[ \xa0]+(?:{_JOINED}|[{_CAPITAL}0-9][\w'’&.\-]*)){{0,6}}))"
)
_SCRIPT_NAME = r"[:: ]?\s*[「『“《]?(?P<name>[^\s,。,、::;()()「」『』“”《》【】|/]{2,24})"

_START = rf"(?:^\W{{0,3}}|[.!?…:;)\]”\"»*|]\s+\W{{0,3}}|\s(?-i:(?=[{_CAPITAL}])))"
"""Where a statement without a subject may begin: "Originally published by …". An extractor may have
lost the break before it; then its first letter shows."""

_DOCUMENT = {
    "en": r"\b(?:this|the\s+(?:above|following|original))\s+(?:[\w-]+\s+){0,3}?(?:article|story|post|piece|column|report|reporting|essay|commentary|op-ed|interview|analysis|feature|excerpt|editorial|dispatch|content|text)\b",
    "de": r"\b(?:dieser|der|dieses|das|diese|die)\s+(?:[\w-]+\s+){0,2}?(?:text|artikel|beitrag|bericht|kommentar|interview|gespräch|stück|kolumne|analyse|reportage|essay|meldung)\b",
    "fr": r"\b(?:cet|ce|cette|le|la)\s+(?:[\w-]+\s+)?(?:article|texte|billet|entretien|reportage|tribune|papier|enquête)\b|\barticle\b|\bl['’](?:entretien|enquête)\b",
    "es": r"\b(?:este|esta|el|la)\s+(?:artículo|texto|nota|reportaje|noticia|entrevista|columna|contenido|información|crónica)\b|\b(?:artículo|texto|nota|reportaje)\b",
    "it": r"\b(?:questo|questa|il|la)\s+(?:testo|pezzo|reportage|intervista|inchiesta|articolo)\b|\barticolo\b|\btesto\b",
    "pt": r"\b(?:este|esta|o|a)\s+(?:artigo|texto|matéria|reportagem|notícia|entrevista|coluna|conteúdo)\b|\b(?:artigo|texto|matéria|reportagem)\b",
    "nl": r"\b(?:dit|het|deze|de)\s+(?:artikel|stuk|verhaal|bericht|interview|column|analyse)\b",
    "sv": r"\b(?:artikeln|texten|krönikan|intervjun)\b",
    "pl": r"\b(?:artykuł|tekst|wywiad|reportaż|felieton)\b",
    "ru": r"(?:стать[яи]|текст|материал|интервью|колонка|репортаж)\b",
}  # fmt: skip
"""What an article calls itself: other things are "first published" too, studies and books."""


def _stated(
    language: str,
    kind: StatementKind,
    lead: str,
    cues: str,
    example: str,
    credit: str,
    *,
    begins: bool = True,
) -> CreditPattern:
    """A statement about the article, with what it calls itself before it; or, when it `begins` a
    sentence, without."""
    subject = rf"(?:{_DOCUMENT[language]})[^\n.!?]{{0,120}}?\s"
    begun = rf"(?:{_START}(?:it\s+)?|{subject})" if begins else subject
    return CreditPattern(
        language,
        kind,
        rf"{begun}(?:{lead})\s*:?\s+{OUTLET}",
        example,
        credit,
        tuple(cues.split("|")),
    )


def _agency(
    language: str, kind: StatementKind, expression: str, example: str, credit: str, *cues: str
) -> CreditPattern:
    return CreditPattern(language, kind, expression, example, credit, cues, agency=True)


_AGAIN = r"(?:republished|reprinted|reproduced|cross-?posted|re-?posted|syndicated)"
_FIRST_EN = r"(?:first|originally|previously|initially)"
_BE = r"(?:(?:was|is|were|has\s+been|had\s+been)\s+)?"

PATTERNS: tuple[CreditPattern, ...] = (
    # Datelines: "KYIV (Reuters) -", "BERLIN (dpa) -", "(AP) --", "Berlin, 3. Mai (AFP) -".
    _agency("any", "dateline", rf"^\W{{0,2}}(?:{_PLACE}[^()\n]{{0,40}})?\((?:[^()]{{1,20}}[/,]\s*)?{AGENCY}(?:/[^()]{{1,20}})?\)(?:{_DASH}|\s)", "KYIV (Reuters) - Talks began on Monday.", "Reuters"),
    _agency("en", "dateline", rf"^\(?{AGENCY}\)?{_DASH}", "(AP) — Talks began on Monday.", "Associated Press"),
    _agency("en", "dateline", rf"^{_PLACE}, [^()\n]{{3,25}} \({AGENCY}\)", "BEIJING, May 3 (Xinhua) -- Talks began.", "Xinhua"),
    _agency("de", "dateline", rf"^{_PLACE}\s*\({AGENCY}(?:/[\w-]+)?\){_DASH}", "Berlin (dpa/bb) - Die Gespräche begannen.", "dpa"),
    _agency("de", "dateline", rf"^{AGENCY}(?:/[\w-]+)?{_DASH}", "dpa/lno – Die Gespräche begannen.", "dpa"),
    _agency("fr", "dateline", rf"^{_PLACE} \({AGENCY}\)\s*[-–—]", "Paris (AFP) – Les discussions ont commencé.", "Agence France-Presse"),
    _agency("es", "dateline", rf"^{_PLACE}, \d{{1,2}} [a-z.]{{3,10}} \({AGENCY}\)\s*\.?-", "Madrid, 3 may (EFE).- Las conversaciones empezaron.", "EFE"),
    _agency("it", "dateline", rf"^\({AGENCY}\)\s*-", "(ANSA) - ROMA, 03 MAG - I colloqui sono iniziati.", "ANSA"),
    _agency("pt", "dateline", rf"^{_PLACE} \({AGENCY}\)\s*[-–—]", "São Paulo (Folhapress) - As conversas começaram.", "Folhapress"),
    _agency("nl", "dateline", rf"^{_PLACE} \({AGENCY}\)\s*[-–—]", "Den Haag (ANP) - De gesprekken zijn begonnen.", "ANP"),
    # Agency lines at the end: "(dpa)", "Quelle: dpa", "AFP/dpa"; and those that contributed.
    _agency("any", "byline", rf"(?:^|[.!?\"”»]\s*)\(?(?:[\w-]{{2,6}}/)?{AGENCY}(?:/[\w-]{{2,8}})*\)?\W*$", "Die Gespräche begannen. (dpa)", "dpa"),
    _agency("de", "byline", rf"^\W*(?:quellen?:?|von|nach)\s+(?:\w+/)?{AGENCY}\b.{{0,30}}$", "Quelle: dpa", "dpa"),
    _agency("de", "contributor", rf"^\W*mit\s+(?:(?:material|informationen)\s+(?:der|von|des|dem)?\s*(?:nachrichtenagentur(?:en)?\s+)?)?(?:\w+/)?{AGENCY}\b.{{0,30}}$", "mit dpa", "dpa"),
    _agency("en", "byline", rf"^\W*(?:by|source:?)\s+(?:the\s+)?(?:[^\n]{{2,40}},\s*)?{AGENCY}\W*$", "By Ida Moss, Associated Press", "Associated Press"),
    _agency("en", "contributor", rf"^\W*(?:with|(?:with\s+)?(?:additional\s+)?(?:reporting|files|material)\s+(?:by|from))\s+(?:the\s+)?(?:[^\n]{{2,40}},\s*)?{AGENCY}\b.{{0,40}}$", "With reporting by the Associated Press", "Associated Press"),
    _agency("fr", "byline", rf"^\W*(?:par|source\s*:)\s+(?:l['’])?{AGENCY}\W*$", "par AFP", "Agence France-Presse"),
    _agency("fr", "contributor", rf"^\W*\(?avec\s+(?:l['’]|les\s+agences\s+)?{AGENCY}\b.{{0,30}}$", "avec AFP", "Agence France-Presse"),
    _agency("es", "byline", rf"^\W*(?:por|fuente:|agencia)\s+{AGENCY}\W*$", "Fuente: EFE", "EFE"),
    _agency("es", "contributor", rf"^\W*con\s+información\s+de\s+{AGENCY}\b.{{0,30}}$", "Con información de EFE", "EFE"),
    _agency("it", "byline", rf"^\W*(?:fonte:?|di|con)\s+{AGENCY}\W*$", "Fonte: ANSA", "ANSA"),
    _agency("pt", "byline", rf"^\W*(?:fonte:|por)\s+{AGENCY}\W*$", "Por Agência Brasil", "Agência Brasil"),
    _agency("pt", "contributor", rf"^\W*com\s+informações\s+d[aeo]\s+{AGENCY}\b.{{0,30}}$", "Com informações da Agência Brasil", "Agência Brasil"),
    _agency("nl", "byline", rf"^\W*(?:bron:|door|met)\s+(?:het\s+)?{AGENCY}\W*$", "Bron: ANP", "ANP"),
    # Statements of where the article comes from.
    _stated("en", "original_source", r"(?:the\s+)?original\s+source(?:\s+of\s+this\s+\w+)?\s+(?:is|was)", "original source", "The original source of this article is Harbour Review.", "Harbour Review"),
    _stated("en", "originally_published", rf"{_BE}{_FIRST_EN}\s+(?:published|appeared|posted|ran|run|reported|released)(?:\s+here)?\s+(?:by|on|at|in|from|via)|{_BE}(?:appeared|published)\s+(?:first|originally)\s+(?:by|on|at|in)", "first|originally|previously|initially", "This article was originally published by The Harbour Times.", "The Harbour Times"),
    _stated("en", "originally_published", r"(?:comes?|is\s+published)\s+(?:to\s+us\s+)?courtesy\s+of|comes\s+from|(?:was|is)\s+(?:licensed\s+from|provided\s+by|produced\s+by)", "courtesy|comes from|licensed|provided by|produced by", "This story was produced by Harbour Review in partnership with others.", "Harbour Review", begins=False),
    CreditPattern("en", "originally_published", rf"^\W*Provided\s+by\s+{OUTLET}\W*$", "Provided by Harbour Institute", "Harbour Institute", ("provided by",)),
    _stated("en", "republished", rf"{_BE}{_AGAIN}(?:\s+here)?(?:\s+(?:with|by)(?:\s+the)?(?:\s+(?:kind|express))?\s+permission)?\s+(?:from|of|courtesy\s+of)|from\s+our\s+(?:\w+\s+)?partners?(?:\s+at)?", "republished|reprinted|reproduced|posted|syndicated|partner", "Republished with permission from Harbour Review.", "Harbour Review"),
    CreditPattern("en", "originally_published", rf"\bthe\s+post\s[^\n]{{1,200}}?\sappeared\s+first\s+on\s+{OUTLET}", "The post Ferry talks: is this the end? appeared first on Harbour Review.", "Harbour Review", ("appeared first on",)),
    CreditPattern("de", "originally_published", rf"\bder\s+beitrag\s[^\n]{{1,200}}?\serschien\s+zuerst\s+(?:auf|bei|in|im)\s+{OUTLET}", "Der Beitrag Was wird aus der Fähre? erschien zuerst auf Hafenblatt.", "Hafenblatt", ("erschien zuerst",)),
    CreditPattern("en", "source_line", rf"^\W*via\s*:\s*{OUTLET}\W*$", "Via: Harbour Review", "Harbour Review", ("via",)),
    _stated("de", "original_source", r"originalquelle(?:\s+dieses\s+\w+)?(?:\s+ist)?", "originalquelle", "Originalquelle: Hafenblatt", "Hafenblatt"),
    _stated("de", "originally_published", r"(?:wurde\s+|ist\s+)?(?:zuerst|ursprünglich|erstmals|zunächst)\s+(?:erschienen|veröffentlicht|publiziert)(?:\s+worden)?\s+(?:bei|auf|in|im|von)|erschien(?:en)?\s+(?:zuerst|ursprünglich|erstmals|zunächst)\s+(?:bei|auf|in|im)", "erschien|veröffentlicht|publiziert", "Der Artikel ist zuerst erschienen bei Hafenblatt.", "Hafenblatt"),
    CreditPattern("de", "originally_published", rf"(?:{_DOCUMENT['de']})[^\n]{{0,80}}?(?:zuerst|ursprünglich|erstmals|zunächst)\s+(?:bei|auf|in|im|von)\s+{OUTLET}\s+(?:erschienen|veröffentlicht|publiziert)", "Dieser Beitrag wurde ursprünglich von Hafenblatt veröffentlicht.", "Hafenblatt", ("zuerst", "ursprünglich", "erstmals", "zunächst")),
    _stated("de", "republished", r"(?:wurde\s+)?übernommen\s+(?:von|aus)|(?:übernahme|nachdruck|abdruck|veröffentlichung|veröffentlicht|abgedruckt)\s+mit\s+(?:freundlicher\s+)?(?:genehmigung|erlaubnis)\s+(?:von|der|des)|mit\s+freundlicher\s+genehmigung\s+(?:von|der|des)", "übernommen|genehmigung|erlaubnis", "Dieser Text wurde übernommen von Hafenblatt.", "Hafenblatt"),
    _agency("de", "republished", rf"\b(?:artikel|text|beitrag|bericht)\s+stammt\s+(?:von|aus)\s+(?:der\s+|dem\s+)?(?:(?:nachrichten)?agentur\s+)?{AGENCY}\b", "Der Artikel stammt von der Nachrichtenagentur dpa.", "dpa", "stammt"),
    _stated("fr", "original_source", r"(?:la\s+)?source\s+originale(?:\s+de\s+cet?t?e?\s+\w+)?\s+est", "source originale", "La source originale de cet article est Le Port", "Le Port"),
    _stated("fr", "originally_published", r"(?:a\s+été\s+|est\s+)?(?:(?:publié|paru)e?s?\s+(?:initialement|à\s+l['’]origine|d['’]abord|pour\s+la\s+première\s+fois)|(?:initialement|d['’]abord|à\s+l['’]origine)\s+(?:publié|paru)e?s?)\s+(?:par|sur|dans|de|du|chez)|(?:est\s+)?paru\s+(?:dans|sur)", "publié|paru", "Cet article a été initialement publié par Le Port.", "Le Port"),
    _stated("fr", "republished", r"(?:a\s+été\s+|est\s+)?(?:repris|republié|reproduit)e?(?:\s+(?:à\s+partir|depuis))?\s+(?:de|du)|(?:reproduit\s+)?avec\s+l['’]aimable\s+autorisation\s+(?:de|du)", "repris|republié|reproduit|autorisation", "Reproduit avec l'aimable autorisation de Quai Libre.", "Quai Libre"),
    _stated("es", "original_source", r"(?:la\s+)?fuente\s+original(?:\s+de\s+est[ea]\s+\w+)?\s+es", "fuente original", "La fuente original de este artículo es El Puerto", "El Puerto"),
    _stated("es", "originally_published", r"(?:fue\s+|ha\s+sido\s+)?(?:publicad[oa]\s+(?:originalmente|originariamente|inicialmente|primero|por\s+primera\s+vez)|(?:originalmente|inicialmente)\s+publicad[oa]|se\s+publicó\s+(?:originalmente|primero)|apareci[óo](?:da)?\s+(?:primero|originalmente|por\s+primera\s+vez))\s+(?:por|en|de)", "publicad|publicó|apareci", "Este artículo fue publicado originalmente en Puerto Nuevo.", "Puerto Nuevo"),
    _stated("es", "republished", r"(?:fue\s+|ha\s+sido\s+)?(?:reproducid[oa]|republicad[oa]|cedid[oa]|publicad[oa])\s+(?:con\s+(?:el\s+)?(?:permiso|autorización)\s+de)|(?:reproducid[oa]|republicad[oa])\s+(?:por|de)|cedid[oa]\s+por|con\s+(?:el\s+)?permiso\s+de", "reproducid|republicad|permiso|autorización|cedid", "Reproducido con permiso de Puerto Nuevo.", "Puerto Nuevo"),
    _stated("it", "originally_published", r"(?:è\s+(?:stato\s+)?)?(?:(?:pubblicat|apparso|uscit)[oa]?\s+(?:originariamente|originalmente|per\s+la\s+prima\s+volta|inizialmente|prima)|(?:originariamente|inizialmente)\s+pubblicat[oa]|apparso)\s+(?:da|su|in|per|sul)", "pubblicat|apparso|uscit", "Articolo pubblicato originariamente su Porto Nuovo.", "Porto Nuovo"),
    _stated("it", "republished", r"(?:è\s+)?(?:ripubblicat[oa]|ripres[oa]|tratt[oa])\s+(?:da|dal|con\s+il\s+permesso\s+di)|per\s+gentile\s+concessione\s+di", "ripubblicat|ripres|tratt|concessione", "Per gentile concessione di Porto Nuovo", "Porto Nuovo"),
    _stated("pt", "originally_published", r"(?:foi\s+)?(?:publicad[oa]\s+(?:originalmente|inicialmente|primeiro|pela\s+primeira\s+vez)|(?:originalmente|inicialmente)\s+publicad[oa])\s+(?:por|em|no|na|pel[oa]|de)", "publicad", "Texto publicado originalmente em Porto Novo.", "Porto Novo"),
    _stated("pt", "republished", r"(?:foi\s+)?(?:republicad|reproduzid)[oa]\s+(?:com\s+(?:a\s+)?(?:autorização|permissão)\s+)?(?:de|do|da)", "republicad|reproduzid", "Texto reproduzido com autorização de Porto Novo", "Porto Novo"),
    _stated("nl", "originally_published", r"(?:is\s+|werd\s+)?(?:(?:eerder|eerst|oorspronkelijk|voor\s+het\s+eerst)\s+(?:gepubliceerd|verschenen)|verscheen\s+(?:eerder|eerst|oorspronkelijk))\s+(?:door|op|in|bij|van)", "gepubliceerd|verschenen|verscheen", "Dit artikel is oorspronkelijk verschenen in Haven Nieuws.", "Haven Nieuws"),
    _stated("nl", "republished", r"(?:met\s+toestemming\s+)?overgenomen\s+(?:met\s+toestemming\s+)?(?:van|uit|door)", "overgenomen", "Met toestemming overgenomen van Haven Nieuws", "Haven Nieuws"),
    _stated("sv", "originally_published", r"(?:ursprungligen|först)\s+(?:publicerad|publicerades)\s+(?:av|på|i)", "publicera", "Artikeln publicerades: ursprungligen publicerad i Hamnbladet.", "Hamnbladet"),
    _stated("pl", "originally_published", r"(?:(?:pierwotnie|po\s+raz\s+pierwszy)\s+(?:opublikowan[oya]|ukazał\s+się)|(?:ukazał\s+się|opublikowan[oya])\s+(?:pierwotnie|po\s+raz\s+pierwszy))\s+(?:na|w|przez)", "opublikowan|ukazał", "Tekst pierwotnie opublikowany w Gazeta Portowa.", "Gazeta Portowa"),
    _stated("pl", "republished", r"przedruk\s+(?:za\s+zgodą|z)", "przedruk", "Przedruk za zgodą Gazeta Portowa", "Gazeta Portowa"),
    _stated("ru", "originally_published", r"(?:был[аио]?\s+)?впервые\s+(?:был[аио]?\s+)?опубликован[аоы]?\s+(?:на\s+сайте|на|в|изданием|в\s+газете)", "впервые", "Эта статья впервые опубликована на сайте harbour.example.", "harbour.example"),
    _stated("ru", "republished", r"(?:перепечатан[оаы]?|публикуется)\s+(?:с\s+разрешения|из)", "перепечатан|публикуется", "Материал перепечатан с разрешения harbour.example", "harbour.example"),
    CreditPattern("zh", "republished", rf"(?:本文|文章)?(?:转载自|轉載自|转自|轉自|首发于|首發於|摘自){_SCRIPT_NAME}", "本文转载自港口日报", "港口日报", ("转", "轉", "首", "摘")),
    CreditPattern("zh", "source_line", rf"^\W*(?:(?:文章|稿件|信息|内容|新闻|新聞|資料|资料)?[来來]源)\s*[::]{_SCRIPT_NAME}\W*$", "来源:港口日报", "港口日报", ("来源", "來源")),
    CreditPattern("ja", "source_line", rf"^\W*(?:出典|提供|引用元|配信|転載元)\s*[::]{_SCRIPT_NAME}\W*$", "出典:港新聞", "港新聞", ("出典", "提供", "引用元", "配信", "転載元")),
    CreditPattern("ja", "republished", r"(?:^|[。\s「『(])(?P<name>[^\s,。、::「」『』()()はがを]{2,24}?)[」』]?(?:より|から)転載", "港新聞より転載", "港新聞", ("転載",)),
    CreditPattern("ja", "originally_published", r"(?:この記事は|本記事は|本稿は)[「『]?(?P<name>[^\s,。、::「」『』()()]{2,24}?)[」』]?(?:に|で|の提供|からの)(?:最初に)?(?:掲載|公開|提供|転載)?", "この記事は港新聞に掲載されたものです。", "港新聞", ("記事は", "本稿は")),
    CreditPattern("ko", "source_line", rf"^\W*(?:출처|자료)\s*[::]{_SCRIPT_NAME}\W*$", "출처: 항구일보", "항구일보", ("출처", "자료")),
    CreditPattern("ar", "source_line", r"^\W*(?:المصدر\s*[::]|نقل(?:ا|اً)\s+عن|بالاتفاق\s+مع|نشر\s+بالاتفاق\s+مع)\s*(?P<name>[^\n.،:]{2,40}?)\W*$", "المصدر: جريدة الميناء", "جريدة الميناء", ("المصدر", "نقل", "بالاتفاق")),
    CreditPattern("ar", "originally_published", r"نشر(?:ت)?\s+(?:هذا|هذه)?\s*(?:المقال|المقالة|التقرير)?\s*(?:لأول\s+مرة|أولا|في\s+الأصل)\s+(?:في|على|عبر)\s+(?P<name>[^\n.،:]{2,40}?)\W*$", "نشر هذا المقال لأول مرة في جريدة الميناء", "جريدة الميناء", ("نشر",)),
    CreditPattern("any", "source_line", rf"(?:^\W*|[.!?…»)\]]\s)(?:source|sources|quelle|fuente|fonte|bron|źródło|zdroj|kilde|källa|sursa|forrás|kaynak|πηγή|источник|джерело)\s*:\s*{OUTLET}", "Źródło: Gazeta Portowa", "Gazeta Portowa", ("source", "quelle", "fuente", "fonte", "bron", "źródło", "zdroj", "kilde", "källa", "sursa", "forrás", "kaynak", "πηγή", "источник", "джерело")),
    # What others had a hand in.
    _stated("es", "contributor", r"con\s+información\s+de", "con información", "Con información de Puerto Nuevo", "Puerto Nuevo"),
    _stated("pt", "contributor", r"com\s+informações\s+d[aeo]", "com informações", "Com informações de Porto Novo", "Porto Novo"),
    _stated("de", "contributor", r"(?:erscheint\s+)?in\s+(?:kooperation|zusammenarbeit|partnerschaft)\s+mit|mit\s+material\s+von", "kooperation|zusammenarbeit|partnerschaft|material", "Dieser Beitrag erscheint in Kooperation mit Hafenblatt.", "Hafenblatt"),
    _stated("fr", "contributor", r"publié\s+en\s+partenariat\s+avec", "partenariat", "Article publié en partenariat avec Quai Libre", "Quai Libre"),
    # Authors' portraits that name the outlet they write for.
    CreditPattern("en", "bio", rf"\bis\s+(?:the|an?)\s+(?:[\w-]+\s+){{0,5}}?(?:editor|reporter|writer|correspondent|columnist|journalist|editor-in-chief|contributor)(?:\s+in\s+chief)?\s+(?:of|for|at|with|to)\s+{OUTLET}", "Ida Moss is the news editor of Harbour.example.", "harbour.example", (" editor", " reporter", " writer", " correspondent", " columnist", " journalist", " contributor")),
    CreditPattern("de", "bio", rf"\bist\s+(?:[\w-]+\s+){{0,3}}?(?:redakteur(?:in)?|reporter(?:in)?|korrespondent(?:in)?|autor(?:in)?|journalist(?:in)?)\s+(?:bei|von|für|beim|der|des)\s+{OUTLET}", "Ida Moss ist Redakteurin bei Hafenblatt.", "Hafenblatt", ("redakteur", "reporter", "korrespondent", "autor", "journalist")),
    CreditPattern("fr", "bio", rf"\best\s+(?:[\w-]+\s+){{0,3}}?(?:journaliste|rédact\w+|correspondante?)\s+(?:à|au|pour|de|du|chez)\s+{OUTLET}", "Ida Moss est journaliste pour Le Port.", "Le Port", ("journaliste", "rédact", "correspondant")),
    CreditPattern("es", "bio", rf"\bes\s+(?:[\w-]+\s+){{0,3}}?(?:periodista|redactora?|corresponsal|editora?)\s+(?:de|en|para)\s+{OUTLET}", "Ida Moss es periodista de Puerto Nuevo.", "Puerto Nuevo", ("periodista", "redactor", "corresponsal", "editor")),
    # Notices of rights.
    _agency("en", "copyright", rf"(?:©|\(c\)|copyright)\s*(?:(?:19|20)\d\d\s*)?(?:by\s+|the\s+)?{AGENCY}\b", "© 2026 The Associated Press. All rights reserved.", "Associated Press", "©", "(c)", "copyright"),
    _agency("any", "copyright", rf"(?:©|\(c\))\s*(?:(?:19|20)\d\d\s*)?(?:\w+/)?{AGENCY}(?:/|\b)", "© SZ/dpa/chrk - Rechte vorbehalten", "dpa", "©", "(c)"),
    CreditPattern("en", "copyright", rf"(?:©|\(c\)|copyright)\s[^\n,.]{{2,60}},\s{OUTLET},\s\d{{4}}", "Copyright © Ida Moss, Harbour Review, 2026", "Harbour Review", ("©", "(c)", "copyright")),
    # Where to read on, and where it was come upon.
    CreditPattern("en", "read_more", rf"(?:continue\s+reading|read\s+(?:the\s+(?:full|whole|rest\s+of\s+the|original)\s+)?(?:\w+\s+)?)\s*(?:at|on)\s+{OUTLET}", "Continue reading at Harbour Review", "Harbour Review", ("reading", "read ")),
    CreditPattern("de", "read_more", rf"(?:artikel\s+lesen\s+sie|weiterlesen)\s+(?:bei|auf)\s+{OUTLET}", "Weiterlesen bei Hafenblatt", "Hafenblatt", ("lesen",)),
    CreditPattern("fr", "read_more", rf"(?:article\s+complet|la\s+suite)\s+sur\s+{OUTLET}", "Lire la suite sur Le Port", "Le Port", ("article complet", "la suite")),
    CreditPattern("es", "read_more", rf"(?:siga|sigue)\s+leyendo\s+en\s+{OUTLET}", "Siga leyendo en El Puerto", "El Puerto", ("leyendo en",)),
    CreditPattern("any", "via", rf"(?:\((?:via|vía)|\bh/t|\bhat\s+tip:?)\s+{OUTLET}", "(via Harbour Review)", "Harbour Review", ("(via", "(vía", "h/t", "hat tip")),
)  # fmt: skip
"""Each with an example that a test runs."""
