"""Frames, attributions and report templates of twelve languages, written for this benchmark."""

# ruff: noqa: E501 - one sentence a line, in its own script

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Frame:
    """What outlets of a language put around others' articles; ``{site}`` is the outlet, ``{source}``
    whom it has the article from."""

    sites: tuple[str, ...]
    heads: tuple[str, ...]
    feet: tuple[str, ...]
    credits: tuple[str, ...]
    advertisements: tuple[str, ...]
    briefing: tuple[str, ...]


OUTLET_NAMES: Mapping[str, str] = {
    "theguardian.com": "The Guardian",
    "nytimes.com": "The New York Times",
    "latimes.com": "the Los Angeles Times",
    "businessinsider.com": "Business Insider",
    "washingtontimes.com": "The Washington Times",
    "nbcnews.com": "NBC News",
    "cbsnews.com": "CBS News",
    "sueddeutsche.de": "Süddeutsche Zeitung",
    "faz.net": "Frankfurter Allgemeine Zeitung",
    "boersen-zeitung.de": "Börsen-Zeitung",
    "stuttgarter-zeitung.de": "Stuttgarter Zeitung",
    "fr.de": "Frankfurter Rundschau",
    "lefigaro.fr": "Le Figaro",
    "lemonde.fr": "Le Monde",
    "liberation.fr": "Libération",
    "elpais.com": "El País",
    "elmundo.es": "El Mundo",
    "larepublica.pe": "La República",
    "repubblica.it": "la Repubblica",
    "corriere.it": "Corriere della Sera",
    "gazeta.pl": "Gazeta.pl",
    "theintercept.com": "The Intercept",
    "techcrunch.com": "TechCrunch",
    "euronews.com": "Euronews",
    "dw.com": "DW",
}

FRAMES: Mapping[str, Frame] = {
    "en": Frame(
        ("Lakeside Chronicle", "Northgate Daily", "The Hill Country Packet"),
        (
            "You have two free articles left this month. Create a free account to read without limits.",
            "LISTEN TO THIS STORY",
            "Members make our reporting possible: join {site} from three dollars a month.",
            "{site} keeps its newsroom running with readers' gifts, not with banners.",
        ),
        (
            "Help keep local reporting alive in the valley and the towns around it. Chip in whatever you can today.",
            "Comments on this page are moderated by volunteers and close after five days.",
            "Have a tip for our newsroom? Write to the night desk of {site} at any hour.",
            "Subscribers can gift ten articles a month to friends and family.",
            "{site} and its partners may earn a commission from links on this page.",
        ),
        (
            "This story was produced by {source} in partnership with {site}.",
            "This article was reprinted with permission from {source}.",
            "Courtesy of {source}",
            "Copyright {source}. All rights reserved.",
            "This article is republished from {source} under a Creative Commons license. Read the original article.",
            "A version of this article first ran in {source}.",
            "Story by {source}",
            "From our content partner {source}",
            "Syndicated from {source}",
            "The post above appeared first on {source}.",
        ),
        ("ADVERTISEMENT", "Story continues below advertisement", "Sign up: the {site} evening list, five stories at seven o'clock"),
        ("Good morning. Here is what you need to know before your first coffee, from the desk that never sleeps.",),
    ),
    "de": Frame(
        ("Talbote", "Nordwest-Rundblick", "Hügelland Anzeiger"),
        (
            "Sie lesen einen freien Artikel. Mit einem Probeabo von {site} lesen Sie vier Wochen lang alles.",
            "Artikel anhören",
            "Guten Tag aus der Redaktion! Unser Rundbrief erscheint werktags um sechs.",
            "Lesedauer und Schriftgröße lassen sich im Menü oben rechts ändern.",
        ),
        (
            "Haben Sie einen Fehler entdeckt? Schreiben Sie der Schlussredaktion von {site}, wir antworten am selben Tag.",
            "Die Kommentarfunktion ist aus Kapazitätsgründen zwischen 22 und 7 Uhr geschlossen.",
            "Mehr aus der Region lesen Sie jeden Samstag im gedruckten Wochenblatt.",
            "Unterstützen Sie unabhängige Berichte aus dem Umland mit einem kleinen Betrag im Monat.",
        ),
        (
            "Mit Material von {source}",
            "Dieser Text ist zuerst bei {source} erschienen.",
            "Nachdruck mit freundlicher Genehmigung von {source}",
            "Der Artikel stammt von {source}.",
            "Übernommen von {source}",
            "Zuerst veröffentlicht auf {source}",
            "Dieser Beitrag erscheint in Kooperation mit {source}.",
            "© {source}",
        ),
        ("Anzeige", "Nach der Anzeige geht es weiter", "Jetzt den Abendbrief von {site} bestellen und nichts verpassen"),
        ("Der Tag beginnt: das Wichtigste aus der Nacht, knapp zusammengefasst für Ihren Weg zur Arbeit.",),
    ),
    "fr": Frame(
        ("Le Courrier du Vallon", "La Dépêche des Monts", "Rive Droite Info"),
        (
            "Article offert. Abonnez-vous à {site} pour lire la suite de notre dossier sans publicité.",
            "Écouter cet article",
            "Temps de lecture indicatif, sans les encadrés ni les légendes des photos.",
        ),
        (
            "Une erreur dans cet article ? Signalez-la à la rédaction de {site}, qui corrige sous deux jours.",
            "Retrouvez chaque dimanche la sélection de nos lecteurs dans la lettre du vallon.",
            "Les commentaires sont ouverts aux abonnés et relus avant publication.",
        ),
        (
            "Source : {source}",
            "Article publié en partenariat avec {source}",
            "Avec {source}",
            "Cet article est repris de {source}.",
            "Cet article est republié à partir de {source} sous licence Creative Commons. Lire l'article original.",
            "Paru dans {source}",
        ),
        ("Publicité", "La suite après la publicité", "Recevez chaque soir la lettre de {site}"),
        ("Bonjour, voici l'essentiel de la nuit, résumé en quelques minutes pour bien commencer la journée.",),
    ),
    "es": Frame(
        ("El Faro del Valle", "Diario de la Sierra", "La Voz del Puerto"),
        (
            "Contenido abierto gracias a los socios de {site}. Hazte socio por cuatro euros al mes.",
            "Escuchar la noticia",
            "Tiempo de lectura aproximado, sin contar gráficos ni recuadros.",
        ),
        (
            "¿Has visto un error? Escribe a la mesa de edición de {site} y lo corregimos en el día.",
            "Los comentarios se cierran a los cinco días de la publicación de cada noticia.",
            "Cada domingo enviamos a los suscriptores una selección de lo mejor de la semana.",
        ),
        (
            "Este artículo fue publicado originalmente en {source}",
            "Esta nota apareció primero en {source}.",
            "Con información de {source}",
            "Artículo cedido por {source}",
            "Publicado con autorización de {source}",
            "Fuente: {source}",
        ),
        ("Publicidad", "Sigue leyendo tras el anuncio", "Apúntate al boletín de la tarde de {site}"),
        ("Buenos días. Esto es lo que ha pasado mientras dormías, contado en cinco minutos.",),
    ),
    "it": Frame(
        ("Il Corriere della Valle", "Gazzetta dei Colli", "La Voce del Porto"),
        ("Articolo gratuito: sostieni {site} con un abbonamento da tre euro al mese.", "Ascolta l'articolo"),
        (
            "Hai trovato un errore? Scrivi alla redazione di {site}, correggiamo entro la giornata.",
            "I commenti restano aperti per cinque giorni e sono moderati dai volontari.",
        ),
        (
            "Questo articolo è stato pubblicato originariamente su {source}.",
            "Articolo apparso su {source}",
            "Per gentile concessione di {source}",
            "Tratto da {source}",
            "Fonte: {source}",
        ),
        ("Pubblicità", "Continua a leggere dopo la pubblicità", "Iscriviti alla lettera serale di {site}"),
        ("Buongiorno, ecco le notizie della notte in cinque minuti prima del caffè.",),
    ),
    "pt": Frame(
        ("O Farol do Vale", "Diário da Serra", "A Voz do Cais"),
        ("Conteúdo aberto graças aos assinantes de {site}. Assine por quatro euros ao mês.", "Ouvir a notícia"),
        (
            "Viu um erro? Escreva para a redação de {site}, corrigimos no mesmo dia.",
            "Os comentários ficam abertos durante cinco dias e são lidos por voluntários.",
        ),
        (
            "Este artigo foi publicado originalmente em {source}.",
            "Publicado originalmente no {source}",
            "Com informações de {source}",
            "Texto reproduzido com autorização de {source}",
            "Fonte: {source}",
        ),
        ("Publicidade", "Continua depois da publicidade", "Receba o boletim da noite de {site}"),
        ("Bom dia. Isto é o que precisa de saber antes do primeiro café.",),
    ),
    "nl": Frame(
        ("De Dalbode", "Noorderlicht Dagblad", "Het Heuvelblad"),
        ("Dit is een gratis artikel. Met een proefabonnement van {site} lees je vier weken alles.", "Luister naar dit artikel"),
        (
            "Foutje gezien? Mail de eindredactie van {site}, we passen het dezelfde dag aan.",
            "Reageren kan tot vijf dagen na verschijnen en alleen onder eigen naam.",
        ),
        (
            "Dit artikel is eerder verschenen in {source}.",
            "Dit artikel verscheen eerst op {source}.",
            "Overgenomen van {source}",
            "Met toestemming overgenomen van {source}",
            "Bron: {source}",
        ),
        ("Advertentie", "Lees verder onder de advertentie", "Meld je aan voor de avondbrief van {site}"),
        ("Goedemorgen! Dit moet je weten voor de eerste kop koffie.",),
    ),
    "pl": Frame(
        ("Głos Doliny", "Dziennik Północny", "Kurier Wzgórz"),
        ("Artykuł bezpłatny. Zamów próbną prenumeratę {site} i czytaj przez cztery tygodnie bez ograniczeń.", "Posłuchaj artykułu"),
        (
            "Widzisz błąd? Napisz do redakcji {site}, poprawimy jeszcze dziś.",
            "Komentarze są otwarte przez pięć dni i czytane przez wolontariuszy.",
        ),
        (
            "Artykuł ukazał się pierwotnie w {source}.",
            "Tekst pierwotnie opublikowany na {source}",
            "Źródło: {source}",
            "Przedruk za zgodą {source}",
        ),
        ("Reklama", "Dalsza część tekstu pod reklamą", "Zapisz się na wieczorny list {site}"),
        ("Dzień dobry. Oto co trzeba wiedzieć przed pierwszą kawą.",),
    ),
    "ru": Frame(
        ("Вестник долины", "Северный листок", "Голос порта"),
        ("Статья открыта для всех. Поддержите {site} небольшим ежемесячным взносом.", "Слушать статью"),
        (
            "Нашли ошибку? Напишите в редакцию {site}, мы исправим её в тот же день.",
            "Комментарии открыты пять дней и проверяются добровольцами.",
        ),
        (
            "Источник: {source}",
            "Впервые опубликовано на {source}",
            "Эта статья была впервые опубликована на сайте {source}.",
            "Материал перепечатан с разрешения {source}",
            "По материалам {source}",
        ),
        ("Реклама", "Продолжение после рекламы", "Подпишитесь на вечернее письмо {site}"),
        ("Доброе утро. Вот что нужно знать перед первой чашкой кофе.",),
    ),
    "zh": Frame(
        ("山谷日报", "北岸新闻网", "港口之声"),
        ("本文免费阅读。订阅{site}会员,四周畅读全部内容。", "收听本文"),
        ("发现错误?请致信{site}编辑部,我们当天更正。", "评论开放五天,由志愿者审核后发布。"),
        ("来源:{source}", "本文转载自{source}", "本文首发于{source}。", "转自:{source}", "文章来源:{source}"),
        ("广告", "广告之后继续阅读", "订阅{site}晚间通讯"),
        ("早安。以下是您在喝第一杯咖啡前需要知道的事情。",),
    ),
    "ja": Frame(
        ("谷間日報", "北岸ニュース", "港の声"),
        ("この記事は無料で読めます。{site}のお試し購読なら四週間すべて読み放題です。", "音声で聞く"),
        ("間違いを見つけた方は{site}編集部までお知らせください。当日中に訂正します。", "コメントは公開から五日間受け付けています。"),
        ("出典:{source}", "提供:{source}", "この記事は{source}に掲載されたものです。", "(C){source}", "{source}より転載"),
        ("広告", "広告の後に続きがあります", "{site}の夕刊メールに登録する"),
        ("おはようございます。最初のコーヒーの前に知っておきたいことをお届けします。",),
    ),
    "ar": Frame(
        ("صدى الوادي", "يومية الشمال", "صوت الميناء"),
        ("هذا المقال متاح مجانا. اشترك في {site} لتقرأ كل شيء لأربعة أسابيع.", "استمع إلى المقال"),
        (
            "هل وجدت خطأ؟ اكتب إلى تحرير {site} وسنصححه في اليوم نفسه.",
            "التعليقات مفتوحة خمسة أيام ويراجعها متطوعون قبل النشر.",
        ),
        ("المصدر: {source}", "نقلا عن {source}", "نشر هذا المقال لأول مرة في {source}", "نشر بالاتفاق مع {source}"),
        ("إعلان", "تابع القراءة بعد الإعلان", "اشترك في رسالة المساء من {site}"),
        ("صباح الخير. هذا ما تحتاج إلى معرفته قبل فنجان القهوة الأول.",),
    ),
}  # fmt: skip

REPORTS: Mapping[str, tuple[str, tuple[str, ...], Mapping[str, tuple[str, ...]]]] = {
    "closing-bell": (
        "en",
        (
            "{mover} leads as the index closes {up} {p} percent",
            "Shares in {city} finished {up} on {day} as investors weighed results from {mover} against a softer currency.",
            "The benchmark index rose or fell by {p} percent to end at {k} points, with {n} of its members in positive territory.",
            "{mover} was the day's biggest mover, adding {p} percent in heavy trading, while {loser} lost {p} percent.",
            "Turnover came to {k} million, against an average of {k} million over the past month.",
            "Analysts at {loser} said that the market would take its lead from figures on inflation due on {day}.",
            "The yield on the ten-year government bond moved {p} basis points, and a barrel of oil traded at {n} dollars.",
        ),
        {
            "mover": ("Orrin Steel", "Halde Foods", "Brack Energy", "Tolland Bank", "Merrow Air"),
            "loser": ("Quill Motors", "Sable Chemicals", "Penrose Retail", "Dunmore Telecom"),
            "city": ("Toronto", "Sydney", "Dublin", "Johannesburg"),
            "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
            "up": ("higher", "lower"),
        },
    ),
    "spielbericht": (
        "de",
        (
            "{home} gegen {away}: Später Treffer entscheidet die Partie",
            "Der {home} hat am {day} sein Heimspiel gegen den {away} mit {n}:{n} beendet und steht nun auf Platz {n} der Tabelle.",
            "Vor {k} Zuschauern brachte {player} die Gastgeber in der {n}. Minute in Führung, nachdem {player} von der rechten Seite geflankt hatte.",
            "Nach dem Seitenwechsel erhöhte der {away} den Druck, scheiterte aber mehrfach am Torwart der Gastgeber.",
            "In der {n}. Minute sah {player} nach wiederholtem Foulspiel die Gelb-Rote Karte.",
            "Am kommenden Spieltag muss der {home} auswärts antreten, der {away} empfängt den Tabellenführer.",
        ),
        {
            "home": ("SV Lindental", "FC Brückstadt", "TuS Harmsen", "VfB Moorbach"),
            "away": ("SC Waldau", "TSV Eichholz", "SpVgg Rennfurt", "FV Tannberg"),
            "player": ("Kowalke", "Brandstetter", "Yildirim", "Osterloh", "Matuschek", "Fenske"),
            "day": ("Freitag", "Samstag", "Sonntag"),
        },
    ),
    "meteo": (
        "fr",
        (
            "Météo en {region} : {sky} attendu ce {day}",
            "Ce {day}, le temps sera marqué par un {sky} sur une grande partie de la {region}, avec quelques éclaircies l'après-midi.",
            "Les températures minimales iront de {n} degrés à {town} à {n} degrés à {town}, les maximales de {n} à {n} degrés.",
            "Le vent de secteur variable soufflera jusqu'à {n} kilomètres par heure sur le littoral et {n} dans l'intérieur des terres.",
            "Pour la soirée, un {sky} gagnera {town} et ses environs, et la visibilité pourra tomber sous {k} mètres.",
        ),
        {
            "region": ("Bretagne", "Bourgogne", "Provence", "Champagne"),
            "sky": ("ciel couvert", "brouillard dense", "soleil généreux", "temps orageux"),
            "town": ("Vannes", "Dijon", "Arles", "Reims", "Quimper", "Beaune"),
            "day": ("lundi", "mardi", "mercredi", "jeudi", "vendredi"),
        },
    ),
    "horoscopo": (
        "es",
        (
            "Horóscopo de hoy, {day}: consulta la predicción de tu signo",
            "Aries: hoy es un buen momento para {act} y para hablar con {who}. Tu número de la suerte es el {n}.",
            "Tauro: evita {act} antes del mediodía y dedica la tarde a {who}. Tu número de la suerte es el {n}.",
            "Géminis: la Luna favorece {act}; no olvides llamar a {who}. Tu número de la suerte es el {n}.",
            "Cáncer: alguien te propondrá {act}, consulta primero con {who}. Tu número de la suerte es el {n}.",
            "Leo: los astros te invitan a {act} en compañía de {who}. Tu número de la suerte es el {n}.",
            "Virgo: el día pide {act} con calma y paciencia con {who}. Tu número de la suerte es el {n}.",
        ),
        {
            "act": ("viajar", "ahorrar", "empezar un proyecto", "descansar", "firmar un contrato", "cambiar de casa"),
            "who": ("tu pareja", "un viejo amigo", "tu jefe", "la familia", "un vecino"),
            "day": ("lunes", "martes", "miércoles", "jueves", "viernes"),
        },
    ),
    "kurs": (
        "pl",
        (
            "Kursy walut z {day}: ile kosztuje {coin}",
            "W {day} rano za {coin} płacono {n},{n} złotego, a za dolara {n},{n} złotego, wynika z danych rynku międzybankowego.",
            "Frank szwajcarski kosztował {n},{n} złotego, a funt {n},{n} złotego, czyli o {p} procent więcej niż dzień wcześniej.",
            "Zdaniem analityków {bank} najbliższe dni przyniosą dalsze wahania, a kluczowe będą dane z {land}.",
            "Rentowność obligacji dziesięcioletnich wyniosła {p} procent, a baryłka ropy kosztowała {n} dolarów.",
        ),
        {
            "coin": ("euro", "koronę", "forinta"),
            "bank": ("Banku Wiślanego", "Domu Maklerskiego Sokół", "Banku Bałtyckiego"),
            "land": ("Niemiec", "Francji", "Włoch"),
            "day": ("poniedziałek", "wtorek", "środę", "czwartek", "piątek"),
        },
    ),
    "dizhen": (
        "zh",
        (
            "{place}发生{p}级地震",
            "据地震台网正式测定,{day}上午{n}时{n}分在{place}发生{p}级地震,震源深度{n}千米。",
            "截至目前,{place}当地震感明显,暂未收到人员伤亡和房屋倒塌的报告,通信与供电均保持正常。",
            "当地消防部门已派出{n}辆车和{n}名救援人员前往{place}核查灾情,学校和医院秩序良好。",
            "专家表示,{place}近期发生更大地震的可能性不大,提醒居民注意余震,不要轻信网上传言。",
        ),
        {
            "place": ("石门县", "青川县", "玉树市", "台东县", "和田县", "漾濞县"),
            "day": ("星期一", "星期二", "星期三", "星期四", "星期五"),
        },
    ),
}  # fmt: skip
