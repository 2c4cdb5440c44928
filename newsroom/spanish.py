# ruff: noqa: E501 -- tables of words and templates; typographic marks are meant
"""Spanish words and sentence patterns. Every name in here is invented.

``adj`` is a stem that takes its gender and number in the template ("las paradas {adj}as"). Noun phrases
carry their article; ``de el`` and ``a el`` are contracted at the end.
"""

from __future__ import annotations

import re

from newsroom.prose import Language

_TOPICS: dict[str, dict[str, tuple[str, ...]]] = {
    "transporte": {
        "section": ("Transporte",),
        "thing": (
            "el tranvía nocturno", "el teleférico de la ribera", "la línea {#3-48}", "el ramal de {place2}",
            "la rotonda {name}", "el carril de bicicletas", "el nuevo horario", "el viaducto {name}",
        ),
        "deed": (
            "acercar {#3-19} paradas a {spot}", "circular hasta las {#2-4} de la madrugada",
            "pintar los andenes de {colour}", "contratar {#8-60} conductores {adj}os",
            "rebajar las tarifas {adj}as un {pct}", "instalar {#11-70} máquinas de {material}",
            "cerrar el paso {adj}o junto a {spot}", "dejar viajar gratis a {folk}",
            "levantar marquesinas de {material}", "ensanchar {#2-9} pasarelas cerca de {spot}",
            "jubilar los vagones {adj}os {season}",
        ),
        "snag": (
            "la falta de conductores {adj}os", "las grietas en {#3-14} traviesas", "un pleito por horas {adj}as",
            "la inundación de {spot}", "las quejas por frenos {adj}os", "una licitación con {#2-4} ofertas",
            "la señal {adj}a de {place2}",
        ),
        "count": ("viajeros", "abonos", "trayectos", "retrasos", "multas", "aparcamientos", "paraguas perdidos"),
        "spot": ("la estación de {place2}", "el andén inferior", "las cocheras", "la calle {name}", "el paso a nivel", "el viejo muelle de carga"),
        "role_f": ("la comisaria de transporte", "la jefa de cocheras", "la planificadora", "la directora de horarios"),
        "role_m": ("el comisario de transporte", "el jefe de cocheras", "el planificador", "el director de horarios"),
    },
    "puerto": {
        "section": ("Puerto",),
        "thing": (
            "la lonja flotante", "el espigón {name}", "la cuota de sardina", "la esclusa", "el faro de {place2}",
            "el plan de dragado", "la barca de prácticos", "el vivero de mejillones",
        ),
        "deed": (
            "dragar el canal {adj}o {season}", "amarrar {#4-22} pesqueros en {spot}",
            "elevar el muelle {#20-95} centímetros", "reconstruir {#3-12} rampas {adj}as",
            "prohibir redes de más de {#30-90} metros", "alumbrar {spot} con faroles de {material}",
            "cobrar {#11-88} coronas por noche a {folk}", "contar las focas de {place3}",
            "soltar {#200-950} langostas cerca de {spot}", "vender la nevera {adj}a a {folk}",
        ),
        "snag": (
            "el fango de {#2-6} metros", "el mal tiempo frente a {place3}", "una gabarra hundida en {spot}",
            "el óxido de {#5-40} norayes", "una carta náutica {adj}a", "una colonia de {#30-400} cormoranes",
            "el precio de el gasóleo {adj}o",
        ),
        "count": ("cajas de sardina", "veleros", "toneladas de mejillón", "marineros", "amarres", "nasas", "litros de gasóleo"),
        "spot": ("la dársena {name}", "el muelle interior", "las escaleras {name}", "la aduana", "el varadero de {place2}", "el almacén de redes"),
        "role_f": ("la capitana de puerto", "la portavoz de la flota", "la guardacostas", "la jefa de prácticos"),
        "role_m": ("el capitán de puerto", "el portavoz de la flota", "el guardacostas", "el jefe de prácticos"),
    },
    "cultura": {
        "section": ("Cultura",),
        "thing": (
            "el legado {name}", "el festival de títeres", "la orquesta de {place2}", "el museo de relojes",
            "el teatro al aire libre", "el órgano {name}", "la biblioteca ambulante", "el premio de acordeón",
        ),
        "deed": (
            "restaurar {#12-80} retratos {adj}os", "estrenar {#3-14} óperas en {spot}", "prestar el tapiz {adj}o a {place2}",
            "grabar {#20-90} coplas {adj}as", "regalar la entrada a {folk}", "afinar cada tubo de {material}",
            "encargar {#2-7} estatuas de {material}", "ordenar las cartas {adj}as de {name}",
            "trasladar el piano {adj}o a {spot}", "colgar de nuevo la colección {season}",
        ),
        "snag": (
            "la humedad tras los telones {adj}os", "una firma {adj}a", "las polillas en {#6-40} trajes",
            "una gotera sobre {spot}", "la renuncia de {#2-9} mecenas", "una feria rival en {place3}",
            "un catálogo {adj}o",
        ),
        "count": ("visitantes", "manuscritos", "títeres", "entradas", "acuarelas", "coristas", "libros prestados"),
        "spot": ("la galería {name}", "la sala de ensayo", "la antigua alhóndiga", "el quiosco de música", "la sala de lectura", "la cripta de {place2}"),
        "role_f": ("la directora de el museo", "la bibliotecaria", "la comisaria de el festival", "la directora de el coro"),
        "role_m": ("el director de el museo", "el bibliotecario", "el comisario de el festival", "el director de el coro"),
    },
    "escuelas": {
        "section": ("Educación",),
        "thing": (
            "el aula de el bosque", "el instituto {name}", "el recreo largo", "la asignatura de ajedrez",
            "el internado de {place2}", "el veto a los móviles", "el contrato de el comedor", "el taller de aprendices",
        ),
        "deed": (
            "dar {#2-9} clases al aire libre", "servir sopa {adj}a en {spot}", "reparar {#9-50} pupitres de {material}",
            "retrasar la campana {#15-50} minutos", "contratar {#6-40} maestros {adj}os", "entregar las llaves a {folk}",
            "acortar los exámenes {adj}os un {pct}", "comprar {#40-300} violines {adj}os", "compartir conserje con {place2}",
            "plantar {#30-200} perales junto a {spot}",
        ),
        "snag": (
            "una caldera {adj}a", "la pérdida de alumnos en {place3}", "los errores en {#3-12} exámenes",
            "un autobús que sale {#10-45} minutos antes", "una disputa {adj}a por los uniformes", "el moho de {spot}",
            "la escasez de profesores {adj}os",
        ),
        "count": ("alumnos", "exámenes", "familias", "almuerzos", "cuadernos", "maestros en prácticas", "pupitres vacíos"),
        "spot": ("el ala {name}", "el gimnasio", "el anexo de {place2}", "el cobertizo de bicicletas", "el patio alto", "el huerto escolar"),
        "role_f": ("la directora", "la inspectora", "la concejala de educación", "la encargada de el comedor"),
        "role_m": ("el director", "el inspector", "el concejal de educación", "el encargado de el comedor"),
    },
    "campo": {
        "section": ("Campo",),
        "thing": (
            "la tasa de la sidra", "la feria ovina de {place2}", "la ayuda a los setos", "la lechería {name}",
            "la ordenanza apícola", "el canal de riego", "el banco de semillas", "el arancel de la calabaza",
        ),
        "deed": (
            "plantar {#12-90} kilómetros de seto", "ordeñar {#40-400} cabras en {spot}", "sembrar centeno {adj}o {season}",
            "cercar {#5-60} hectáreas con postes {adj}os", "drenar el prado {adj}o de {spot}",
            "pagar {#20-95} coronas por colmena", "llevar {#70-600} corderos a {place2}",
            "prensar sidra en barriles de {material}", "analizar {#11-80} pozos {adj}os", "dejar en barbecho un {pct}",
        ),
        "snag": (
            "una helada {adj}a en {month}", "el gorgojo en {#2-9} silos", "la sequía de {place3}", "la caída de la lana un {pct}",
            "el granizo sobre {spot}", "una riña por lindes {adj}as", "el papeleo {adj}o",
        ),
        "count": ("hectáreas", "colmenas", "sacos de cebada", "ovejas", "minifundistas", "litros de leche", "manzanos"),
        "spot": ("la finca {name}", "el granero de {place2}", "el pasto alto", "la báscula", "el lagar", "el mercado de ganado"),
        "role_f": ("la agrónoma", "la pastora", "la inspectora lechera", "la presidenta de los cultivadores"),
        "role_m": ("el agrónomo", "el pastor", "el inspector lechero", "el presidente de los cultivadores"),
    },
    "energia": {
        "section": ("Economía",),
        "thing": (
            "la caldera de turba", "el parque eólico {name}", "la turbina de mareas", "la red de calor",
            "la subestación de {place2}", "el tejado solar", "la tarifa nocturna", "el pozo geotérmico",
        ),
        "deed": (
            "enterrar {#9-70} kilómetros de cable {adj}o", "atornillar {#40-900} paneles sobre {spot}",
            "perforar {#2-8} sondeos {adj}os", "calentar {#300-950} pisos {season}", "apagar la chimenea {adj}a",
            "recomprar contadores {adj}os a {folk}", "recortar el recibo un {pct}", "alzar un mástil de {material} en {place2}",
            "guardar {#5-60} megavatios hora bajo {spot}", "aislar {#20-200} desvanes {adj}os",
        ),
        "snag": (
            "una avería cerca de {spot}", "los murciélagos en {#2-7} turbinas", "una licencia {adj}a de {place3}",
            "el robo de cobre en {place2}", "un tope de {#9-60} coronas", "el ruido de {#41-79} decibelios",
            "la demora de piezas {adj}as",
        ),
        "count": ("hogares", "kilovatios hora", "contadores", "paneles", "toneladas de turba", "abonados", "metros de tubo"),
        "spot": ("la loma {name}", "la sala de calderas", "el embalse de {place2}", "la ladrillera", "la estación de bombeo", "la cantera cerrada"),
        "role_f": ("la ingeniera de red", "la presidenta de la eléctrica", "la reguladora", "la jefa de planta"),
        "role_m": ("el ingeniero de red", "el presidente de la eléctrica", "el regulador", "el jefe de planta"),
    },
    "ciencia": {
        "section": ("Ciencia",),
        "thing": (
            "el telescopio {name}", "el mapa de el glaciar", "el genoma de el musgo", "el estudio de palomas",
            "el sismógrafo de {place2}", "la canoa antigua", "el ensayo de el sueño", "el meteorito {name}",
        ),
        "deed": (
            "anillar {#30-600} vencejos {adj}os", "secuenciar {#4-30} muestras de liquen", "hundir una sonda de {material} en {spot}",
            "fotografiar {#3-19} nebulosas {adj}as", "pesar cada sapo {adj}o de {place2}", "publicar {#200-900} páginas de lecturas",
            "guardar los testigos {adj}os en {spot}", "mantener despiertos a {#12-80} voluntarios", "datar el remo de {material}",
            "medir el eco {adj}o de {spot}",
        ),
        "snag": (
            "una lente {adj}a", "una calibración {adj}a en {spot}", "las nubes sobre {place3}", "el fallo de un congelador en {month}",
            "la deriva de {#3-9} boyas", "un artículo rival de {place2}", "las dudas sobre cifras {adj}as",
        ),
        "count": ("muestras", "voluntarios", "vencejos", "horas de audio", "fósiles", "lecturas", "cuadernos de campo"),
        "spot": ("el laboratorio {name}", "la cúpula", "la turbera de {place2}", "la cámara fría", "el invernadero", "el glaciar norte"),
        "role_f": ("la astrónoma", "la jefa de expedición", "la botánica", "la directora de el laboratorio"),
        "role_m": ("el astrónomo", "el jefe de expedición", "el botánico", "el director de el laboratorio"),
    },
    "deporte": {
        "section": ("Deportes",),
        "thing": (
            "el derbi con {place2}", "la copa {name}", "el velódromo", "la final de bolos", "la subida al monte",
            "la regata de remo", "la liga de balonmano", "el recorrido de el maratón",
        ),
        "deed": (
            "dar descanso a {#2-7} delanteros", "cambiar el césped {adj}o de {spot}", "entrenar dos veces {season}",
            "alinear a {#3-8} juveniles contra {place2}", "vender {#400-990} asientos a {folk}", "poner porterías de {material}",
            "vestir de {colour} como visitante", "mover la salida a {spot}", "multar con {#20-90} coronas a {folk}",
            "fichar a {#2-4} ayudantes de {place3}",
        ),
        "snag": (
            "un tirón en {month}", "el arbitraje {adj}o en {spot}", "el barro de {#5-30} centímetros", "un viaje perdido en {place3}",
            "la sanción de {#2-6} jugadores", "una tarjeta {adj}a", "un cronómetro con {#2-9} segundos de retraso",
        ),
        "count": ("espectadores", "puntos", "socios", "vueltas", "remeros juveniles", "seguidores visitantes", "dorsales"),
        "spot": ("el parque {name}", "el campo de {place2}", "el cobertizo de botes", "la grada sur", "la recta final", "la pista de hielo"),
        "role_f": ("la entrenadora", "la presidenta de el club", "la capitana", "la secretaria de la liga"),
        "role_m": ("el entrenador", "el presidente de el club", "el capitán", "el secretario de la liga"),
    },
}  # fmt: skip

_RULES: dict[str, tuple[str, ...]] = {
    "name": (
        "Albarrán", "Barrientos", "Cifuentes", "Donoso", "Echave", "Ferrándiz", "Galíndez", "Hinojosa", "Ibarreta",
        "Jarauta", "Lizana", "Montalbo", "Narváiz", "Olmedilla", "Pedreño", "Quiroga", "Requejo", "Salvatella",
        "Tordera", "Urrutia", "Villalpe", "Zubiri",
    ),
    "colour": ("verde", "ocre", "escarlata", "azul claro", "negro", "amarillo", "blanco", "naranja", "plata", "cobre", "violeta", "gris"),
    "material": ("acero", "roble", "ladrillo", "vidrio", "granito", "bambú", "hierro", "hormigón", "cobre", "alerce", "pizarra", "bronce"),
    "adj": (
        "antigu", "modest", "car", "ruidos", "famos", "estrech", "barat", "olvidad", "provisori", "pesad", "privad",
        "dañad", "rar", "retirad", "usad", "abarrotad", "inacabad", "ornamentad", "remot", "defectuos", "prestad",
        "delicad", "polvorient", "importad", "históric", "norteñ", "sureñ", "húmed", "inquiet", "oxidad",
        "pequeñ", "extrañ", "lent", "discutid", "sospechos", "repetid", "perdid", "oscur",
    ),
    "folk": (
        "los vecinos", "los contribuyentes", "los jubilados", "los tenderos", "los estudiantes", "los recién llegados",
        "las familias jóvenes", "los pescadores", "las enfermeras", "los taxistas", "los inquilinos", "los voluntarios",
        "los abuelos", "las panaderas", "los hortelanos", "los dueños de perros",
    ),
    "weekday": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "month": ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    "season": ("en invierno", "este verano", "en primavera", "hasta {month}", "en {month}", "desde {month}", "cada {weekday}", "de noche", "antes de {month}", "todo el año"),
    "when": (
        "el {weekday}", "a última hora de el {weekday}", "el {weekday} por la tarde", "la madrugada de el {weekday}",
        "esta semana", "poco antes de las {#2-11}", "tras {#3-9} horas de debate", "en una sesión en {place2}",
        "por {#5-19} votos a {#2-4}", "el {#2-28} de {month}", "durante el fin de semana",
    ),
    "pct": ("{#3-48} por ciento", "{#2-9},{#1-9} por ciento", "tercio", "quinto", "buen {#11-60} por ciento"),
    "money": ("{#2-90} millones de coronas", "{#110-980} mil coronas", "unos {#3-60} millones de coronas", "{#2-9},{#1-9} millones de coronas", "casi {#120-900} mil coronas"),
    "firm": ("la casa {name}", "Hermanos {name}", "{name} e Hijas", "la compañía {name}", "Talleres {name}", "Grupo {name}"),
    "body": (
        "el ayuntamiento de {place}", "la junta de {place}", "el consejo de {place}", "la fundación {name} de {place}",
        "la alcaldía de {place}", "el patronato de {place}", "la mancomunidad de {place}",
    ),
    "group": (
        "la asociación {name}", "el ateneo de {place}", "la plataforma {place} Viva", "la parroquia de {place2}",
        "la peña {name}", "el sindicato de {place3}", "la cofradía de {place2}",
    ),
    "critic_f": ("la tendera", "la jueza jubilada", "la tabernera", "la concejala opositora", "la apicultora", "la activista"),
    "critic_m": ("el tendero", "el juez jubilado", "el tabernero", "el concejal opositor", "el apicultor", "el activista"),
    "expert_f": ("la economista", "la historiadora", "la profesora", "la perita", "la consultora", "la geógrafa", "la auditora"),
    "expert_m": ("el economista", "el historiador", "el profesor", "el perito", "el consultor", "el geógrafo", "el auditor"),
    "said": ("dijo", "explicó", "sostuvo", "insistió", "comentó {when}", "dijo {when}", "escribió", "lamentó", "aseguró", "recordó"),
    "doc": (
        "un informe de {#12-96} páginas", "una carta interna", "el acta de el {#2-28} de {month}", "una auditoría {adj}a",
        "una encuesta a {#200-990} personas", "el libro de cuentas de {#1978-2021}", "un estudio de {firm}", "una nota llegada de {place2}",
    ),
    "tally": ("{#11-99} {count}", "{#100-990} {count}", "{#1100-9800} {count}", "casi {#20-90} {count}", "unos {#200-900} {count}"),
    "cause": ("a causa de {snag}", "tras {snag}", "pese a {snag}", "por {snag}", "con {snag} como motivo", "y culpó a {firm}"),
    "subject_deed": ("{deed}",),
    "headline": (
        "{place} quiere {subject_deed}", "{group} se enfrenta a {place} por {thing}", "Por qué {place} busca {subject_deed}",
        "{thing} divide a {place}", "{place} cuenta {tally} y mira a {place2}", "{firm}, en el centro de la polémica por {thing}",
        "{thing} costará {money}", "Tras {snag}, {place} apuesta por {thing}", "{place2} observa cómo {place} intenta {subject_deed}",
        "Sin final a la vista para {thing} en {place}", "{tally} y una duda en {place}",
    ),
    "lead": (
        "{body} acordó {when} {subject_deed}, {cause}.",
        "{thing} dio un paso adelante {when}, cuando {body} prometió {subject_deed}.",
        "Para {folk} de {place}, la noticia llegó {when}: {body} piensa {subject_deed}.",
        "El proyecto de {subject_deed} ha dividido a {place}, donde {group} teme por {thing}.",
        "{body} paró las obras de {thing} {when}, {cause}.",
        "{firm} va a {subject_deed} por encargo de {body}, según se supo {when}.",
        "Después de {#3-19} años y {money}, {place} está en condiciones de {subject_deed}.",
        "{group} pidió {when} a {body} que renuncie a {thing} y procure {deed}.",
        "{p1} dimitió {when} de la comisión de {thing}, {cause}.",
        "Lo que empezó con {snag} es hoy un pleito entre {place} y {place2}.",
        "Una votación celebrada {when} permitirá {subject_deed} por {money}.",
        "{body} retiró {when} su oferta de {subject_deed}, {cause}.",
    ),
    "lead_second": (
        "{p1} confirmó la medida y cifró su coste en {money}.",
        "La decisión afecta a {tally}, sobre todo cerca de {spot}.",
        "{group} prefería {deed}.",
        "Los trabajos en {spot} podrían comenzar {season}.",
        "{p2} habla en nombre de {group} y la tachó de ocurrencia {adj}a.",
        "{place2} siguió otro camino en {#1988-2022}.",
        "{doc} ya advertía sobre {snag}.",
        "Solo faltaron {#2-9} de los {#12-40} miembros.",
        "En {place3} lo supieron a las {#2-9} horas.",
    ),
    "fact": (
        "Según el plan, {firm} debería {deed} y luego {deed}.",
        "{doc} enumera {tally}, de ellos un {pct} junto a {spot}.",
        "Desde {month} se pide a {folk} {deed}.",
        "{body} espera además {deed}, aunque {snag} puede retrasarlo.",
        "El contrato obliga a {firm} a {deed} {season}.",
        "En {spot}, los obreros tienen que {deed} primero.",
        "{p1} quiere {deed} y que {place2} pague un {pct}.",
        "Dos ofertas anteriores, de {firm} y de {place3}, fracasaron por {snag}.",
        "Un ensayo en {spot} abarcó {tally} y duró {#3-30} semanas.",
        "Los interesados necesitan {#2-9} firmas y demostrar residencia en {place}.",
        "Nada obliga a {place2} a {deed}, pero {firm} cuenta con ello.",
        "Las piezas de {material} vienen de {place3} y las {adj}as, de {place2}.",
        "Alguna norma {adj}a de {#1921-1989} rige todavía en {spot}.",
        "Las aseguradoras de {place3} valoran {snag} en {money}.",
    ),
    "quote": (
        "«Antes {deed} que esperar a {place2}», {said} {p1}.",
        "«Nadie en {place} pidió {thing}», {said} {p2}, que señaló {snag}.",
        "«Si {firm} puede {deed}, también pueden {folk}», {said} {p3}.",
        "«De un lado {snag}, de el otro {money}», {said} {p1}. «Elijan ustedes».",
        "«Mis vecinos cuentan {tally} y no ven salida {adj}a», {said} {p2}.",
        "Preguntado por {snag}, {said} {p1}: «Vamos a {deed}».",
        "«Me recuerda a {place3} en {#1961-2012}», {said} {p3}, «solo que con más papel {adj}o».",
        "«No se puede {deed} con {#2-9} personas y una furgoneta {adj}a», {said} {p2}.",
        "«Vengan a {spot} a las {#5-11}», {said} {p2}, «y encontrarán a {folk}».",
        "«He leído {doc}», {said} {p1}. «Dice {money}, no {money}».",
        "«Avisamos de {snag} en {month}», {said} {p1}.",
        "«Una idea {adj}a», {said} {p3} sobre el intento de {deed}.",
    ),
    "doubt": (
        "{group} duda de que {firm} sea capaz de {deed}.",
        "Los críticos citan {snag} y {tally} sin explicar.",
        "{p2} ha llamado a {folk} a boicotear {spot} {season}.",
        "En {place3}, un intento de {deed} acabó en {snag}.",
        "No todos están convencidos: {doc} halló un {pct} en contra.",
        "{p3} ve en {money} un gasto {adj}o y espera {snag}.",
        "Un abogado de {group} presentó {#2-30} alegaciones, casi todas sobre {spot}.",
        "Las cifras se discuten, pues {place2} cuenta {count} de otro modo que {place}.",
        "Cerca de {spot} hay {#3-60} pancartas de color {colour} contra {thing}.",
        "Hasta {firm} admite que nadie presupuestó {snag}.",
        "Que alguien llegue a {deed} {season} depende de {snag}.",
        "{#3-9} de los {#11-30} vocales se abstuvieron, entre ellos {p3}.",
    ),
    "number": (
        "La factura asciende a {money}, o {#4-90} coronas por cabeza.",
        "El año pasado {place} registró {tally}, frente a {#100-990} en {place2}.",
        "De los {#100-990} consultados, un {pct} prefería {deed}.",
        "Los costes subieron un {pct} en {#2-18} meses, sobre todo por {snag}.",
        "{firm} ganó {money} con {thing} y pagó un {pct} a {place}.",
        "Para {month} deberían pasar {tally} por {spot}.",
        "Una reserva de {money} cubre {snag}, según {p1}.",
        "La comarca gana {tally} y pierde {tally}, si acierta {doc}.",
        "Entre {#1990-2005} y {#2006-2022} hubo un {pct} menos de {count}.",
        "Un {pct} de la gente vive a menos de {#2-30} kilómetros de {spot}.",
        "Se perderán ayudas de {money} si {place} no logra {deed} antes de {month}.",
        "Solo el {weekday}, los inspectores anotaron {tally} en {spot}.",
    ),
    "past": (
        "{thing} se remonta a {#1874-1996}, cuando {name} convenció a {place2} de {deed}.",
        "El último intento, en {#1979-2019}, naufragó por {snag}.",
        "Los mayores recuerdan cómo {firm} quiso {deed} cerca de {spot}.",
        "{place} discute con {place2} desde {#1912-1994} por {count}.",
        "Un incendio arrasó {spot} en {#1904-1988}, con {tally} dentro.",
        "{p3} sitúa el origen en {#1951-2009}, el año de {snag}.",
        "Durante {#11-70} años {spot} estuvo vacío, salvo por {folk}.",
        "Fue {name}, alcalde {adj}o, quien propuso primero {deed}.",
        "Hasta {#1985-2018}, {place3} gestionó {thing} junto con {firm}.",
        "Un acuerdo de {#1966-2015}, firmado en {spot}, reservó {money}.",
        "Tres alcaldes de {place} quisieron {deed}; ninguno superó {snag}.",
    ),
    "scene": (
        "Ante {spot}, {folk} tomaban café {adj}o y discutían sobre {count}.",
        "Una pancarta de {colour} en {spot} dice solo: «{name} tenía razón».",
        "El {weekday} tocó una banda {adj}a mientras {p1} cortaba una cinta de color {colour}.",
        "Llovía sobre {spot}, y {p2} guardaba un cuaderno {adj}o bajo el abrigo.",
        "En su escaparate, {firm} exhibe una maqueta de {material} con {tally}.",
        "Niños de {place2} habían dibujado {thing} con tiza de color {colour}.",
        "Un perro {adj}o durmió casi todo lo que {p1} contó sobre {snag}.",
        "La campana {adj}a de {spot} sonó {#2-9} veces, y nadie en {place} supo explicarlo.",
        "Alguien dejó {#4-60} tulipanes junto a {spot}.",
        "Entre {spot} y la calle {name}, {#3-40} postes de {material} marcan la raya.",
    ),
    "next": (
        "{body} volverá sobre el asunto {season}, cuando {firm} pueda {deed}.",
        "Habrá sentencia sobre {snag} en {month}, y {group} ya reservó {spot}.",
        "Desde {month}, {folk} podrán consultar {doc} en {spot}.",
        "Si {place2} se niega a {deed}, {p1} prevé una votación {adj}a.",
        "El próximo recuento, de {tally}, será {season}.",
        "{p3} presentará {doc} {when}.",
        "Si todo marcha, {place} podrá {deed} dentro de {#2-11} años.",
        "El plazo vence el {#4-28} de {month}; {firm} pide {#3-21} días más.",
        "Las charlas con {place3} siguen {when}, con {snag} al frente.",
        "Mientras, {folk} se arreglan con {spot} y {#2-19} {count}.",
    ),
}  # fmt: skip


def _finish(text: str) -> str:
    """Contractions of a preposition with the article."""
    text = re.sub(r"\b([Dd])e el (?=[a-záéíóúñ«])", r"\1el ", text)
    return re.sub(r"\b([Aa]) el (?=[a-záéíóúñ«])", r"\1l ", text)


SPANISH = Language(
    code="es",
    thousands=".",
    place_heads=(
        "Val", "Torre", "Monte", "Peña", "Fuente", "Casa", "Puente", "Alba", "Ribera", "Villa", "Campo", "Olma",
        "Sierra", "Zarza", "Robleda", "Encina", "Cala", "Mora", "Nava", "Pradil", "Luna", "Garza", "Higuera", "Salinas",
    ),
    place_tails=(
        "demora", "alba", "rosa", "verde", "seca", "clara", "mayor", "lobos", "rubio", "honda", "blanca", "dorada",
        "fría", "nueva", "redonda", "bermeja", "luenga", "parda", "llana", "sola",
    ),
    first_names=(
        (
            "Amparo", "Brígida", "Candela", "Dulce", "Elvira", "Fátima", "Graciela", "Herminia", "Inés", "Jacinta",
            "Lourdes", "Maite", "Noelia", "Olalla", "Pilar", "Rocío", "Soledad", "Tatiana", "Úrsula", "Yolanda",
        ),
        (
            "Aurelio", "Braulio", "Cipriano", "Damián", "Evaristo", "Fermín", "Gaspar", "Hilario", "Isidro", "Joaquín",
            "Leandro", "Matías", "Nicanor", "Octavio", "Plácido", "Ramiro", "Saturnino", "Telmo", "Ulises", "Valentín",
        ),
    ),
    last_names=(
        "Arancibia", "Bermúdez", "Calvete", "Dorronsoro", "Escudero", "Fuensanta", "Gallardo", "Huerta", "Izaguirre",
        "Jurado", "Laguna", "Manzaneda", "Noriega", "Ordóñez", "Palomar", "Quintanar", "Revuelta", "Sarmiento",
        "Tablada", "Ugarte", "Valcárcel", "Yáñez", "Zamorano", "Abellán", "Buendía", "Cabrales", "Delclaux",
        "Espinar", "Frías", "Gamboa", "Herranz", "Iriarte", "Lozoya", "Medrano", "Otero", "Pastrana", "Ribalta",
        "Solana", "Trujillano", "Vidaurre",
    ),
    rules=_RULES,
    topics=_TOPICS,
    plan=("fact", "quote", "number", "doubt", "past", "scene", "next"),
    synonyms={
        "dijo": "afirmó", "explicó": "detalló", "sostuvo": "defendió", "quiere": "desea", "unos": "cerca de",
        "casi": "poco menos de", "además": "también", "primero": "antes que nada", "acordó": "decidió",
        "espera": "confía en", "pidió": "reclamó", "confirmó": "ratificó", "aunque": "si bien",
        "subieron": "crecieron", "puede": "podría", "recuerdan": "evocan", "pese a": "a pesar de",
        "según": "de acuerdo con", "insistió": "recalcó", "aseguró": "declaró", "críticos": "detractores",
    },
    finish=_finish,
)  # fmt: skip
