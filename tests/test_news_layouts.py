"""Pages laid out as large sites and common systems do it: what an article of theirs becomes."""

# ruff: noqa: E501 - pages in long lines

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from ingest.extraction.extract import extract_page
from ingest.types import Extraction

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
URL = "https://www.harbour.example/news/2026/03/05/ferry-sails-on"
PROSE = (
    "The old ferry will sail for another year, the town council of Portneuf decided on Tuesday, after weeks of protest by commuters who would have had to drive around the whole of the bay.",
    "“Nobody asked the fishermen,” said Al Venn, who has kept the slip for thirty years and does not mean to stop before the bridge is built. “They will see what a winter without a boat is like.”",
    "Fares are to fall a little in spring. The region still lacks forty of the hundred and ninety millions that the bridge would cost, and no one in the council expects them before the election.",
    "A survey of 412 passengers found that two thirds would rather wait for the boat than drive. It was paid for by the ferry company, which did not say how the passengers had been chosen.",
)


@dataclass(frozen=True)
class Layout:
    head: str
    body: str
    authors: tuple[str, ...] = ("Ida Moss",)
    title: str = "Old ferry sails on for another year"
    published: str = "2026-03-05T09:30:00+00:00"
    canonical: str | None = None
    lines: tuple[str, ...] = PROSE
    status: str = "full"


def ld(*things: object) -> str:
    graph = things[0] if len(things) == 1 else {"@context": "https://schema.org", "@graph": things}
    return f'<script type="application/ld+json">{json.dumps(graph)}</script>'


def meta(**named: str) -> str:
    return "".join(
        f'<meta property="{name.replace("_", ":", 1)}" content="{text}">'
        for name, text in named.items()
    )


def paragraphs(tag: str = "p", attributes: str = "", between: str = "") -> str:
    return between.join(f"<{tag} {attributes}>{line}</{tag}>" for line in PROSE)


T = "Old ferry sails on for another year"
WHEN = "2026-03-05T09:30:00+00:00"
ARTICLE = {
    "@type": "NewsArticle", "headline": T, "datePublished": WHEN,
    "dateModified": "2026-03-06T08:00:00+00:00", "author": [{"@type": "Person", "name": "Ida Moss"}],
}  # fmt: skip
MENU = "<header><nav><ul><li><a href='/'>Home</a></li><li><a href='/sport'>Sport</a></li></ul></nav></header>"
RELATED = "".join(
    f"<li><a href='/news/{n}'>Bridge story number {n} that nobody has read yet</a></li>"
    for n in range(6)
)

LAYOUTS = {
    "WordPress with Yoast": Layout(
        "<title>Old ferry sails on for another year - Harbour Times</title>"
        + meta(og_title=T, og_site_name="Harbour Times", article_published_time=WHEN)
        + ld(
            {"@type": "Article", "headline": T, "datePublished": WHEN, "author": {"name": "Ida Moss", "@id": "https://www.harbour.example/#/person/1"}, "isPartOf": {"@id": URL}},
            {"@type": "WebPage", "@id": URL, "url": URL, "name": f"{T} - Harbour Times", "datePublished": WHEN},
            {"@type": "WebSite", "name": "Harbour Times"},
            {"@type": "Person", "@id": "https://www.harbour.example/#/person/1", "name": "Ida Moss"},
        ),
        f"{MENU}<main><article class='post type-post status-publish'><header class='entry-header'><h1 class='entry-title'>{T}</h1><div class='entry-meta'><span class='posted-on'><time class='entry-date published' datetime='{WHEN}'>March 5, 2026</time></span><span class='byline'> by <span class='author vcard'><a class='url fn n' href='/author/ida'>Ida Moss</a></span></span></div></header><div class='entry-content'>{paragraphs()}<div class='sharedaddy sd-sharing-enabled'><h3 class='sd-title'>Share this:</h3><ul><li>Facebook</li></ul></div><div id='jp-relatedposts' class='jp-relatedposts'><h3>Related</h3></div></div></article><div id='comments' class='comments-area'><h2>2 Comments</h2><p>I never liked that boat, and I never will, whatever they say in the council about it.</p></div></main>",
    ),
    "a page that names its author by reference": Layout(
        meta(og_title=T)
        + ld(
            {"@type": "WebPage", "@id": URL, "datePublished": WHEN, "author": {"@id": "#ida"}},
            {"@type": ["Person"], "@id": "#ida", "name": "Ida Moss"},
        ),
        f"<article><h1>{T}</h1><div class='entry-content'>{paragraphs()}</div></article>",
    ),
    "Arc": Layout(
        f"<title>{T} | Harbour Times</title>" + meta(og_title=T, og_site_name="Harbour Times") + ld(ARTICLE),
        f"<div id='fusion-app'>{MENU}<section class='b-header'><h1 class='b-headline'>{T}</h1><h2 class='b-subheadline'>Council gives way after weeks of protest.</h2></section><div class='ts-byline'><span class='b-byline__by'>By</span> <a href='/team/ida'>Ida Moss</a></div><article class='b-article-body'>{paragraphs('p', 'class=b-article-body__p', '<div class=ad-container>Advertisement</div>')}</article></div>",
        lines=("Council gives way after weeks of protest.", *PROSE),
    ),
    "BBC": Layout(
        f"<title>{T} - BBC News</title>" + meta(og_title=T, og_site_name="BBC News") + ld(ARTICLE | {"author": [{"@type": "NewsMediaOrganization", "name": "BBC News"}]}),
        f"<main id='main-content'><article class='ssrcss-x1-ArticleWrapper'><div data-component='headline-block'><h1 class='sc-f98b1ad2-0'>{T}</h1></div><div data-component='byline-block' class='sc-b42e7a8f-0'><div data-testid='byline-new'><div data-testid='byline-new-contributors' class='sc-b42e-5'><div><span class='sc-b42-7'>Ida Moss</span><div class='sc-b42-8'><span>Coast correspondent</span></div></div></div></div></div>"
        + "".join(f"<div data-component='text-block'><div class='ssrcss-RichText'><p class='sc-9a00e533-0'>{line}</p></div></div>" for line in PROSE)
        + "<div data-component='links-block'><p>Related topics</p><ul><li><a href='/1'>Ferries of the north coast, past and present</a></li></ul></div></article></main>",
    ),
    "The Guardian": Layout(
        f"<title>{T} | Harbours | The Guardian</title>" + meta(og_title=f"{T} | Harbours", og_site_name="the Guardian") + ld(ARTICLE | {"author": []}),
        f"<main><article><div class='dcr-1'><h1 class='dcr-u0152o'>{T}</h1></div><aside class='dcr-1fnjjtg'><div><address aria-label='Contributor info'><div class='dcr-16bbvim'><a rel='author' href='/profile/ida-moss'>Ida Moss</a> in Portneuf</div></address><details><summary>Thu 5 Mar 2026 09.30 GMT</summary></details></div></aside><div id='maincontent'><div class='article-body-commercial-selector'>{paragraphs('p', 'class=dcr-130mj7b')}</div></div></article></main>",
    ),
    "The New York Times": Layout(
        f"<title>{T} - The New York Times</title><meta name='byl' content='By Ida Moss and Al Venn'>" + meta(og_title=T, article_published_time=WHEN) + ld(ARTICLE | {"author": [{"@context": "https://schema.org", "@type": "Person", "name": "Ida Moss"}, {"@type": "Person", "name": "Al Venn"}]}),
        f"<article id='story'><header><h1 data-testid='headline'>{T}</h1></header><section name='articleBody'>"
        + "".join(f"<div class='css-s99gbd StoryBodyCompanionColumn'><div class='css-53u6y8'><p class='css-at9mc1'>{line}</p></div></div>" for line in PROSE)
        + "</section></article>",
        authors=("Ida Moss", "Al Venn"),
    ),
    "Le Monde": Layout(
        f"<html lang=fr><title>{T}</title>" + meta(og_title=T, og_site_name="Le Monde.fr", og_type='article') + ld(ARTICLE | {"author": [{"@type": "Person", "name": "Ida Moss (Portneuf, envoyée spéciale)"}]}),
        f"<section class='zone zone--article'><h1 class='article__title'>{T}</h1><section class='meta__authors'><span class='meta__author'>Par <a href='/signataires/ida'>Ida Moss</a></span></section><article class='article__content'>{paragraphs('p', 'class=article__paragraph')}<section class='catcher'><span class='catcher__title'>Lire aussi</span></section></article></section>",
    ),
    "Der Spiegel": Layout(
        f"<title>{T} - DER SPIEGEL</title>" + meta(og_title=T, og_site_name="DER SPIEGEL") + ld([ARTICLE]),
        f"<main><article><header data-area='intro'><h2><span class='text-primary-base'>Verkehr</span> <span>{T}</span></h2><div class='text-black font-sansUI'>Von <a href='/impressum/autor-1'>Ida Moss</a></div></header><section data-area='body'><div class='RichText'>{paragraphs()}</div></section></article></main>",
    ),
    "AMP": Layout(
        f"<title>{T} | Harbour Times</title><link rel=canonical href='{URL}'>" + meta(og_site_name="Harbour Times") + ld(ARTICLE),
        f"<amp-sidebar id=sidebar layout=nodisplay><ul><li>Menu</li></ul></amp-sidebar><article class='amp-wp-article'><header><h1 class='amp-wp-title'>{T}</h1></header><div class='amp-wp-article-content'>{paragraphs('p', '', '<amp-ad width=300 height=250></amp-ad>')}</div></article><amp-consent>We use cookies</amp-consent>",
        canonical=URL,
    ),
    "AMP's front matter in several scripts": Layout(
        ld({"@type": "BreadcrumbList", "itemListElement": []}) + ld({"@type": "NewsMediaOrganization", "name": "Harbour Times"}) + ld([{"@type": "WebPage", "name": "x"}, ARTICLE]) + "<script type='application/ld+json'>{broken</script>",
        f"<h1>{T}</h1><div itemprop='articleBody'>{paragraphs()}</div>",
    ),
    "an app that draws itself": Layout(
        f"<title>{T}</title>" + ld(ARTICLE | {"articleBody": "\n\n".join(PROSE)}),
        "<div id='root'></div><script>window.__DATA__ = {}</script>",
    ),
    "several dates": Layout(
        f"<title>{T}</title>" + meta(article_published_time=WHEN, article_modified_time="2026-03-07T10:00:00Z", og_updated_time="2026-03-08T10:00:00Z") + "<meta name=DC.creator content='Moss, Ida'>",
        f"<div class=date>20 November 2026</div><h1>{T}</h1><p class=updated>Updated: <time datetime='2026-03-07T10:00:00Z'>7 March</time></p><article>{paragraphs()}</article><footer><time datetime='2026-11-20'>20 Nov</time></footer>",
    ),
    "a live page": Layout(
        f"<title>{T} | Harbour Times</title>" + meta(og_site_name="Harbour Times")
        + ld({"@type": "LiveBlogPosting", "headline": T, "datePublished": WHEN, "coverageStartTime": WHEN, "author": {"@type": "Person", "name": "Ida Moss"}, "liveBlogUpdate": [{"@type": "BlogPosting", "headline": "Mayor speaks", "datePublished": "2026-03-05T11:00:00Z", "author": {"name": "Al Venn"}, "articleBody": PROSE[1]}]}),
        f"<main><article><h1>{T}</h1><div class='live-feed'>" + "".join(f"<div class='live-post'><time datetime='2026-03-05T1{n}:00:00Z'>1{n}:00</time><p>{line}</p></div>" for n, line in enumerate(PROSE)) + "</div></article></main>",
    ),
    "no word to machines": Layout(
        f"<title>{T} - Harbour Times</title>",
        f"<table><tr><td><a href='/'>Harbour Times</a></td><td><a href='/sport'>Sport</a></td></tr></table><h1>{T}</h1><p><i>By Ida Moss</i></p>{paragraphs()}<p><a href='/'>Front page</a></p>",
        published="2026-03-05T00:00:00+00:00",
    ),
    "microdata": Layout(
        f"<title>{T}</title>",
        f"<div itemscope itemtype='https://schema.org/NewsArticle'><h1 itemprop='headline'>{T}</h1><span itemprop='author' itemscope itemtype='https://schema.org/Person'><span itemprop='name'>Ida Moss</span></span><meta itemprop='datePublished' content='{WHEN}'><div itemprop='articleBody'>{paragraphs()}</div></div>",
    ),
    "a newspaper's second story": Layout(
        f"<title>{T} | Harbour Times</title>" + meta(og_site_name="Harbour Times") + ld(ARTICLE),
        f"<article><h1>{T}</h1>{paragraphs()}<h3>Read more</h3><ul>{RELATED}</ul></article><aside class='sidebar'><h2>Most read</h2><ul>{RELATED}</ul></aside>",
    ),
}  # fmt: skip


LANGUAGES = {
    "ru": ("Паром будет ходить ещё год", "Текст: Иван Мохов и Анна Вень", ("Иван Мохов", "Анна Вень"), "Читайте также: Мост построят позже", "Подписывайтесь на наш канал", (
        "Городской совет решил во вторник, что старый паром будет ходить ещё один год, после нескольких недель протестов жителей, которым пришлось бы объезжать весь залив.",
        "«Рыбаков никто не спрашивал», — сказал Алексей Вень, который тридцать лет следит за причалом и не собирается уходить, пока мост не будет построен.",
        "Весной проезд немного подешевеет. На мост не хватает сорока миллионов, и никто в совете не ждёт их до выборов.",
    )),
    "de": ("Die alte Fähre fährt noch ein Jahr", "Von Ida Moos und Al Venn", ("Ida Moos", "Al Venn"), "Lesen Sie auch: Die Brücke kommt später", "Abonnieren Sie jetzt unseren Newsletter", (
        "Die alte Fähre fährt noch ein Jahr, das hat der Stadtrat von Portneuf am Dienstag nach wochenlangen Protesten der Pendler beschlossen, die sonst um die ganze Bucht fahren müssten.",
        "„Die Fischer hat niemand gefragt“, sagte Al Venn, der den Steg seit dreißig Jahren hütet und nicht gehen will, bevor die Brücke steht.",
        "Im Frühjahr sollen die Preise ein wenig sinken. Für die Brücke fehlen noch vierzig Millionen, mit denen vor der Wahl niemand rechnet.",
    )),
    "fr": ("Le vieux bac naviguera encore un an", "Par Ida Mousse et Al Venne", ("Ida Mousse", "Al Venne"), "Lire aussi : Le pont attendra", "Abonnez-vous à notre newsletter", (
        "Le vieux bac naviguera encore un an, a décidé mardi le conseil municipal de Portneuf après des semaines de protestations des habitants, qui auraient dû faire le tour de la baie.",
        "« Personne n’a demandé leur avis aux pêcheurs », a dit Al Venne, qui garde le quai depuis trente ans et n’entend pas partir avant que le pont soit construit.",
        "Les tarifs doivent un peu baisser au printemps. Il manque encore quarante millions pour le pont, et personne ne les attend avant les élections.",
    )),
    "es": ("El viejo transbordador seguirá un año más", "Por Ida Musgo y Al Vena", ("Ida Musgo", "Al Vena"), "Lea también: El puente tendrá que esperar", "Suscríbete a nuestro boletín", (
        "El viejo transbordador seguirá navegando un año más, decidió el martes el ayuntamiento de Portneuf tras semanas de protestas de los vecinos, que habrían tenido que rodear toda la bahía.",
        "«Nadie preguntó a los pescadores», dijo Al Vena, que cuida el muelle desde hace treinta años y no piensa marcharse antes de que se construya el puente.",
        "Las tarifas bajarán un poco en primavera. Para el puente faltan todavía cuarenta millones, y nadie los espera antes de las elecciones.",
    )),
    "it": ("Il vecchio traghetto naviga un altro anno", "Di Ida Muschio e Al Vena", ("Ida Muschio", "Al Vena"), "Leggi anche: Il ponte può attendere", "Iscriviti alla nostra newsletter", (
        "Il vecchio traghetto navigherà ancora un anno, ha deciso martedì il consiglio comunale di Portneuf dopo settimane di proteste degli abitanti, che avrebbero dovuto girare intorno a tutta la baia.",
        "«Nessuno ha chiesto ai pescatori», ha detto Al Vena, che custodisce il molo da trent’anni e non vuole andarsene prima che il ponte sia costruito.",
        "In primavera i prezzi caleranno un poco. Per il ponte mancano ancora quaranta milioni, e nessuno se li aspetta prima delle elezioni.",
    )),
    "nl": ("De oude veerboot vaart nog een jaar", "Door Ida Mos en Al Ven", ("Ida Mos", "Al Ven"), "Lees ook: De brug moet wachten", "Meld je aan voor onze nieuwsbrief", (
        "De oude veerboot vaart nog een jaar, besloot de gemeenteraad van Portneuf dinsdag na weken van protest van forenzen, die anders om de hele baai heen hadden moeten rijden.",
        "“Niemand heeft de vissers iets gevraagd”, zei Al Ven, die de steiger al dertig jaar bewaakt en niet weg wil voordat de brug er staat.",
        "In het voorjaar gaan de prijzen iets omlaag. Voor de brug ontbreken nog veertig miljoen, die niemand voor de verkiezingen verwacht.",
    )),
    "zh": ("老渡轮将再航行一年", "记者 王小明、李华", ("王小明", "李华"), "相关阅读", "扫码订阅我们的频道", (
        "在居民连续数周的抗议之后，市议会星期二决定，老渡轮将再航行一年，否则居民们每天都要开车绕过整个海湾才能到达对岸的工厂和学校。议会中没有人反对这项决定。",
        "“没有人问过渔民，”在码头工作了三十年的李大海说，“他们会知道没有船的冬天是什么样子。”他不打算在大桥建成之前离开这里，他的儿子也在这艘船上工作。",
        "票价将在春天略有下降。大桥还缺少四千万，议会中没有人认为在选举之前能够得到这笔钱。轮渡公司上个月对四百名乘客进行了调查，三分之二的人愿意等船。",
    )),
    "ja": ("古い渡し船、あと一年運航へ", "山田太郎記者", ("山田太郎",), "関連記事", "メルマガに登録する", (
        "数週間にわたる住民の抗議を受けて、市議会は火曜日、古い渡し船をあと一年運航させることを決めた。運航が終われば、住民は毎日、湾を一周して対岸の工場や学校へ通わなければならなかった。",
        "「漁師には誰も聞かなかった」と、三十年間桟橋を守ってきた佐藤さんは話した。「船のない冬がどんなものか、みんな分かるだろう」。橋ができるまで、ここを離れるつもりはないという。",
        "運賃は春に少し下がる見通しだ。橋にはまだ四千万が足りず、選挙の前に手に入ると考える議員はいない。渡し船の会社は先月、乗客四百人に調査を行った。",
    )),
    "ar": ("العبارة القديمة تبحر عاما آخر", "بقلم أحمد الخطيب", ("أحمد الخطيب",), "اقرأ أيضا: الجسر ينتظر", None, (
        "قرر المجلس البلدي يوم الثلاثاء أن تبحر العبارة القديمة عاما آخر بعد أسابيع من احتجاج السكان الذين كان عليهم أن يقودوا سياراتهم حول الخليج كله للوصول إلى المدارس والمصانع.",
        "وقال علي حسن الذي يحرس الرصيف منذ ثلاثين عاما إن أحدا لم يسأل الصيادين، وإنه لا ينوي الرحيل قبل بناء الجسر الذي ينتظره الجميع منذ سنوات طويلة.",
        "ومن المتوقع أن تنخفض الأسعار قليلا في الربيع، ولا يزال الجسر بحاجة إلى أربعين مليونا لا يتوقعها أحد في المجلس قبل الانتخابات القادمة.",
    )),
    "ko": ("낡은 나룻배 일 년 더 운항한다", "김민수 기자", ("김민수",), "관련기사", None, (
        "시의회는 몇 주 동안 이어진 주민들의 항의 끝에 낡은 나룻배를 일 년 더 운항하기로 화요일 결정했다. 배가 없어지면 주민들은 날마다 만을 돌아 학교와 공장으로 가야 했다.",
        "“어부들에게는 아무도 묻지 않았다”고 삼십 년 동안 선착장을 지켜 온 이영희 씨는 말했다. 그는 다리가 놓일 때까지 이곳을 떠날 생각이 없다고 했다.",
        "봄에는 요금이 조금 내릴 것으로 보인다. 다리에는 아직 사천만이 모자라고, 선거 전에 그 돈이 생길 것으로 보는 의원은 없다.",
    )),
}  # fmt: skip


def extracted(layout: Layout, lang: str = "en") -> Extraction:
    html = f"<!DOCTYPE html><html lang='{lang}'><head><meta charset=utf-8>{layout.head}</head><body>{layout.body}</body></html>"
    return extract_page(html.encode(), url=URL, content_type="text/html", now=NOW)


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout(name: str) -> None:
    layout = LAYOUTS[name]
    found = extracted(layout)
    assert found.body.split("\n") == list(layout.lines)
    assert found.title == layout.title
    assert found.authors == layout.authors
    assert found.published_at == datetime.fromisoformat(layout.published)
    assert found.content_status == layout.status
    assert found.language == "en"
    if layout.canonical:
        assert found.declared_canonical_url == layout.canonical


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("marked", [True, False])
def test_language(language: str, marked: bool) -> None:
    title, byline, authors, pointer, pitch, lines = LANGUAGES[language]
    named = f"<div class='byline'>{byline}</div>" if marked else f"<div><p>{byline}</p></div>"
    text = [*lines[:2], pointer, lines[2], *([pitch] if pitch else [])]
    body = f"{MENU}<main><h1>{title}</h1>{named}<article>{''.join(f'<p>{line}</p>' for line in text)}</article></main>"
    head = f"<title>{title} | Harbour Times</title>{meta(og_site_name='Harbour Times', article_published_time=WHEN)}"
    found = extracted(Layout(head, body), language)
    assert found.body.split("\n") == list(lines)
    assert found.title == title
    assert found.authors == authors
    assert found.language == language
    assert found.content_status == "full"
