# ruff: noqa: E501 -- tables of words and templates; typographic marks are meant
"""English words and sentence patterns. Every name in here is invented."""

from __future__ import annotations

import re

from newsroom.prose import Language

_TOPICS: dict[str, dict[str, tuple[str, ...]]] = {
    "transport": {
        "section": ("Transport",),
        "thing": (
            "the night tram", "the riverside cable car", "the number {#3-48} bus",
            "the branch line to {place2}", "the {surname} roundabout", "the orbital cycle path",
            "the rewritten timetable", "the folding bicycle scheme", "the {surname} viaduct",
        ),
        "deed": (
            "move {#3-19} stops closer to {spot}", "run {adj} trams until {#1-4} in the morning",
            "paint every platform {colour}", "hire {#8-60} {adj} drivers", "cut {adj} fares by {pct}",
            "swap {#11-70} ticket machines for {material} ones", "close the {adj} crossing at {spot}",
            "let {folk} ride free {season}", "put {material} shelters along {street}",
            "widen {#2-9} footbridges near {spot}", "retire the {colour} carriages",
        ),
        "snag": (
            "a shortage of {adj} drivers", "cracks in {#3-14} {material} sleepers",
            "a quarrel over {adj} overtime", "flooding beneath {spot}", "complaints about {adj} brakes",
            "a timetable printed {#2-5} weeks late", "a tender that drew {#1-3} bids",
            "the {adj} signal box at {place2}",
        ),
        "count": (
            "passengers", "season tickets", "bus journeys", "late departures", "unpaid fares",
            "parking spaces", "lost umbrellas",
        ),
        "spot": (
            "{surname} Junction", "the {place2} interchange", "the lower platform", "the tram shed",
            "{street}", "the level crossing", "the old goods yard",
        ),
        "role_f": ("transport commissioner", "depot manager", "rail planner", "timetable chief"),
        "role_m": ("transport commissioner", "depot manager", "rail planner", "timetable chief"),
    },
    "harbour": {
        "section": ("Coast",),
        "thing": (
            "the floating fish market", "the {surname} breakwater", "the herring quota",
            "the tidal lock", "the {adj} dredging plan", "the pilot cutter {ship}",
            "the lighthouse lease", "the {place2} ferry berth", "the mussel beds",
        ),
        "deed": (
            "dredge the {adj} channel {season}", "moor {#4-22} trawlers at {spot}",
            "raise the {material} quay by {#20-95} centimetres", "rebuild {#3-12} {adj} slipways",
            "ban nets wider than {#30-90} metres", "light {spot} with {colour} lamps",
            "charge {adj} yachts {#11-88} crowns a night", "count the seals near {place3}",
            "restock {spot} with {#200-950} lobsters", "sell the {adj} ice house to {folk}",
        ),
        "snag": (
            "silt as deep as {#2-6} metres", "{adj} weather off {place3}", "a sunken barge at {spot}",
            "rust on {#5-40} {material} bollards", "a missing {adj} chart", "unpaid {adj} berth fees",
            "a colony of {#30-400} cormorants", "the price of {adj} diesel",
        ),
        "count": (
            "crates of herring", "visiting yachts", "tonnes of mussels", "deckhands",
            "mooring rings", "lobster pots", "gallons of diesel",
        ),
        "spot": (
            "the {surname} basin", "the inner mole", "{surname} Steps", "the customs shed",
            "the {place2} slipway", "the net loft", "the eastern jetty",
        ),
        "role_f": ("harbour master", "fleet spokeswoman", "coastguard officer", "pilotage director"),
        "role_m": ("harbour master", "fleet spokesman", "coastguard officer", "pilotage director"),
    },
    "culture": {
        "section": ("Culture",),
        "thing": (
            "the {surname} bequest", "the puppet festival", "the {place2} orchestra",
            "the museum of clocks", "the open-air theatre", "the {adj} fresco",
            "the travelling library", "the {surname} organ", "the accordion prize",
        ),
        "deed": (
            "restore {#12-80} {adj} portraits", "stage {#3-14} operas at {spot}",
            "lend the {colour} tapestry to {place2}", "record {#20-90} {adj} folk songs",
            "waive admission for {folk} {season}", "tune every {material} pipe by hand",
            "rehang the {adj} gallery beside {spot}", "commission {#2-7} {material} statues",
            "catalogue the {adj} letters of {surname}", "move the {colour} piano to {spot}",
        ),
        "snag": (
            "damp behind the {colour} curtains", "a forged {adj} signature", "moths in {#6-40} costumes",
            "a leak above {spot}", "the loss of {#2-9} {adj} sponsors", "a rival fair in {place3}",
            "a catalogue full of {adj} errors", "an {colour} stain of unknown origin",
        ),
        "count": (
            "visitors", "manuscripts", "puppets", "ticket holders", "watercolours", "choir members",
            "borrowed books",
        ),
        "spot": (
            "the {surname} gallery", "the rehearsal room", "the old corn exchange", "the bandstand",
            "{surname} Hall", "the reading room", "the chapel crypt",
        ),
        "role_f": ("museum director", "chief librarian", "festival curator", "choirmistress"),
        "role_m": ("museum director", "chief librarian", "festival curator", "choirmaster"),
    },
    "schools": {
        "section": ("Education",),
        "thing": (
            "the forest classroom", "the {surname} Academy", "the later school bell",
            "the chess curriculum", "the {place2} boarding house", "the phone ban",
            "the {adj} canteen contract", "the apprentice workshop", "the spelling reform",
        ),
        "deed": (
            "teach {#2-9} classes outside {season}", "serve {adj} soup at {spot}",
            "repair {#9-50} {material} desks", "start lessons {#15-50} minutes later",
            "recruit {#6-40} {adj} teachers", "give {folk} the keys to {spot}",
            "shorten the {adj} examinations by {pct}", "buy {#40-300} {colour} violins",
            "share a caretaker with {place2}", "plant {#30-200} pear trees by {spot}",
        ),
        "snag": (
            "a broken {material} boiler", "falling rolls in {place3}", "{adj} marking in {#3-12} papers",
            "a bus that leaves {#10-45} minutes early", "a {adj} dispute about uniforms",
            "mould at {spot}", "a shortage of {adj} physics teachers", "the {colour} paint itself",
        ),
        "count": (
            "pupils", "exam papers", "parents", "school meals", "exercise books", "trainee teachers",
            "empty desks",
        ),
        "spot": (
            "the {surname} wing", "the gymnasium", "the {place2} annexe", "the bicycle shed",
            "the upper playground", "the science block", "the school orchard",
        ),
        "role_f": ("headmistress", "schools inspector", "education officer", "canteen manager"),
        "role_m": ("headmaster", "schools inspector", "education officer", "canteen manager"),
    },
    "farming": {
        "section": ("Country",),
        "thing": (
            "the cider levy", "the {place2} sheep fair", "the hedgerow grant", "the {surname} dairy",
            "the barley forecast", "the beekeeping by-law", "the {adj} irrigation canal",
            "the seed exchange", "the pumpkin tariff",
        ),
        "deed": (
            "plant {#12-90} kilometres of {adj} hedge", "milk {#40-400} goats at {spot}",
            "sow {adj} rye {season}", "fence {#5-60} hectares with {material} posts",
            "drain the {adj} meadow behind {spot}", "pay {folk} {#20-95} crowns a hive",
            "truck {#70-600} lambs to {place2}", "press {adj} cider in {material} barrels",
            "test {#11-80} wells for nitrate", "leave {pct} of the {adj} fields fallow",
        ),
        "snag": (
            "a {adj} frost in {month}", "weevils in {#2-9} silos", "a drought around {place3}",
            "wool prices down {pct}", "a lame {colour} bull", "hail that ruined {spot}",
            "{adj} paperwork in {#3-8} copies", "a feud about {adj} boundary stones",
        ),
        "count": (
            "hectares", "beehives", "sacks of barley", "ewes", "smallholders", "litres of milk",
            "apple trees",
        ),
        "spot": (
            "{surname} Farm", "the {place2} grain store", "the upper pasture", "the weighbridge",
            "the cider mill", "the cattle market", "the water meadow",
        ),
        "role_f": ("dairy inspector", "growers' chairwoman", "county agronomist", "shepherd"),
        "role_m": ("dairy inspector", "growers' chairman", "county agronomist", "shepherd"),
    },
    "energy": {
        "section": ("Business",),
        "thing": (
            "the peat boiler", "the {surname} wind park", "the tidal turbine", "the district heating loop",
            "the {place2} substation", "the solar canopy", "the {adj} meter roll-out",
            "the geothermal well", "the night tariff",
        ),
        "deed": (
            "bury {#9-70} kilometres of {adj} cable", "bolt {#40-900} panels onto {spot}",
            "drill {#2-8} {adj} boreholes {season}", "warm {#300-950} flats from {spot}",
            "switch off the {colour} chimney", "buy back {adj} meters from {folk}",
            "trim household bills by {pct}", "raise a {material} mast at {place2}",
            "store {#5-60} megawatt hours beneath {spot}", "insulate {#20-200} {adj} attics",
        ),
        "snag": (
            "a transformer fault near {spot}", "bats inside {#2-7} {adj} turbines",
            "a {adj} licence granted in {place3}", "copper thieves at {place2}",
            "a price cap of {#9-60} crowns", "noise measured at {#41-79} decibels",
            "delays in {adj} turbine shipments", "a {material} pipe laid upside down",
        ),
        "count": (
            "households", "kilowatt hours", "smart meters", "rooftop panels", "tonnes of peat",
            "subscribers", "metres of pipe",
        ),
        "spot": (
            "the {surname} ridge", "the boiler house", "the {place2} reservoir", "the brickworks roof",
            "the pumping station", "the disused quarry", "the gasworks",
        ),
        "role_f": ("grid engineer", "utility chairwoman", "energy regulator", "plant manager"),
        "role_m": ("grid engineer", "utility chairman", "energy regulator", "plant manager"),
    },
    "science": {
        "section": ("Science",),
        "thing": (
            "the {surname} telescope", "the glacier survey", "the moss genome", "the pigeon study",
            "the {place2} seismograph", "the ancient canoe", "the {adj} beetle", "the sleep trial",
            "the {surname} meteorite",
        ),
        "deed": (
            "tag {#30-600} {adj} swifts", "sequence {#4-30} samples of {adj} lichen",
            "sink a {material} probe under {spot}", "photograph {#3-19} {colour} nebulae",
            "weigh every {adj} toad in {place2}", "publish {#200-900} pages of {adj} readings",
            "store the {colour} cores at {spot}", "keep {#12-80} volunteers awake for {#2-5} days",
            "carbon-date the {material} oar", "measure the {adj} echo inside {spot}",
        ),
        "snag": (
            "a lens polished {#2-6} microns too thin", "an {adj_an} calibration at {spot}",
            "cloud over {place3} for {#5-19} nights", "a freezer failure in {month}",
            "{adj} data from {#3-9} buoys", "a rival paper out of {place2}",
            "mice among the {colour} cables", "doubts about {adj} statistics",
        ),
        "count": (
            "samples", "volunteers", "swifts", "hours of recordings", "fossils", "sensor readings",
            "field notebooks",
        ),
        "spot": (
            "the {surname} laboratory", "the observatory dome", "the {place2} bog", "the cold store",
            "the university greenhouse", "the north glacier", "the basement vault",
        ),
        "role_f": ("astronomer", "expedition leader", "botanist", "laboratory head"),
        "role_m": ("astronomer", "expedition leader", "botanist", "laboratory head"),
    },
    "sport": {
        "section": ("Sport",),
        "thing": (
            "the {place2} derby", "the {surname} Cup", "the velodrome bid", "the curling final",
            "the hill race", "the rowing regatta", "the {adj} handball league", "the marathon route",
            "the swimming relay",
        ),
        "deed": (
            "rest {#2-7} {adj} forwards", "relay the {adj} turf at {spot}", "train twice a day {season}",
            "field {#3-8} juniors against {place2}", "sell {#400-990} seats to {folk}",
            "replace the {material} goalposts", "wear {colour} shirts away from home",
            "move the start line to {spot}", "fine {adj} supporters {#20-90} crowns",
            "appoint {#2-4} assistant coaches from {place3}",
        ),
        "snag": (
            "a torn hamstring in {month}", "{adj} refereeing at {spot}", "a pitch under {#5-30} centimetres of water",
            "a coach stranded in {place3}", "{#2-6} {adj} suspensions", "a disputed {colour} card",
            "a stopwatch running {#2-9} seconds slow", "boots of the {adj} kind",
        ),
        "count": (
            "spectators", "league points", "club members", "season tickets", "laps", "junior rowers",
            "away supporters",
        ),
        "spot": (
            "{surname} Park", "the {place2} ground", "the boathouse", "the south stand",
            "the finishing straight", "the ice hall", "the training field",
        ),
        "role_f": ("head coach", "club president", "team captain", "league secretary"),
        "role_m": ("head coach", "club president", "team captain", "league secretary"),
    },
    "housing": {
        "section": ("City",),
        "thing": (
            "the {surname} estate", "the allotment swap", "the rent freeze", "the clock tower flats",
            "the {place2} new town", "the attic conversion rule", "the {adj} housing register",
            "the cobblestone plan", "the {surname} Square market hall",
        ),
        "deed": (
            "build {#30-400} {adj} flats above {spot}", "convert {#3-15} warehouses on {street}",
            "cap {adj} rents at {#210-990} crowns", "lay {material} paving across {spot}",
            "plant {#20-160} lime trees on {street}", "offer {folk} first refusal",
            "knock down the {colour} tower block", "auction {#4-30} {adj} plots {season}",
            "shift the {adj} flower stalls to {spot}", "fit {material} shutters to {#50-300} windows",
        ),
        "snag": (
            "subsidence along {street}", "a mislaid deed from {#1871-1969}", "{adj} wiring in {#8-60} cellars",
            "a developer based in {place3}", "asbestos beneath {spot}", "a petition of {#300-990} names",
            "bids {pct} above estimate", "a {adj} covenant on {spot}",
        ),
        "count": (
            "tenants", "square metres", "building permits", "empty flats", "objections", "market stalls",
            "front doors",
        ),
        "spot": (
            "{surname} Square", "the {place2} gate", "the former tannery", "the wash house",
            "{street}", "the bottle factory", "the town wall",
        ),
        "role_f": ("housing commissioner", "city architect", "deputy mayor", "planning chief"),
        "role_m": ("housing commissioner", "city architect", "deputy mayor", "planning chief"),
    },
}  # fmt: skip

_RULES: dict[str, tuple[str, ...]] = {
    "surname": (
        "Abbery", "Brindle", "Colvane", "Dacre", "Elmsworth", "Farrow", "Gorse", "Hartnell", "Ivory",
        "Jessop", "Kelder", "Lomax", "Mallory", "Nettle", "Orchard", "Pellow", "Quarles", "Ravel",
        "Saltmarsh", "Tansy", "Underhay", "Venn", "Wickett", "Yarrow", "Zeal",
    ),
    "ship": ("Patience", "Grey Gull", "Marigold", "Second Wind", "Lady Tansy", "Northern Aunt"),
    "colour": (
        "green", "ochre", "scarlet", "pale blue", "black", "yellow", "crimson", "white", "orange",
        "silver", "copper", "violet", "grey", "turquoise",
    ),
    "material": (
        "steel", "oak", "brick", "glass", "granite", "bamboo", "cast-iron", "concrete", "copper",
        "larch", "slate", "bronze", "aluminium", "sandstone",
    ),
    "adj": (
        "ageing", "costly", "modest", "overdue", "noisy", "famous", "narrow", "reluctant", "spare",
        "wooden", "forgotten", "temporary", "untested", "popular", "rusty", "cheap", "seasonal",
        "regional", "heavy", "private", "local", "damaged", "rare", "shallow", "retired", "draughty",
        "second-hand", "crowded", "half-finished", "ornate", "surplus", "unlicensed", "remote", "humble",
        "faulty", "municipal", "borrowed", "well-known", "delicate", "stubborn", "portable", "dusty",
        "imported", "historic", "northern", "southern", "late", "damp", "restless", "hand-made",
    ),
    "adj_an": ("odd", "early", "uneven", "awkward", "ill-judged", "expensive", "incomplete"),
    "folk": (
        "residents", "ratepayers", "pensioners", "commuters", "shopkeepers", "students", "newcomers",
        "night-shift workers", "young families", "dog owners", "fishermen", "nurses", "anglers",
        "allotment holders", "taxi drivers", "lodgers", "volunteers", "grandparents",
    ),
    "street": ("{surname} Street", "{surname} Lane", "{surname} Row", "{surname} Hill", "{surname} Wharf"),
    "weekday": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "month": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ),
    "season": (
        "in winter", "this summer", "next spring", "until {month}", "in {month}", "from {month}",
        "on {weekday}s", "every {month}", "after dark", "before {month}", "all year round",
    ),
    "when": (
        "on {weekday}", "late on {weekday}", "on {weekday} evening", "early on {weekday}",
        "over the weekend", "this week", "shortly before {#2-11} on {weekday}", "on {weekday} afternoon",
        "in the small hours of {weekday}", "after {#3-9} hours of debate", "at a {adj} meeting in {place2}",
        "on the {#2-9}th day of talks", "by {#5-19} votes to {#1-4}",
    ),
    "pct": ("{#3-48} per cent", "{#2-9}.{#1-9} per cent", "a third", "a fifth", "nearly half", "one part in {#6-20}"),
    "money": (
        "{#2-90} million crowns", "{#110-980} thousand crowns", "about {#3-60} million crowns",
        "{#2-9}.{#1-9} million crowns", "less than {#120-900} thousand crowns",
    ),
    "firm_stem": ("Aldous", "Bittern", "Carrick", "Dovetail", "Eddery", "Foxglove", "Granby", "Hobbs", "Inchcape", "Juniper", "Larkin", "Marrow"),
    "firm": (
        "{firm_stem} & {surname}", "{firm_stem} Brothers", "{surname} Holdings", "the {firm_stem} Company",
        "{firm_stem} of {place2}", "{surname} and Daughters",
    ),
    "body": (
        "the {place} council", "the {place} board", "{place} town hall", "the {place} trust",
        "the {place} assembly", "the {place} district office", "the {surname} foundation in {place}",
        "the mayor of {place}", "the {place} works committee",
    ),
    "group": (
        "the Friends of {surname} Green", "the {place} ratepayers' league", "the {place2} parish",
        "the {surname} Society", "the union of {folk}", "Hands Off {place}", "a circle of {adj} {folk}",
    ),
    "critic_f": ("campaigner", "shopkeeper", "retired judge", "pub landlady", "opposition councillor", "beekeeper", "parish clerk"),
    "critic_m": ("campaigner", "shopkeeper", "retired judge", "pub landlord", "opposition councillor", "beekeeper", "parish clerk"),
    "expert_f": ("economist", "historian", "professor", "surveyor", "consultant", "geographer", "auditor"),
    "expert_m": ("economist", "historian", "professor", "surveyor", "consultant", "geographer", "auditor"),
    "said": ("said", "told reporters", "argued", "explained", "insisted", "told {folk}", "said {when}", "wrote to {folk}", "remarked", "told a {adj} hearing"),
    "doc": (
        "a {#12-96}-page report", "an internal letter", "minutes of {#2-9} meetings", "a {adj} audit",
        "a survey of {#200-990} {folk}", "a leaked memorandum", "the {#1978-2021} ledger", "a study by {firm}",
        "figures from {place2}", "a reply to {folk}",
    ),
    "tally": ("{#11-99} {count}", "{#100-990} {count}", "{#1100-9800} {count}", "almost {#20-90} {count}", "some {#200-900} {count}"),
    "cause": ("because of {snag}", "after {snag}", "despite {snag}", "in spite of {snag}", "as a result of {snag}", "blaming {snag}", "citing {snag}"),
    "subject_deed": ("{deed}",),
    "headline": (
        "{place} to {subject_deed}", "{group} at odds with {place} over {thing}", "Why {place} wants to {subject_deed}",
        "After {snag}, {place} turns to {thing}", "{thing}: {place} counts {tally}", "{firm} drawn into row about {thing}",
        "{place2} watches as {place} gambles on {thing}", "No end in sight for {thing} in {place}",
        "{tally} later, {place} rethinks {thing}", "Plan to {subject_deed} divides {place}",
        "{thing} costs {place} {money}", "In {place}, {snag} meets {thing}",
    ),
    "lead": (
        "{body} agreed {when} to {subject_deed}, {cause}.",
        "{cause}, {body} intends to {subject_deed} and will spend {money} on it.",
        "{thing} came a step closer {when} when {body} promised to {subject_deed}.",
        "For {folk} in {place}, {when} brought news that {body} means to {subject_deed}.",
        "Plans to {subject_deed} have split {place}, where {group} fears for {thing}.",
        "{body} stopped work on {thing} {when}, {cause}.",
        "{firm} is to {subject_deed} on behalf of {body}, it emerged {when}.",
        "{tally} and {snag} later, {body} has decided to {subject_deed}.",
        "A vote {when} means that {place} will {subject_deed} at a price of {money}.",
        "{group} asked {body} {when} to abandon {thing} and instead {deed}.",
        "{p1} resigned {when} from the panel on {thing}, {cause}.",
        "It took {#3-19} years and {money}, but {place} is ready to {subject_deed}.",
        "What began as {snag} has become a quarrel between {place} and {place2} about {thing}.",
        "{body} withdrew an offer to {subject_deed} {when} and blamed {firm}.",
    ),
    "lead_second": (
        "{p1} confirmed the step and put its cost at {money}.",
        "The decision concerns {tally}, mostly around {spot}.",
        "{group} had wanted to {deed} instead.",
        "Work near {spot} could start {season}.",
        "{p2}, who speaks for {group}, called it {adj_an}.",
        "Neighbouring {place2} took a different course in {#1988-2022}.",
        "{doc} had warned of {snag}.",
        "Only {#2-9} of {#12-40} members stayed away.",
        "No tender has been issued, though {firm} is named in {doc}.",
        "The news reached {place3} within {#2-9} hours.",
    ),
    "fact": (
        "Under the plan, {firm} would {deed} and then {deed}.",
        "{doc} lists {tally}, of which {pct} lie near {spot}.",
        "Since {month}, {folk} have been asked to {deed}.",
        "{body} also hopes to {deed}, though {snag} may delay it.",
        "The contract obliges {firm} to {deed} {season}.",
        "At {spot}, workers must first {deed}.",
        "{p1} wants {folk} to {deed} and {place2} to pay {pct}.",
        "{thing} serves {tally}, according to {doc}.",
        "Two earlier offers, from {firm} and from {place3}, failed over {snag}.",
        "A pilot at {spot} involved {tally} and lasted {#3-30} weeks.",
        "To qualify, {folk} need {#2-9} signatures and proof that they live in {place}.",
        "Nothing obliges {place2} to {deed}, but {firm} expects it.",
        "The {material} parts come from {place3} and the {adj} ones from {place2}.",
        "Some {adj} rules dating from {#1921-1989} still govern {spot}.",
        "Insurers in {place3} have priced {snag} at {money}.",
    ),
    "quote": (
        "“We would rather {deed} than wait for {place2},” {p1} {said}.",
        "“Nobody in {place} asked for {thing},” {p2} {said}, pointing to {snag}.",
        "“If {firm} can {deed}, so can {folk},” {p3} {said}.",
        "“There is {snag}, and there is {money},” {p1} {said}. “Take your pick.”",
        "“My neighbours count {tally} and see no {adj} solution,” {p2} {said}.",
        "Asked about {snag}, {p1} {said}: “We will {deed}.”",
        "“It reminds me of {place3} in {#1961-2012},” {p3} {said}, “only with {adj} {count}.”",
        "“The {count} matter less than {spot},” {p2} {said}.",
        "“You cannot {deed} with {#2-9} people and a {adj} van,” {p2} {said}.",
        "{p3} {said} that to {deed} “is the {adj} part”, and that {snag} “is not”.",
        "“Come to {spot} at {#5-11} in the morning,” {p2} {said}, “and you will meet {folk}.”",
        "“I have read {doc},” {p1} {said}. “It says {money}, not {money}.”",
        "“We told {folk} about {snag} in {month},” {p1} {said}.",
        "“A {adj} idea,” {p3} {said} of the wish to {deed}.",
    ),
    "doubt": (
        "{group} doubts that {firm} is able to {deed}.",
        "Critics point to {snag} and to {tally} left unexplained.",
        "{p2} has called on {folk} to boycott {spot} {season}.",
        "In {place3}, a similar attempt to {deed} ended with {snag}.",
        "Not everyone is convinced: {doc} found {pct} of {folk} opposed.",
        "{p3} considers {money} {adj_an} and expects {snag}.",
        "A lawyer for {group} filed {#2-30} objections, most of them about {spot}.",
        "The figures are disputed, since {place2} counts {count} differently from {place}.",
        "{folk} near {spot} have hung {colour} banners against {thing}.",
        "Even {firm} admits that {snag} was never priced in.",
        "For {p2}, the wish to {deed} is “a {adj} distraction”.",
        "Whether anyone will {deed} {season} depends on {snag}.",
        "{#3-9} of the {#11-30} board members abstained, among them {p3}.",
    ),
    "number": (
        "The bill comes to {money}, or {#4-90} crowns for each of {tally}.",
        "Last year {place} recorded {tally}, against {#100-990} in {place2}.",
        "Of the {tally} surveyed, {pct} preferred to {deed}.",
        "Costs rose by {pct} within {#2-18} months, chiefly through {snag}.",
        "{firm} earned {money} from {thing} and paid {pct} to {place}.",
        "By {month}, {tally} should pass through {spot}.",
        "A reserve of {money} covers {snag}, according to {p1}.",
        "The region gains {tally} and loses {tally}, if {doc} is right.",
        "Between {#1990-2005} and {#2006-2022} the number of {count} fell by {pct}.",
        "{pct} of {folk} live less than {#2-30} kilometres from {spot}.",
        "Grants worth {money} lapse unless {place} can {deed} before {month}.",
        "On {weekday} alone, inspectors noted {tally} at {spot}.",
    ),
    "past": (
        "{thing} dates back to {#1874-1996}, when {surname} persuaded {place2} to {deed}.",
        "The last attempt, in {#1979-2019}, foundered on {snag}.",
        "Older {folk} remember how {firm} tried to {deed} near {spot}.",
        "{place} has quarrelled with {place2} since {#1912-1994} over {count}.",
        "A fire in {#1904-1988} destroyed {spot} and {tally}.",
        "{p3} traces the trouble to {#1951-2009}, the year of {snag}.",
        "For {#11-70} years {spot} stood empty, apart from {folk} {season}.",
        "It was {surname}, a {adj} mayor, who first sought to {deed}.",
        "Until {#1985-2018}, {place3} ran {thing} together with {firm}.",
        "An agreement signed at {spot} in {#1966-2015} set aside {money}.",
        "Three mayors of {place} have tried to {deed}; none got past {snag}.",
    ),
    "scene": (
        "Outside {spot}, {folk} drank {adj} coffee and argued about {count}.",
        "A {colour} banner at {spot} reads only: “{surname} was right.”",
        "On {weekday} a {adj} brass band played while {p1} cut a {colour} ribbon.",
        "Rain fell on {spot}, and {p2} kept a {adj} notebook dry under a {colour} coat.",
        "In the window of {firm}, a {material} model shows {spot} with {tally}.",
        "Between {spot} and {street}, {#3-40} {material} posts mark the {adj} line.",
        "Children from {place2} had drawn {thing} in {colour} chalk.",
        "A {adj} dog slept through most of what {p1} had to say about {snag}.",
        "The {adj} bell at {spot} rang {#2-9} times, which nobody in {place} could explain.",
        "Someone had left {#4-60} {colour} tulips on the steps of {spot}.",
    ),
    "next": (
        "{body} will return to the matter {season}, once {firm} can {deed}.",
        "A ruling on {snag} is due in {month}, and {group} has booked {spot}.",
        "From {month}, {folk} may inspect {doc} at {spot}.",
        "Should {place2} refuse to {deed}, {p1} plans a {adj} vote.",
        "The next {tally} will be counted {season}.",
        "{p3} is expected to present {doc} {when}.",
        "If all goes well, {place} could {deed} within {#2-11} years.",
        "Tenders close on the {#4-28}th of {month}; {firm} has asked for {#3-21} more days.",
        "Talks with {place3} resume {when}, with {snag} first on the list.",
        "Until then, {folk} must make do with {spot} and {#2-19} {adj} {count}.",
    ),
}  # fmt: skip

_PLURAL_ORDINALS = re.compile(r"\b(\d*)([123])th\b")


def _finish(text: str) -> str:
    """Right ordinals (2nd, 23rd; 11th stays) and the article before a vowel."""

    def ordinal(match: re.Match[str]) -> str:
        tens, unit = match.groups()
        if tens.endswith("1"):
            return match.group(0)
        return tens + unit + {"1": "st", "2": "nd", "3": "rd"}[unit]

    text = _PLURAL_ORDINALS.sub(ordinal, text)
    text = re.sub(r"\b([Aa]) (?=[aeio]|un[dlt]|8|11-|18-)", r"\1n ", text)
    return re.sub(r"\b([Aa])n (?=(?!8|11|18)[\dbcdfghjklmnpqrstvwxyz])", r"\1 ", text)


ENGLISH = Language(
    code="en",
    thousands=",",
    place_heads=(
        "Ash", "Brack", "Corn", "Dun", "Elder", "Fen", "Glen", "Hag", "Inver", "Kel", "Lang", "Mar",
        "Nor", "Oak", "Pen", "Quarr", "Rother", "Sal", "Thorn", "Ulver", "Wen", "Yar", "Birk", "Cold",
        "Drift", "Gull", "Heron", "Kettle", "Loch", "Merrow", "Otter", "Plover", "Rush", "Stan", "Tarn",
    ),
    place_tails=(
        "ford", "mouth", "wick", "ley", "haven", "stead", "by", "combe", "thwaite", "minster", "gate",
        "holm", "well", "bridge", "borough", "mere", "ness", "cross", "field", "ham",
    ),
    first_names=(
        (
            "Marta", "Ida", "Nell", "Prudence", "Odette", "Greta", "Winifred", "Sunniva", "Hester", "Tamsin",
            "Bridie", "Leonie", "Adaeze", "Farah", "Mirela", "Joan", "Petra", "Rosalind", "Yuki", "Zadie",
        ),
        (
            "Edgar", "Tobias", "Rufus", "Anselm", "Callum", "Desmond", "Emeka", "Fergus", "Gideon", "Hamish",
            "Ivor", "Jasper", "Kofi", "Lionel", "Magnus", "Nils", "Osman", "Percival", "Ravi", "Silas",
        ),
    ),
    last_names=(
        "Ellwood", "Tarrant", "Moss", "Penhale", "Oduya", "Brackley", "Crane", "Dimmock", "Eastry", "Fallow",
        "Garth", "Holloway", "Inskip", "Jarrold", "Kestle", "Lindqvist", "Marchetti", "Nance", "Okafor",
        "Pritchard", "Quill", "Rosewarne", "Sefton", "Threlkeld", "Upjohn", "Vance", "Wetherell", "Yelland",
        "Ansty", "Boscawen", "Chegwin", "Draycott", "Enderby", "Frobisher", "Gilpin", "Hathersage", "Issott",
        "Jellicoe", "Kingdon", "Lascelles", "Merriman", "Nettlefold", "Osgathorpe", "Peverell", "Rainsford",
        "Shillito", "Tolliver", "Umfreville", "Varley", "Whitlock",
    ),
    rules=_RULES,
    topics=_TOPICS,
    plan=("fact", "quote", "number", "doubt", "past", "scene", "next"),
    synonyms={
        "wants": "wishes", "asked": "urged",         "insisted": "stressed", "explained": "made clear", "almost": "nearly", "instead": "rather",
        "because of": "owing to", "despite": "notwithstanding", "expects": "anticipates",
        "considers": "calls", "should": "ought to", "called": "termed", "hopes": "wants",
        "remember": "recall", "told": "informed", "some": "around", "fears": "worries",
        "promised": "pledged", "agreed": "resolved", "decided": "chosen", "ended": "closed",
    },
    finish=_finish,
)  # fmt: skip
