"""The small tables the four companies share: countries, currencies, payment terms, salespeople."""

from typing import NamedTuple

COUNTRY_NAMES = {
    "GB": "United Kingdom",
    "IE": "Ireland",
    "FR": "France",
    "BE": "Belgium",
    "LU": "Luxembourg",
    "NL": "Netherlands",
    "DE": "Germany",
    "AT": "Austria",
    "CH": "Switzerland",
    "DK": "Denmark",
    "SE": "Sweden",
    "NO": "Norway",
    "FI": "Finland",
    "IS": "Iceland",
    "FO": "Faroe Islands",
    "GL": "Greenland",
    "EE": "Estonia",
    "LV": "Latvia",
    "LT": "Lithuania",
    "PL": "Poland",
    "CZ": "Czechia",
    "SK": "Slovakia",
    "HU": "Hungary",
    "SI": "Slovenia",
    "HR": "Croatia",
    "RO": "Romania",
    "BG": "Bulgaria",
    "GR": "Greece",
    "CY": "Cyprus",
    "MT": "Malta",
    "IT": "Italy",
    "ES": "Spain",
    "PT": "Portugal",
    "AD": "Andorra",
    "MC": "Monaco",
    "LI": "Liechtenstein",
    "RS": "Serbia",
    "AL": "Albania",
    "TR": "Türkiye",
    "UA": "Ukraine",
    "MD": "Moldova",
    "US": "United States",
    "CA": "Canada",
    "MX": "Mexico",
    "BR": "Brazil",
    "AR": "Argentina",
    "CL": "Chile",
    "ZA": "South Africa",
    "EG": "Egypt",
    "MA": "Morocco",
    "TN": "Tunisia",
    "AE": "United Arab Emirates",
    "SA": "Saudi Arabia",
    "IN": "India",
    "CN": "China",
    "JP": "Japan",
    "KR": "South Korea",
    "SG": "Singapore",
    "HK": "Hong Kong",
    "AU": "Australia",
    "NZ": "New Zealand",
    "CI": "Côte d'Ivoire",
}
EU = (
    *("IE", "FR", "BE", "LU", "NL", "DE", "AT", "DK", "SE", "FI", "EE", "LV", "LT", "PL", "CZ"),
    *("SK", "HU", "SI", "HR", "RO", "BG", "GR", "CY", "MT", "IT", "ES", "PT"),
)


class Money(NamedTuple):
    """A currency: what it is called, its sign, and how many of it a pound buys (about)."""

    description: str
    symbol: str
    per_pound: str


CURRENCIES = {
    "GBP": Money("Pound sterling", "£", "1"),
    "EUR": Money("Euro", "€", "1.15"),
    "USD": Money("US dollar", "$", "1.34"),
    "DKK": Money("Danish krone", "kr", "8.59"),
    "SEK": Money("Swedish krona", "kr", "12.61"),
    "NOK": Money("Norwegian krone", "kr", "13.42"),
    "ISK": Money("Icelandic króna", "kr", "168.40"),
    "CHF": Money("Swiss franc", "Fr", "1.07"),
    "PLN": Money("Polish zloty", "zł", "4.88"),
    "CZK": Money("Czech koruna", "Kč", "28.10"),
    "HUF": Money("Hungarian forint", "Ft", "446.00"),
    "RON": Money("Romanian leu", "lei", "5.84"),
    "TRY": Money("Turkish lira", "₺", "56.30"),
    "INR": Money("Indian rupee", "₹", "118.90"),
    "JPY": Money("Japanese yen", "¥", "204.50"),
    "CNY": Money("Chinese yuan", "¥", "9.52"),
    "AUD": Money("Australian dollar", "$", "2.03"),
    "NZD": Money("New Zealand dollar", "$", "2.32"),
    "CAD": Money("Canadian dollar", "$", "1.87"),
    "SGD": Money("Singapore dollar", "$", "1.73"),
    "HKD": Money("Hong Kong dollar", "HK$", "10.43"),
    "ZAR": Money("South African rand", "R", "23.10"),
    "AED": Money("UAE dirham", "AED", "4.92"),
    "BRL": Money("Brazilian real", "R$", "7.25"),
}


class Terms(NamedTuple):
    """A payment term: its words, its date formula, its discount."""

    description: str
    due: str
    discount: str = "0.00"


SHARED_TERMS = {
    "COD": Terms("Cash on delivery", "0D"),
    "7 DAYS": Terms("7 days net", "7D"),
    "14 DAYS": Terms("14 days net", "14D"),
    "30 DAYS": Terms("30 days net", "30D"),
    "45 DAYS": Terms("45 days net", "45D"),
    "60 DAYS": Terms("60 days net", "60D"),
    "CM": Terms("End of the current month", "CM"),
    "CM+30D": Terms("End of month and 30 days", "CM+30D"),
}
GERMAN_TERMS_TOO = {
    "10 DAYS": Terms("10 days net", "10D"),
    "1M(8D)": Terms("1 month, 2% within 8 days", "1M", "2.00"),
    "CIA": Terms("Cash in advance", "0D"),
}
HOLDING_TERMS_TOO = {
    "15 DAYS": Terms("15 days net", "15D"),
    "90 DAYS": Terms("90 days net", "90D"),
}
HOLDING_TERMS = SHARED_TERMS | GERMAN_TERMS_TOO | HOLDING_TERMS_TOO


class Seller(NamedTuple):
    """A salesperson or purchaser, and the countries that are theirs."""

    name: str
    job: str
    serves: tuple[str, ...] = ()


SELLERS = {
    "KL": Seller("Karl Lomholt", "Account manager", ("DK", "NO")),
    "SE": Seller("Sigrid Engvall", "Account manager", ("SE", "FI")),
    "TB": Seller("Tuva Berglie", "Account manager", ("NO", "SE")),
    "HN": Seller("Henning Nissdorf", "Account manager", ("DE", "NL")),
    "UV": Seller("Ulrike Vossberg", "Account manager", ("DE", "AT", "CH")),
    "CD": Seller("Chloé Darsonval", "Account manager", ("FR", "BE")),
    "LM": Seller("Luc Mérigot", "Account manager", ("FR", "LU")),
    "PB": Seller("Maëlle Beauchesne", "Key account manager", ("FR", "BE", "LU")),
    "AT": Seller("Amara Tarrant", "Account manager", ("GB", "IE")),
    "OS": Seller("Owen Selwood", "Account manager", ("GB", "US")),
    "GF": Seller("Grace Fairweather", "Key account manager", ("GB", "IE")),
    "BM": Seller("Beth Marchbank", "Purchaser", ("PL", "IT")),
    "JD": Seller("Joseph Dunmore", "Senior purchaser", ("PL", "US")),
    "RP": Seller("Ruth Penrose", "Sales director"),
    "NA": Seller("Nadia Ahmadi", "Sales analyst"),
    "HS": Seller("Hugh Stainforth", "Account manager, retired"),
    "CU": Seller("Callum Underhill", "Trainee"),
    "HO": Seller("House account", ""),
}


class Small(NamedTuple):
    """The codes of one small table that a subsidiary does not have."""

    nordic: tuple[str, ...] = ()
    deutschland: tuple[str, ...] = ()
    lumiere: tuple[str, ...] = ()


MISSING = {
    "Country/Region": Small(lumiere=("FO", "GL", "MD", "AL")),
    "Currency": Small(
        deutschland=("ISK", "NZD", "BRL", "AED", "HKD", "SGD"),
        lumiere=("PLN", "CZK", "TRY", "INR"),
    ),
    "Payment Terms": Small(
        deutschland=tuple(HOLDING_TERMS_TOO),
        lumiere=(*GERMAN_TERMS_TOO, *HOLDING_TERMS_TOO),
    ),
    "Salesperson/Purchaser": Small(
        nordic=("CU",),
        deutschland=("RP", "NA", "HS", "CU", "HO"),
        lumiere=tuple(code for code in SELLERS if code not in ("CD", "LM", "PB")),
    ),
}
