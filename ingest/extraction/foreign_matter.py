"""Text on an article's page that is not the article, told from the one page alone.

The headline repeated, bylines and dates above the text, pictures' credits, pointers to other
articles, pitches for newsletters, apps and subscriptions, consent boxes, and what follows below
the end. What only many pages of a publisher can show is not judged here.
"""

# ruff: noqa: E501 - tables of expressions, one language or kind a line

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ingest.extraction.agencies import agency_pattern
from ingest.extraction.phrases import Phrases
from ingest.words import folded_line

PARAGRAPH_WORDS = 25
PARAGRAPH_CHARACTERS = 150
"""A line of so many words, or characters in scripts without spaces, is running text."""
KICKER_WORDS = 6
"""A line above the first paragraph of so few words, without a sentence's end, is a kicker, a
byline, a date or a label."""
KICKER_WIDTH = 40
"""Characters, those of wide scripts counted for three: a longer one is a line of the deck."""
DATE_WORDS = 5
"""Words beside the date in a line that is a date: a weekday, a zone, "updated at"."""
DATED_WORDS = 3
"""Words of "Last updated on" and the like, where the date itself is lost."""
MENU_WORDS = 20
TOP_LINES = 15
TAIL_SHARE = 0.4
"""What follows a heading like "Related" is cut only where it is less of the text than this."""
PROSE_WORDS = 10
PITCH_WORDS = 50
LABEL_WORDS = 40
RIGHTS_WORDS = 60


Lines = Sequence[str]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the page says that helps to tell its article from the rest: all spellings of the
    headline, the authors, names of the site, its section (`labels`), the lines that are nothing but
    links to other pages (folded), its headings below the headline (folded), and whether it calls itself news: in guides
    lists of links are part of the text."""

    titles: Collection[str] = ()
    authors: Collection[str] = ()
    labels: Collection[str] = ()
    linked_lines: Collection[str] = ()
    subheadings: Collection[str] = ()
    news: bool = False


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The lines of the article, and those taken out with the reason, in order."""

    lines: tuple[str, ...]
    removed: tuple[tuple[str, str], ...]


# "Read also", in the languages that news pages were seen in; what follows names another article.
_SEE_ALSO = re.compile(
    r"^\W*(?:(?:also\s+)?read(?:\s+(?:more|also|next|on|the\s+full\s+story))?\s*[:|>→]|read\s+more\b|read\s+(?:also|next)\b|see\s+also\b|see\s+more\b(?!.*:$)|also\s+read\b"
    r"|more\s*:|more\s+(?:from|on|about|stories)\b(?!.*:$)|(?:related|recommended)(?:\s+(?:articles?|content|coverage|links|news|posts|read(?:s|ings?)|stor(?:y|ies)|topics|videos?))?\W*$|related(?:\s+\w+)?\s*:|recommended\s+for\s+you\b|don['’]t\s+miss|watch\s*:|listen\s*:"
    r"|you\s+(?:may|might)\s+(?:also\s+)?(?:like|be\s+interested)|trending\b.{0,12}$|for\s+more\s+stories"
    r"|lesen\s+sie\s+(?:auch|mehr|hier|dazu|weiter)|lies\s+(?:auch|mehr)|(?:jetzt\s+)?weiterlesen|mehr\s+zum\s+thema|mehr\s+dazu|auch\s+interessant|passend\s+dazu|das\s+könnte\s+sie|"
    r"interessieren\s+könnte|siehe\s+auch|hintergrund\s*:\s*$|ähnliche\W*$|weitere\s+(?:artikel|themen|meldungen|nachrichten)|mehr\s+(?:aus|von|über)\s|lesetipp"
    r"|(?:à\s+)?lire\s+(?:aussi|également|la\s+suite)|voir\s+aussi|sur\s+le\s+même\s+(?:sujet|thème)|à\s+découvrir"
    r"|l[eé]a\s+tamb[ié]+n|lee\s+tambi[eé]n|lea\s+m[aá]s|ver\s+(?:tambi[eé]n|m[aá]s)|te\s+puede\s+interesar|m[aá]s\s+informaci[oó]n|noticias?\s+relacionadas?|tambi[eé]n\s+te"
    r"|leggi\s+(?:anche|tutto)|potrebbe\s+interessarti|vedi\s+anche|guarda\s+anche"
    r"|leia\s+(?:tamb[eé]m|mais)|veja\s+(?:tamb[eé]m|mais)|saiba\s+mais|confira\s+tamb[eé]m"
    r"|lees\s+(?:ook|meer|verder)|bekijk\s+ook|les\s+(?:også|mer|mere)|læs\s+(?:også|mere)|läs\s+(?:också|mer|även)|lue\s+(?:myös|lisää)"
    r"|czytaj\s+(?:też|także|więcej)|zobacz\s+(?:też|także|również)|čtěte\s+(?:také|více)|přečtěte\s+si|bunu\s+da\s+okuyun|i̇lgili\s+haber|ayrıca\s+oku"
    r"|читайте\s+(?:также|ещё|еще|по\s+теме)|читайте\s+також|смотрите\s+также|funda\s+olunye|関連記事|あわせて読みたい|【関連|관련기사|相关阅读|اقرأ\s+أيض)",
    re.IGNORECASE,
)
# Calls to subscribe, register, follow, download, write in or comment.
_PITCH = Phrases.of(
    r"\bsign(?:ing)?\s+up\s+(?:(?:to|for)\s+(?:the\b.{0,60}\b(?:newsletters?|briefing|bulletin|digest|alerts?|updates?|inbox|mailing\s+list)\b|our|my|free|daily|weekly|breaking|email|e-mail|updates?|alerts?|receive|get)|here|now|today|with|below)|\bsubscribe\b.{0,60}\b(?:newsletter|today|now|here|channel|premium|podcast|email|feed)|\bnewsletters?\b.{0,60}\b(?:sign|subscribe|inbox|daily|weekly|free|click|deliver)"
    r"|\b(?:daily|weekly|free|our|the\s+\w+)\s+newsletters?\b|deliver(?:ed)?\s+(?:\w+\s+){0,4}(?:to\s+)?your\s+(?:inbox|letterbox|email)"
    r"|\bfollow\s+(?:us|me|him|her|them|\w+(?:\.\w+)?(?:\s+\w+)?)\s+(?:\w+\s+)?on\s+(?:twitter|facebook|instagram|x\b|google|telegram|whatsapp|bluesky|threads|linkedin|tiktok|youtube|social)"
    r"|\blike\s+us\s+on\s+facebook|\b(?:add|set)\s+us\s+as\s+(?:a|your)\s+preferred\s+source|\bjoin\s+(?:our|the|thousands|thought)\b.{0,60}\b(?:commenting|conversation|community|channel|newsletter|readers|group)"
    r"|\bdownload\s+(?:our|the)\b.{0,40}\bapp\b|\bon\s+the\s+go\s+by\s+clicking|\bclick\s+here\s+(?:to|for)\s+(?:get|sign|subscribe|more|join|download|receive|donate|support)|newsletter\b.{0,60}\bclick\s+here|(?:please\s+)?click\s+the\s+share\s+button"
    r"|\bbookmark\s+(?:this|your\s+favou?rite)|\b(?:start|get)\s+your\s+(?:\w+\s+){0,4}(?:subscription|free\s+trial)|\bgot\s+a\s+(?:story|tip|news)\b|\bhave\s+you\s+got\s+a\s+story|\be-?mail(?:ing)?\s+us\s+at\b|\bsend\s+(?:us|your)\s+.{0,40}\b(?:tips?|review|letters?|story|stories)\b"
    r"|\b(?:log\s?in|register|subscribe|logout)\b.{0,40}\b(?:to\s+(?:continue|read|comment|view)|again)|\bto\s+(?:receive|get)\b.{0,60}\bnewsletter|^\W*(?:leave|post)\s+a\s+comment|\btell\s+us\s+what\s+you\s+think|\bdisplay\s+name\b|\bsupport\s+(?:our|independent)\s+(?:journalism|work|media)|\bmake\s+a\s+(?:donation|contribution)\b|\bdonate\s+(?:now|today|here)|\bfeel\s+free\s+to\s+(?:repost|share)|\bread\s+our\s+privacy\s+(?:policy|notice)\b"
    r"|\b(?:abonnieren|anmelden|registrieren)\b.{0,80}\b(?:newsletter|kostenlos|jetzt|hier)|\bnewsletter\b.{0,80}\b(?:abonnieren|anmelden|kostenlos|richtig|bestellen|hier)|\b(?:unser(?:e|en|em)?|täglichen?|wöchentlichen?|kostenlosen?)\s+[\w-]*newsletter|\bfolgen\s+sie\s+uns|\b(?:wochen|monat)\s+kostenlos\s+test|\bnews-?app\b|\bauch\s+bei\s+social\s+media|\bsie\s+haben\s+noch\s+kein\s+abo|\brechte\s+am\s+artikel|\bhier\s+(?:geht\s+es|entlang)\b|\bjetzt\s+(?:abonnieren|anmelden|testen)"
    r"|\b(?:inscrivez|abonnez)[- ]vous|\bsuivez[- ]nous|\bs['’]abonner|\bnotre\s+newsletter|\brecevez\b.{0,60}\b(?:newsletter|lettre|infolettre)"
    r"|\bsuscr[ií]b(?:ete|ase|irse)|\bs[ií]gu(?:enos|ele)\b|\bboletín\b.{0,40}\b(?:suscr|recib|apúnt)|\brec[ií]b[ae]\b.{0,60}\b(?:newsletter|bolet[ií]n)|\btu\s+suscripción\b|\btu\s+(?:cuenta|contraseña)\b|\búnete\s+a\b"
    r"|\biscriviti\b|\bseguici\b|\babbonati\b|\binscreva-se|\bassine\s+(?:a|o|nossa)\b|\bsiga[- ](?:nos|o|a)\b.{0,30}\b(?:instagram|twitter|facebook|google|canal)|\breceba\b.{0,60}\b(?:newsletter|notícias)|\bcanal\s+(?:do|no)\s+whatsapp"
    r"|\b(?:schrijf\s+je\s+in|meld\s+je\s+aan|volg\s+ons)\b|\b(?:prenumerera|abonner)\b|\bmeld\s+deg\s+på|\bzapisz\s+się|\bподпис(?:ывайтесь|аться|ка)\b|\bпідпис(?:уйтесь|атися)|\b有料会員|会員登録|メルマガ|구독|订阅|扫码",
)
_CONSENT = Phrases.of(
    r"privatsphäre-?einstellungen|externer?\s+inhalt|klick\s+für\s+den\s+datenschutz|empfohlener\s+(?:redaktioneller\s+)?inhalt|"
    r"(?:this|the)\s+content\s+is\s+(?:not\s+available|hosted\s+by)|cookie\s+(?:settings|preferences|policy)|to\s+view\s+this\s+content|enable\s+javascript|accept\s+(?:all\s+)?cookies|we\s+use\s+cookies|"
    r"ce\s+contenu\s+(?:est\s+bloqué|n['’]est\s+pas)|datenschutzerklärung|druckvorschau|browser\s+does\s+not\s+support|"
    r"inhalte\s+(?:von|anzeigen)|sie\s+können\s+(?:ihre|mit)\s+.{0,40}(?:zustimmung|anzeigen\s+lassen)",
)
_PICTURE = re.compile(
    rf"^\W*(?:photos?|pictures?|images?|fotos?|bild(?:rechte|quelle)?|quelle|crédit(?:\s+photo)?|credits?(?!/)|foto\s+de|imagen|immagine|imagem|illustration|grafik|©|\(c\)|copyright)\s*(?:[:©/]|by\b|courtesy|von\b|via\b|credit)"
    rf"|(?:getty\s+images|shutterstock|istock\w*|imago(?:\s+images)?|picture\s+alliance|alamy|unsplash|ritzau\s+scanpix|ap\s+photo|(?:/|via\s+)(?:{agency_pattern()}))[\s)\]]*\.?$|zdfheute\s+infografik|infografik$",
    re.IGNORECASE,
)
_DAY_OR_CLOCK = re.compile(
    r"\d{1,2}[.:h]\d{2}\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\b\d{4}-\d\d-\d\d|年\s*\d{1,2}\s*月"
    r"|\b\d{1,2}\.?\s+(?:de\s+)?[^\W\d]{3,10}\.?,?\s+(?:de\s+)?(?:19|20)\d\d|\b[^\W\d]{3,10}\.?\s+\d{1,2},?\s+(?:19|20)\d\d"
    r"|\d\s*min(?:ute)?s?\b",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"^\W*(?:(?:last\s+)?(?:updated?|modified|published|posted|created|edited)|first\s+published|stand|aktualisiert|veröffentlicht|erstellt|publié|mis\s+à\s+jour|publicado|actualizado|atualizado|aggiornato|pubblicato|gepubliceerd|bijgewerkt|oppdatert|publisert|uppdaterad|publicerad|опубликовано|обновлено)\b",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"^\W*(?:(?:written|words|story|reported|posted|text|by\s+our)\s+by\b|(?i:by)\s+(?=[A-Z])|(?i:von)\s+(?=[A-ZÄÖÜ])|(?i:par)\s+(?=[A-ZÉÈ])|(?i:por)\s+(?=[A-ZÁÉÍÓÚ])|(?i:di)\s+(?=[A-Z])|a\s+cura\s+di\b|(?i:door)\s+(?=[A-Z])|(?i:av)\s+(?=[A-ZÅÄÖÆØ])|(?i:af)\s+(?=[A-ZÆØÅ])|autor(?:in|en|a|es)?\s*:|auth?ors?\s*:|auteurs?\s*:|autore\s*:|articles?\s+by\s*:?"
    r"|(?:本报|本報|新华社|新華社)?(?:记者|記者)[\s:\uff1a/]|(?:作者|撰文|執筆)\s*[:\uff1a/]|(?i:автор[иы]?|текст)\s*:|بقلم\s)",
)
# "BAAR, SWITZERLAND": the dateline on a line of its own.
_PLACE_LINE = re.compile(r"^[A-ZÀ-Þ][A-ZÀ-Þ .'’-]+,(?:\s+[A-ZÀ-Þ][\w.'’-]*){1,3}\W*$")
# "Reporting by A and B; Editing by C": who worked on an agency's text, below it.
_CONTRIBUTORS = re.compile(
    r"^\W*(?:additional\s+)?(?:reporting|writing)\s+by\s.*\b(?:editing|writing)\s+by\s|^our\s+standards:\s+the\s+thomson\s+reuters\s+trust\s+principles",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"^\W*(?:related\s*(?:articles?|stories|posts|content|topics|news|links|coverage)?|more\s+(?:from|on|stories|news|in)\b(?!.*:$).{0,40}|read\s+more|most\s+(?:read|popular|viewed|commented)|popular|trending(?:\s+now)?|recommended(?:\s+for\s+you)?|you\s+(?:may|might)\s+also\s+like.{0,4}|don['’]t\s+miss.{0,12}|latest\s+(?:news|stories|posts|articles)|top\s+stories|editor['’]?s['’]?\s+picks?|about\s+the\s+authors?|author\s+bio|tags?|filed\s+under|topics|comments?|leave\s+a\s+(?:comment|reply)|join\s+our\s+commenting\s+forum|share\s+this.{0,20}|follow\s+us.{0,20}|advertisement|sponsored.{0,20}|disclaimer|sign\s+up.{0,30}|what\s+to\s+read\s+next|up\s+next|in\s+this\s+(?:story|article)"
    r"|mehr\s+zum\s+thema|zum\s+thema|auch\s+interessant|das\s+könnte\s+sie\s+.{0,30}|ähnliche(?:\s+\w+)?|weitere\s+\w+|meistgelesen\w*|schlagworte|themen|kommentare|über\s+den\s+autor|über\s+die\s+autorin|lesen\s+sie\s+(?:auch|mehr).{0,25}|verwendete\s+quellen|quellen|sendung"
    r"|(?:à\s+)?lire\s+aussi|sur\s+le\s+même\s+(?:sujet|thème)|articles?\s+(?:liés|similaires|connexes)|les\s+plus\s+lus|commentaires|noticias\s+relacionadas|te\s+puede\s+interesar|más\s+información|más\s+noticias|archivado\s+en|comentarios|lo\s+más\s+(?:leído|visto)|etiquetas"
    r"|leggi\s+anche|articoli\s+correlati|potrebbe\s+interessarti|commenti|leia\s+também|leia\s+mais|veja\s+também|notícias\s+relacionadas|comentários|mais\s+lidas|lees\s+ook|meer\s+over.{0,30}|lees\s+meer|reacties|les\s+også|læs\s+også|läs\s+också|läs\s+mer|czytaj\s+(?:też|także|więcej)|zobacz\s+(?:też|także)|související|etiketler|ilgili\s+haberler|читайте\s+также|関連記事|관련기사|相关阅读)\W*$",
    re.IGNORECASE,
)
_END = re.compile(
    r"^\W*(?:about\s+the\s+authors?|leave\s+a\s+(?:comment|reply)|join\s+our\s+commenting\s+forum|comments?(?:\s*\(?\d*\)?)?|disclaimer|über\s+d(?:en\s+autor|ie\s+autorin)|kommentare|commentaires|comentarios|comentários|commenti|reacties|sobre\s+(?:el|o)\s+autora?)\W*$",
    re.IGNORECASE,
)
_RIGHTS = Phrases.of(
    r"^\W*all\s+rights\s+reserved|^\W*(?:©|\(c\)|copyright\b).*\ball\s+rights\s+reserved|\ball\s+rights\s+reserved\W*$|alle\s+rechte\s+vorbehalten|tous\s+droits\s+réservés|todos\s+los\s+derechos\s+reservados|tutti\s+i\s+diritti\s+riservati|todos\s+os\s+direitos\s+reservados|may\s+not\s+be\s+(?:published|reproduced),?\s+broadcast",
)
_BIO = re.compile(
    r"\s*(?:,|\(|–|-|is\b|was\b|has\b|covers?\b|works?\b|writes?\b|reports?\b|joined\b|makes\b|ist\b|war\b|schreibt\b|arbeitet\b|est\b|es\b|è\b|é\b|er\b|är\b)",
    re.IGNORECASE,
)
_WIDE = re.compile("[\u3000-\U0010ffff]")
_SENTENCE_END = ".!?…。！？"
_QUOTED_END = "\"”»“’')]"


def clean(lines: Lines, around: Surroundings) -> Cleaned:
    """Take out the lines that are not the article's. Never all of them: where nothing would be
    left, nothing is taken."""
    if len(lines) == 1:
        lines = (_without_headline(lines[0], around.titles),)
    titles = {folded_line(title) for title in around.titles if title} - {""}
    authors = [folded_line(name) for name in around.authors]
    start = _first_paragraph(lines)
    words = [len(line.split()) for line in lines]
    asked = _Asked.of(lines, words)
    reasons: list[str | None] = []
    for at, line in enumerate(lines):
        reason = _repeats(line, titles) if at <= start else None
        if not reason and at < start and not (at == start - 1 and _PLACE_LINE.match(line)):
            reason = _above(line, titles, authors, around)
        last = at >= 0.6 * len(lines)
        reasons.append(reason or _anywhere(line, words[at], asked, authors, around, last=last))
    _mark_tail(lines, reasons, around.subheadings)
    kept = tuple(line for line, reason in zip(lines, reasons, strict=True) if reason is None)
    if not any(map(_is_running, kept)) and any(map(_is_running, lines)):
        return Cleaned(tuple(lines), ())
    removed = tuple(
        (line, reason) for line, reason in zip(lines, reasons, strict=True) if reason is not None
    )
    return Cleaned(kept, removed)


def _without_headline(text: str, titles: Collection[str]) -> str:
    """The text of a page that came as one line, without the headline that runs into it."""
    for title in sorted(titles, key=len, reverse=True):
        if title and text.startswith(title + " "):
            return text[len(title) :].strip()
    return text


def width(line: str) -> int:
    """Characters, those of wide scripts counted for three: they say that much more."""
    return len(line) if line.isascii() else len(line) + 2 * len(_WIDE.findall(line))


def _is_running(line: str) -> bool:
    return len(line.split()) >= PARAGRAPH_WORDS or len(line) >= PARAGRAPH_CHARACTERS


def _first_paragraph(lines: Lines) -> int:
    """Where the running text begins; 0 where it does not begin soon: such a page opens with a menu
    or a list, and what is above what cannot be told."""
    return next((at for at, line in enumerate(lines[:TOP_LINES]) if _is_running(line)), 0)


def _ends_sentence(line: str) -> bool:
    return line.rstrip(_QUOTED_END).endswith(tuple(_SENTENCE_END)) or line.endswith(
        ("”", "»", '"', ":")
    )


def _repeats(line: str, titles: Collection[str]) -> str | None:
    folded = folded_line(line)
    if folded in titles:
        return "headline"
    words = len(folded.split())
    for title in titles:
        size = len(title.split())
        if size >= 4 and words <= size + 4 and (folded.endswith(title) or folded.startswith(title)):
            return "headline"
        if words >= 5 and size <= words + 4 and title.endswith(folded):
            return "headline"
    return None


def _above(
    line: str, titles: Collection[str], authors: Sequence[str], around: Surroundings
) -> str | None:
    """What stands above the first paragraph and is not the article's."""
    words = len(line.split())
    if (
        words <= 15
        and not _is_statement(line)
        and any(" " in name and name in folded_line(line) for name in authors)
    ):
        return "byline"
    if words <= 20 and _BYLINE.match(line) and not _ends_sentence(line):
        return "byline"
    if words <= 12 and _is_date(line) and not _ends_sentence(line):
        return "date"
    if words <= MENU_WORDS and line.startswith("| ") and line.endswith(" |"):
        return "menu"  # a row of the table that lays the page out
    if words <= KICKER_WORDS and width(line) <= KICKER_WIDTH and not _ends_sentence(line):
        return _kicker(folded_line(line), titles, around)
    return None


def _kicker(folded: str, titles: Collection[str], around: Surroundings) -> str | None:
    """A short line is a kicker where the page says so elsewhere: a title begins with it, or it is
    its section or the site. Otherwise it may be a dateline or a subheading."""
    if not any(mark.isalpha() for mark in folded) or folded in map(folded_line, around.labels):
        return "kicker"
    if folded in around.subheadings:
        return None
    return "kicker" if any(title.startswith(f"{folded} ") for title in titles) else None


def _is_statement(line: str) -> bool:
    """Several sentences, or one that a byline follows: a standfirst, though it names its author."""
    return re.search(r"\w{3}[.!?]\s+\w", line) is not None and len(line.split()) > 6


def _is_date(line: str) -> bool:
    """A line that says when the article was published, and little else."""
    rest, found = _DAY_OR_CLOCK.subn(" ", line)
    if _DATED.match(line):
        return found > 0 or len(line.split()) <= DATED_WORDS
    return found > 0 and len(rest.split()) <= DATE_WORDS


@dataclass(frozen=True, slots=True)
class _Asked:
    """The phrases that may stand in the lines of a text, those too long for them apart."""

    pitch: Phrases
    consent: Phrases
    rights: Phrases

    @classmethod
    def of(cls, lines: Lines, words: Sequence[int]) -> _Asked:
        """`words`: how many each line has."""

        def possible(phrases: Phrases, most: int) -> Phrases:
            short = [line for line, size in zip(lines, words, strict=True) if size <= most]
            return phrases.possible_in("\n".join(short))

        return cls(
            possible(_PITCH, PITCH_WORDS),
            possible(_CONSENT, LABEL_WORDS),
            possible(_RIGHTS, RIGHTS_WORDS),
        )


def _anywhere(
    line: str,
    words: int,
    asked: _Asked,
    authors: Sequence[str],
    around: Surroundings,
    *,
    last: bool,
) -> str | None:
    if (
        words <= LABEL_WORDS
        and _SEE_ALSO.match(line)
        and not (words > 12 and _ends_sentence(line) and ":" not in line)
    ):
        return "pointer"
    if words <= PITCH_WORDS and asked.pitch.within(line):
        return "pitch"
    if words <= LABEL_WORDS and asked.consent.within(line):
        return "consent"
    if words <= 20 and _PICTURE.search(line):
        return "picture"
    if words <= 12 and _DATED.match(line) and _DAY_OR_CLOCK.search(line):
        return "date"
    if words <= RIGHTS_WORDS and asked.rights.within(line):
        return "rights"
    if (
        words >= 4
        and line.startswith("- ")
        and around.news
        and folded_line(line) in around.linked_lines
    ):
        return "link"
    if last and words <= LABEL_WORDS and _CONTRIBUTORS.match(line):
        return "contributors"
    if last and words <= 80:
        folded = folded_line(line) if authors else ""
        for name in authors:
            if (
                len(name.split()) > 1
                and folded.startswith(name)
                and _BIO.match(line.strip(" -")[len(name) :])
            ):
                return "bio"
        if words <= 12 and _BYLINE.match(line) and not _ends_sentence(line):
            return "byline"
    return None


def _mark_tail(lines: Lines, reasons: list[str | None], subheadings: Collection[str]) -> None:
    """In the last part, what follows a heading such as "Related" is foreign up to the next prose or
    heading of the page; what follows "Comments" or "About the author", all of it."""
    total = sum(map(len, lines)) or 1
    seen = 0
    cutting = False
    for at, line in enumerate(lines):
        seen += len(line)
        if seen < (1 - TAIL_SHARE) * total:
            continue
        bare = line.lstrip("- ")
        if _END.match(bare):
            for later in range(at, len(lines)):
                reasons[later] = reasons[later] or "tail"
            return
        if _TAIL.match(bare):
            cutting = True
        elif reasons[at] is None and (_is_prose(line) or _opens_prose(lines, at, subheadings)):
            cutting = False
        if cutting:
            reasons[at] = reasons[at] or "tail"


def _opens_prose(lines: Lines, at: int, subheadings: Collection[str]) -> bool:
    """A heading of the page with prose below it; another story's has its own byline there."""
    return (
        at + 1 < len(lines) and _is_prose(lines[at + 1]) and folded_line(lines[at]) in subheadings
    )


def _is_prose(line: str) -> bool:
    """A sentence of some length that is not in a list."""
    long = len(line.split()) >= PROSE_WORDS or width(line) >= PARAGRAPH_CHARACTERS
    return long and _ends_sentence(line) and not line.startswith("- ")
