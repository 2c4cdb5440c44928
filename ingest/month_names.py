"""Month names, full and short, in the languages that feeds write dates in."""

from __future__ import annotations

# One line per language, twelve groups; within a group the spellings are divided by a slash. Without
# accents and in lower case, as the reader of dates compares them. Names that mean different months
# in two languages (Polish and Croatian 'listopad', Finnish and Estonian short forms) are left out.
_NAMES = (
    # English
    "jan/january feb/february mar/march apr/april may jun/june jul/july aug/august"
    " sep/sept/september oct/october nov/november dec/december",
    # German
    "januar/janner feber/februar marz/maerz april mai juni juli august september okt/oktober"
    " november dez/dezember",
    # French
    "janv/janvier fev/fevr/fevrier mars avr/avril mai juin juil/juillet aout/aou septembre octobre"
    " novembre decembre",
    # Spanish
    "ene/enero febrero marzo abr/abril mayo junio julio ago/agosto set/septiembre/setiembre octubre"
    " noviembre dic/diciembre",
    # Italian
    "gen/gennaio febbraio marzo aprile mag/maggio giu/giugno lug/luglio agosto settembre"
    " ott/ottobre novembre dicembre",
    # Portuguese
    "janeiro fevereiro marco abril maio junho julho agosto setembro out/outubro novembro dezembro",
    # Dutch
    "januari februari mrt/maart april mei juni juli augustus september oktober november december",
    # Swedish, Norwegian, Danish
    "januar februari mars april maj/mai juni juli augusti september oktober november"
    " des/desember/december",
    # Polish (genitive)
    "sty/stycznia lut/lutego marca kwi/kwietnia maja cze/czerwca lip/lipca sie/sierpnia"
    " wrz/wrzesnia paz/pazdziernika listopada gru/grudnia",
    # Hungarian
    "januar februar/februari marcius aprilis majus junius julius augusztus szept/szeptember oktober"
    " november december",
    # Turkish
    "oca/ocak sub/subat mart nis/nisan mayis haz/haziran tem/temmuz agu/agustos eyl/eylul ekim/eki"
    " kas/kasim ara/aralik",
    # Indonesian
    "januari februari maret april mei juni juli agt/agustus september okt/oktober november des",
    # Romanian
    "ian/ianuarie februarie martie aprilie mai iun/iunie iul/iulie august septembrie octombrie"
    " noiembrie decembrie",
    # Russian (nominative short, genitive)
    "янв/января фев/февраля мар/марта апр/апреля мая/маи/май июн/июня июл/июля авг/августа"
    " сен/сент/сентября окт/октября ноя/нояб/ноября дек/декабря",
    # Ukrainian (genitive)
    "січ/січня/сичня лют/лютого бер/березня кві/квітня/квитня тра/травня чер/червня лип/липня"
    " сер/серпня вер/вересня жов/жовтня лис/листопада гру/грудня",
    # Greek
    "ιαν/ιανουαριου φεβ/φεβρουαριου μαρ/μαρτιου/μαω απρ/απριλιου μαι/μαιου ιουν/ιον/ιουνιου"
    " ιουλ/ιολ/ιουλιου αυγ/αυγουστου σεπ/σεπτεμβριου οκτ/οκτωβριου νοε/νοεμβριου δεκ/δεκεμβριου",
)


def _index() -> dict[str, int]:
    months: dict[str, int] = {}
    for names in _NAMES:
        for number, group in enumerate(names.split(), start=1):
            for name in group.split("/"):
                if months.setdefault(name, number) != number:
                    raise ValueError(f"{name!r} is the name of two months")
    return months


MONTHS: dict[str, int] = _index()
"""From a month's name, in lower case and without accents, to its number (1 to 12)."""
