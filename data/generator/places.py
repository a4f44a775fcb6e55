"""Where the demo firms live: real towns, streets nobody lives in, numbers nobody answers.

Phone patterns use ranges kept for fiction where a country has one, else numbers that cannot exist.
`#` is a digit, `?` a letter.
"""

from typing import NamedTuple


class Country(NamedTuple):
    """How a firm of one country is written down."""

    language: str
    currency: str
    phones: tuple[str, ...]
    towns: tuple[tuple[str, str], ...]


SOUTH = ("FR", "BE", "LU")

COUNTRIES = {
    "GB": Country(
        *("en", ""),
        (
            *("+44 20 7946 0###", "+44 1632 960###", "+44 131 496 0###", "+44 151 496 0###"),
            *("+44 117 496 0###", "+44 29 2018 0###"),
        ),
        (
            *(("Hull", "HU# #??"), ("Grimsby", "DN3# #??"), ("Bristol", "BS# #??")),
            *(("Leith", "EH6 #??"), ("Liverpool", "L# #??"), ("Cardiff", "CF1# #??")),
            *(("Plymouth", "PL# #??"), ("Dover", "CT1# #??"), ("London", "SE1# #??")),
        ),
    ),
    "IE": Country(
        *("en", "EUR", ("+353 20 91# ####",)),
        (("Cork", "T12 ?###"), ("Galway", "H91 ?###"), ("Dublin", "D02 ?###")),
    ),
    "US": Country(
        *("en", "USD", ("+1 206 555 01##", "+1 617 555 01##", "+1 904 555 01##")),
        (("Seattle", "98101"), ("Boston", "02110"), ("Jacksonville", "32202")),
    ),
    "FR": Country(
        *("fr", "EUR"),
        (
            *("+33 1 99 00 ## ##", "+33 2 61 91 ## ##", "+33 3 53 01 ## ##"),
            *("+33 4 65 71 ## ##", "+33 5 36 49 ## ##"),
        ),
        (
            *(("Bordeaux", "33000"), ("Nice", "06300"), ("Lyon", "69002"), ("Nantes", "44000")),
            *(("Brest", "29200"), ("La Rochelle", "17000"), ("Marseille", "13002")),
            *(("Besançon", "25000"), ("Orléans", "45000"), ("Saint-Malo", "35400")),
            *(("Lorient", "56100"), ("Le Havre", "76600"), ("Béziers", "34500")),
        ),
    ),
    "BE": Country(
        *("fr", "EUR", ("+32 0 000 ## ##",)),
        (
            *(("Liège", "4000"), ("Namur", "5000"), ("Ostende", "8400")),
            *(("Bruxelles", "1000"), ("Mons", "7000"), ("Nivelles", "1400")),
        ),
    ),
    "LU": Country(
        *("fr", "EUR", ("+352 00 ## ##",)),
        (("Luxembourg", "L-1528"), ("Esch-sur-Alzette", "L-4002"), ("Grevenmacher", "L-6701")),
    ),
    "DE": Country(
        *("de", "EUR"),
        ("+49 30 23125 ###", "+49 40 66969 ###", "+49 69 90009 ###", "+49 221 4710 ###"),
        (
            *(("Hamburg", "20457"), ("Bremen", "28195"), ("Kiel", "24103"), ("Köln", "50667")),
            *(("Lübeck", "23552"), ("Berlin", "10115"), ("Rostock", "18055")),
            *(("Düsseldorf", "40213"), ("Görlitz", "02826")),
        ),
    ),
    "AT": Country(
        *("de", "EUR", ("+43 00 000 ####",)), (("Wien", "1020"), ("Linz", "4020"), ("Graz", "8010"))
    ),
    "CH": Country(*("de", "CHF", ("+41 00 000 ## ##",)), (("Basel", "4051"), ("Zürich", "8005"))),
    "NL": Country(
        *("nl", "EUR", ("+31 00 000 ####",)),
        (("Rotterdam", "30## ??"), ("Vlissingen", "43## ??"), ("Harlingen", "88## ??")),
    ),
    "DK": Country(
        *("da", "DKK", ("+45 00 ## ## ##",)),
        (
            *(("Esbjerg", "6700"), ("Aarhus C", "8000"), ("Skagen", "9990")),
            *(("København K", "1250"), ("Rønne", "3700"), ("Svendborg", "5700")),
        ),
    ),
    "SE": Country(
        *("sv", "SEK", ("+46 00 0## ## ##",)),
        (
            *(("Göteborg", "411 0#"), ("Malmö", "211 1#"), ("Kalmar", "392 3#")),
            *(("Luleå", "972 3#"), ("Visby", "621 5#"), ("Härnösand", "871 3#")),
        ),
    ),
    "NO": Country(
        *("no", "NOK", ("+47 00 ## ## ##",)),
        (
            *(("Bergen", "5003"), ("Ålesund", "6002"), ("Tromsø", "9008"), ("Bodø", "8006")),
            *(("Stavanger", "4005"), ("Kristiansund N", "6509")),
        ),
    ),
    "FI": Country(
        *("fi", "EUR", ("+358 55 010 0###",)),
        (("Turku", "20100"), ("Vaasa", "65100"), ("Oulu", "90100"), ("Hämeenlinna", "13100")),
    ),
    "PL": Country(
        *("pl", "PLN", ("+48 00 000 ## ##",)),
        (("Gdańsk", "80-8##"), ("Gdynia", "81-3##"), ("Świnoujście", "72-6##")),
    ),
    "IT": Country(
        *("it", "EUR", ("+39 000 000 ####",)), (("Genova", "16124"), ("Trieste", "34121"))
    ),
}

STREETS = {
    "en": (
        *("{n} Quay Street", "{n} Ropewalk Lane", "{n} Harbour Terrace", "{n} Net Loft Yard"),
        *("Unit {n}, Beacon Estate", "{n} Customs House Row", "{n} Lifeboat Road"),
        *("{n} Gull Passage", "Berth {n}, East Basin", "{n} Sailmakers Court"),
    ),
    "fr": (
        *("{n} rue des Embruns", "{n} quai de l'Écluse", "{n} avenue du Phare"),
        *("{n} impasse des Voiliers", "{n} place de la Criée", "{n} chemin des Dunes"),
        *("{n} boulevard Hélène-Marceau", "{n} rue du Vieux Môle", "{n} allée des Tilleuls"),
    ),
    "de": (
        *("Hafenstraße {n}", "Am Alten Kai {n}", "Speicherweg {n}", "Möwenring {n}"),
        *("Werftallee {n}", "Zollgasse {n}", "Lotsenstieg {n}", "Deichkrone {n}"),
    ),
    "nl": ("Sluisweg {n}", "Touwbaan {n}", "Loodskade {n}", "Vuurtorenlaan {n}"),
    "da": ("Havnegade {n}", "Tangvej {n}", "Rebslagervej {n}", "Østre Mole {n}", "Klitstien {n}"),
    "sv": ("Hamngatan {n}", "Skeppsbron {n}", "Repslagaregatan {n}", "Fyrvägen {n}"),
    "no": ("Strandgata {n}", "Bryggeveien {n}", "Fyrveien {n}", "Sjøgata {n}"),
    "fi": ("Satamakatu {n}", "Majakkatie {n}", "Köysikuja {n}", "Laiturikatu {n}"),
    "pl": ("ul. Portowa {n}", "ul. Latarników {n}", "ul. Żeglarska {n}"),
    "it": ("Via del Molo {n}", "Via dei Cordai {n}"),
}
SECOND_LINES = {
    "en": ("First floor", "Gate B", "Shed 4", "The Old Ice House"),
    "fr": ("Bâtiment B", "Zone portuaire", "2e étage"),
    "de": ("Halle 3", "Hinterhaus", "Tor 2"),
    "da": ("2. etg.", "Port 3"),
    "no": ("2. etg.", "Bygg C"),
    "sv": ("2 tr", "Port 3"),
}
