# ruff: noqa: E501 -- tables of words and templates; typographic marks are meant
"""What outlets put around a text: pitches, share lines, disclaimers, credits, author notes.

Each outlet draws its own lines once and repeats them, which is what makes them boilerplate. Slots:
``name`` and ``domain`` of the outlet that prints the line; ``origin``, ``origin_url``, ``author``,
``place`` and ``date`` of the text that is reprinted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FrameWords:
    """The frame lines of one language.

    `pitches` open and `disclaimers` close a reprinter's page; `sign_offs` are the single closing
    line of an outlet that writes its own articles. `first_appeared`, `source_lines` and
    `author_notes` credit the original, `read_more` ends a truncated copy, `dateline` opens an
    agency's text, `retitles` turn a title into another.
    """

    pitches: tuple[str, ...]
    disclaimers: tuple[str, ...]
    sign_offs: tuple[str, ...]
    first_appeared: tuple[str, ...]
    source_lines: tuple[str, ...]
    author_notes: tuple[str, ...]
    read_more: tuple[str, ...]
    dateline: str
    retitles: tuple[str, ...]
    inserts: tuple[str, ...]


ENGLISH_FRAMES = FrameWords(
    pitches=(
        "Our reading room is free of charge and open in {count} languages; pick yours with the globe button under the byline.",
        "Want {name} in your inbox before breakfast? Join the morning letter by clicking here.",
        "Find us on Perch, Murmur and Fieldpost, and join our Lantern channel for alerts.",
        "You are welcome to repost what you find on {name}, with a link back to this page.",
        "{name} lives on small donations. If this page was of use to you, please consider a standing order.",
        "This text is part of our series of outside voices. The editors may not share its views.",
        "Listen to this article: our readers’ volunteers record one text every day.",
        "New here? Begin with our ten most shared articles and the short guide to {name}.",
    ),
    disclaimers=(
        "Reader’s note: use the share buttons on top of this page. Find us on Perch and Murmur, and tell a friend about {name}.",
        "Disclaimer: the author alone answers for the content of this article. {name} accepts no liability for statements in it that turn out to be wrong or incomplete.",
        "{domain} holds texts whose owners have not in every case approved their use. We show them without profit, for study and debate, to readers who asked for them.",
        "Whoever wants to use this text beyond private reading must turn to the owner of the rights. Enquiries from the press: desk@{domain}",
        "Community sites may carry articles by {name} whole and unchanged if author and source are named and a working link is given.",
        "The views expressed above are the writer’s own and do not commit {name}, its board or its donors.",
        "Did you spot an error? Write to corrections@{domain} and name the paragraph.",
        "Comments are open for three days and are read by a person before they appear.",
    ),
    sign_offs=(
        "Sign up for the {name} weekend letter and get the best of the week on Saturday morning.",
        "Do you have a tip for the {name} newsroom? Write to tips@{domain}.",
        "Thank you for reading {name}. Subscribers make our reporting possible.",
        "Get in touch with the desk at newsroom@{domain} or by post.",
    ),
    first_appeared=(
        "This story first appeared on {origin}.", "Originally published by {origin} on {date}.",
        "This article was first published at {origin} and is reprinted here with thanks.",
    ),
    source_lines=("Source: {origin}", "Via {origin}", "From: {origin}, {date}"),
    author_notes=(
        "{author} is a reporter at {origin}.", "{author} covers {place} for {origin}, where this text belongs.",
        "About the author: {author} writes for {origin}.",
    ),
    read_more=(
        "Read the full story at {origin}.", "Continue reading at {origin}: {origin_url}",
        "The rest of this article can be found on {origin}.",
    ),
    dateline="{place} ({origin}) – ",
    retitles=("Must read: {title}", "{title}, and what it means", "{place}: what nobody tells you", "The quiet fight over {place}", "What is going on in {place}?", "Trouble in {place}"),
    inserts=("Reporting from {place} was updated by our desk.", "The matter has been followed on these pages before."),
)  # fmt: skip

GERMAN_FRAMES = FrameWords(
    pitches=(
        "Unser Lesesaal ist kostenlos und in {count} Sprachen geöffnet; die Sprache wählt man am Globus unter dem Autorennamen.",
        "{name} schon zum Frühstück? Den Morgenbrief gibt es hier mit einem Klick.",
        "Man findet uns bei Perch, Murmur und Fieldpost sowie im Laternen-Kanal.",
        "Texte von {name} dürfen gern weiterverbreitet werden, sofern hierher verlinkt wird.",
        "{name} lebt von kleinen Spenden. Wer diese Seite nützlich fand, möge an einen Dauerauftrag denken.",
        "Dieser Text gehört zu unserer Reihe fremder Stimmen. Die Redaktion teilt nicht jede Ansicht.",
    ),
    disclaimers=(
        "Hinweis für Leser: Die Knöpfe zum Teilen stehen oben. Folgen Sie uns bei Perch und Murmur und empfehlen Sie {name} weiter.",
        "Haftungsausschluss: Für den Inhalt steht allein die Autorin oder der Autor ein. {name} übernimmt keine Gewähr für falsche oder unvollständige Angaben.",
        "{domain} zeigt auch Texte, deren Verwendung nicht in jedem Fall eigens genehmigt wurde, ohne Gewinn und zum Zweck der Debatte.",
        "Wer den Text über das private Lesen hinaus nutzen will, wende sich an die Inhaber der Rechte. Presseanfragen: redaktion@{domain}",
        "Gemeinnützige Seiten dürfen Beiträge von {name} ungekürzt übernehmen, wenn Quelle und Verfasser genannt sind.",
        "Einen Fehler gefunden? Schreiben Sie an korrektur@{domain} und nennen Sie den Absatz.",
    ),
    sign_offs=(
        "Der Wochenendbrief von {name} kommt samstags früh, hier geht es zur Anmeldung.",
        "Hinweise an die Redaktion von {name} nimmt tipps@{domain} entgegen.",
        "Danke, dass Sie {name} lesen. Abonnenten machen diese Arbeit möglich.",
    ),
    first_appeared=("Dieser Beitrag erschien zuerst bei {origin}.", "Zuerst veröffentlicht am {date} von {origin}.", "Mit freundlicher Genehmigung übernommen von {origin}."),
    source_lines=("Quelle: {origin}", "Via {origin}", "Aus: {origin}, {date}"),
    author_notes=("{author} schreibt für {origin}.", "{author} berichtet für {origin} aus {place}."),
    read_more=("Den ganzen Artikel lesen Sie bei {origin}.", "Weiterlesen bei {origin}: {origin_url}"),
    dateline="{place} ({origin}) – ",
    retitles=("Lesenswert: {title}", "{title} – und was dahintersteckt", "{place}: Was verschwiegen wird", "Was ist los in {place}?", "Unruhe in {place}"),
    inserts=("Die Meldung aus {place} wurde von unserer Redaktion ergänzt.", "Wir haben das Thema schon früher begleitet."),
)  # fmt: skip

SPANISH_FRAMES = FrameWords(
    pitches=(
        "Nuestra sala de lectura es gratuita y abre en {count} idiomas; elija el suyo en el globo bajo la firma.",
        "¿Quiere {name} antes del desayuno? Apúntese a la carta de la mañana con un clic.",
        "Nos encontrará en Perch, Murmur y Fieldpost, y en el canal Linterna.",
        "Puede difundir los textos de {name} siempre que enlace a esta página.",
        "{name} vive de donativos pequeños. Si esta página le sirvió, piense en una cuota mensual.",
        "Este texto pertenece a nuestra serie de voces ajenas. La redacción puede no compartirlo.",
    ),
    disclaimers=(
        "Nota a los lectores: los botones para compartir están arriba. Síganos en Perch y Murmur, y recomiende {name}.",
        "Descargo: solo quien firma responde del contenido. {name} no se hace cargo de afirmaciones erróneas o incompletas.",
        "{domain} muestra también textos cuyo uso no siempre fue autorizado expresamente, sin lucro y para el debate público.",
        "Quien quiera usar el texto más allá de la lectura privada debe acudir al titular. Prensa: redaccion@{domain}",
        "Las páginas vecinales pueden copiar íntegros los artículos de {name} si citan autor y fuente con un enlace.",
        "¿Ha visto un error? Escriba a correcciones@{domain} e indique el párrafo.",
    ),
    sign_offs=(
        "Reciba cada sábado la carta de fin de semana de {name}.",
        "¿Tiene una pista para {name}? Escriba a pistas@{domain}.",
        "Gracias por leer {name}. Los suscriptores hacen posible este trabajo.",
    ),
    first_appeared=("Este artículo apareció primero en {origin}.", "Publicado originalmente por {origin} el {date}.", "Reproducido con permiso de {origin}."),
    source_lines=("Fuente: {origin}", "Vía {origin}", "De: {origin}, {date}"),
    author_notes=("{author} escribe para {origin}.", "{author} informa desde {place} para {origin}."),
    read_more=("Lea el artículo completo en {origin}.", "Siga leyendo en {origin}: {origin_url}"),
    dateline="{place} ({origin}) – ",
    retitles=("Para leer: {title}", "{title}: lo que hay detrás", "{place}: lo que nadie cuenta", "¿Qué pasa en {place}?", "Revuelo en {place}"),
    inserts=("La redacción completó esta noticia con datos de {place}.", "Ya hemos seguido el asunto en estas páginas."),
)  # fmt: skip

FRAMES: Mapping[str, FrameWords] = {
    "en": ENGLISH_FRAMES,
    "de": GERMAN_FRAMES,
    "es": SPANISH_FRAMES,
}
