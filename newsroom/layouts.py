# ruff: noqa: E501 -- tables of words and templates; typographic marks are meant
"""Page templates: six ways of building a news page, and the words of its furniture.

Slots: ``head``, ``language``, ``name``, ``tagline``, ``home``, ``nav``, ``title``, ``byline``,
``body`` (the paragraphs), ``sidebar`` and ``related`` (list items), ``legal``, ``section``, ``share``
and the headings ``h_read``, ``h_related``, ``h_letter``.
"""

from __future__ import annotations

from collections.abc import Mapping

LAYOUTS = (
    # semantic HTML5
    """<!DOCTYPE html>
<html lang="{language}">
<head>{head}</head>
<body>
<header class="site-header"><p class="logo"><a href="{home}/">{name}</a></p><p class="tagline">{tagline}</p></header>
<nav class="main-nav"><ul>{nav}</ul></nav>
<main>
<article class="story">
<header><h1>{title}</h1><p class="byline">{byline}</p></header>
<div class="story-body">
{body}
</div>
<div class="share-bar">{share}</div>
</article>
<section class="related"><h2>{h_related}</h2><ul>{related}</ul></section>
</main>
<aside class="sidebar"><h2>{h_read}</h2><ol>{sidebar}</ol><form class="newsletter"><label>{h_letter}</label><input type="email"></form></aside>
<footer class="site-footer"><p>{legal}</p></footer>
</body>
</html>
""",
    # a blog engine's nested blocks
    """<!DOCTYPE html>
<html lang="{language}">
<head>{head}</head>
<body class="single single-post">
<div id="page" class="site">
<div id="masthead"><div class="site-branding"><a href="{home}/" rel="home">{name}</a><span class="site-description">{tagline}</span></div>
<div id="site-navigation" class="menu"><ul>{nav}</ul></div></div>
<div id="content" class="site-content"><div id="primary" class="content-area">
<div class="post type-post hentry">
<h1 class="entry-title">{title}</h1>
<div class="entry-meta">{byline}</div>
<div class="entry-content">
{body}
</div>
<div class="entry-footer"><span class="cat-links">{section}</span> <span class="sharedaddy">{share}</span></div>
</div>
<div id="jp-relatedposts"><h3>{h_related}</h3><ul>{related}</ul></div>
</div>
<div id="secondary" class="widget-area"><div class="widget"><h3>{h_read}</h3><ul>{sidebar}</ul></div><div class="widget">{h_letter}</div></div>
</div>
<div id="colophon" class="site-footer">{legal}</div>
</div>
</body>
</html>
""",
    # an older site: blocks by id, the sidebar before the text
    """<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html lang="{language}">
<head>{head}</head>
<body>
<div id="wrapper">
<div id="top"><a href="{home}/"><b>{name}</b></a> <i>{tagline}</i></div>
<div id="menu"><ul>{nav}</ul></div>
<div id="left" class="sidebar"><h4>{h_read}</h4><ul>{sidebar}</ul><div class="banner-ad">{h_letter}</div></div>
<div id="main" class="article">
<div class="breadcrumb"><a href="{home}/">{name}</a> &raquo; {section}</div>
<h1>{title}</h1>
<div class="author">{byline}</div>
<div class="article-text">
{body}
</div>
<div class="tools">{share}</div>
<div class="more"><h4>{h_related}</h4><ul>{related}</ul></div>
</div>
<div id="footer">{legal}</div>
</div>
</body>
</html>
""",
    # microdata
    """<!DOCTYPE html>
<html lang="{language}">
<head>{head}</head>
<body>
<div class="topbar"><a class="brand" href="{home}/">{name}</a><nav><ul>{nav}</ul></nav></div>
<div class="layout">
<article itemscope itemtype="https://schema.org/NewsArticle">
<span class="kicker">{section}</span>
<h1 itemprop="headline">{title}</h1>
<div class="meta">{byline}</div>
<div class="social">{share}</div>
<div itemprop="articleBody" class="article-body">
{body}
</div>
</article>
<aside><section class="most-read"><h3>{h_read}</h3><ol>{sidebar}</ol></section><section class="also"><h3>{h_related}</h3><ul>{related}</ul></section></aside>
</div>
<footer><p>{tagline}</p><p>{legal}</p><p>{h_letter}</p></footer>
</body>
</html>
""",
    # a component library's class names
    """<!DOCTYPE html>
<html lang="{language}">
<head>{head}</head>
<body>
<div class="c-header"><div class="c-header__logo"><a href="{home}/">{name}</a></div><div class="c-nav"><ul class="c-nav__list">{nav}</ul></div></div>
<div class="l-main">
<section class="c-article">
<div class="c-article__head"><p class="c-article__section">{section}</p><h1 class="c-article__title">{title}</h1><div class="c-article__byline">{byline}</div></div>
<div class="c-article__content article-content">
{body}
</div>
<div class="c-share">{share}</div>
</section>
<div class="c-teasers"><h2 class="c-teasers__title">{h_related}</h2><ul>{related}</ul></div>
<div class="c-sidebar sidebar"><h2>{h_read}</h2><ul>{sidebar}</ul></div>
<div class="c-newsletter">{h_letter}</div>
</div>
<div class="c-footer footer"><p>{tagline}</p><p>{legal}</p></div>
</body>
</html>
""",
    # sparse: a text site
    """<!DOCTYPE html>
<html lang="{language}">
<head>{head}</head>
<body>
<nav><a href="{home}/">{name}</a> <ul>{nav}</ul></nav>
<main id="content">
<h1>{title}</h1>
<p class="meta">{byline}</p>
<div class="post-content">
{body}
</div>
<p class="share">{share}</p>
</main>
<hr>
<div class="related-posts"><h3>{h_related}</h3><ul>{related}</ul></div>
<div class="sidebar"><h3>{h_read}</h3><ul>{sidebar}</ul></div>
<footer>{legal} {h_letter}</footer>
</body>
</html>
""",
)

LISTING = """<!DOCTYPE html>
<html lang="{language}">
<head><meta charset="{charset}"><title>{title}</title>{feeds}<link rel="stylesheet" href="{home}/style.css"></head>
<body>
<header><h1>{title}</h1><p>{tagline}</p></header>
<nav><ul>{nav}</ul></nav>
<main><ul>{items}</ul></main>
<footer>{legal}</footer>
</body>
</html>
"""

STYLE = """body { max-width: 60rem; margin: 1rem auto; padding: 0 1rem; font: 17px/1.5 Georgia, serif; }
nav ul { display: flex; gap: 1rem; list-style: none; padding: 0; }
aside, .sidebar, footer, .site-footer, .related { font-size: 0.85rem; color: #444; }
"""

# Words of the furniture. `suffixes` join a title with the outlet's name; `months` are for datelines.
FURNITURE: Mapping[str, Mapping[str, str]] = {
    "en": {
        "by": "By {authors}", "and": " and ", "date": "{day} {month} {year}, {time} UTC",
        "h_read": "Most read", "h_related": "More on this subject", "about": "About us",
        "h_letter": "Our newsletter, twice a week, free of charge",
        "share": "Share on Perch | Share on Murmur | Print | Send by mail",
        "legal": "© {year} {name}. All rights reserved. Imprint, privacy, cookies, terms of use.",
        "months": "January February March April May June July August September October November December",
    },
    "de": {
        "by": "Von {authors}", "and": " und ", "date": "{day}. {month} {year}, {time} Uhr (UTC)",
        "h_read": "Meistgelesen", "h_related": "Mehr zum Thema", "about": "Über uns",
        "h_letter": "Unser Rundbrief, zweimal die Woche, kostenlos",
        "share": "Bei Perch teilen | Bei Murmur teilen | Drucken | Als Mail senden",
        "legal": "© {year} {name}. Alle Rechte vorbehalten. Impressum, Datenschutz, Cookies, AGB.",
        "months": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    },
    "es": {
        "by": "Por {authors}", "and": " y ", "date": "{day} de {month} de {year}, {time} (UTC)",
        "h_read": "Lo más leído", "h_related": "Sobre este tema", "about": "Quiénes somos",
        "h_letter": "Nuestro boletín, dos veces por semana, gratis",
        "share": "Compartir en Perch | Compartir en Murmur | Imprimir | Enviar por correo",
        "legal": "© {year} {name}. Todos los derechos reservados. Aviso legal, privacidad, cookies.",
        "months": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    },
}  # fmt: skip
TITLE_SUFFIXES = (" | {name}", " - {name}", " – {name}", " :: {name}")
