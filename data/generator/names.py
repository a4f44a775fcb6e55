"""Names, addresses, phone and VAT numbers of firms and people who do not exist."""

import unicodedata
from random import Random

from generator.places import COUNTRIES, SECOND_LINES, STREETS
from generator.words import FIRST_NAMES, FORMS, STEMS, SURNAMES, TRADES

LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
SPELT_OUT = {"æ": "ae", "ø": "o", "ß": "ss", "œ": "oe", "ł": "l", "Æ": "Ae", "Ø": "O", "Ł": "L"}
TRADE_FIRST = ("fr",)


def plain(text: str) -> str:
    """Text without accents: `Hôtel du Cœur` becomes `Hotel du Coeur`."""
    spelt = "".join(SPELT_OUT.get(sign, sign) for sign in text)
    apart = unicodedata.normalize("NFKD", spelt)
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def domain(firm: str) -> str:
    """The mail domain of a firm; `.example` belongs to nobody."""
    words = "".join(s if s.isalnum() else " " for s in plain(firm).lower()).split()
    return "-".join(words)[:40].strip("-") + ".example"


def drawn(rng: Random, pattern: str) -> str:
    """A pattern with every `#` a digit and every `?` a letter."""
    signs = {"#": lambda: str(rng.randrange(10)), "?": lambda: rng.choice(LETTERS)}
    return "".join(signs[sign]() if sign in signs else sign for sign in pattern)


class Register:
    """Gives out names and numbers and remembers them, so that none belongs to two."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.given: set[str] = set()
        self.vat_numbers = 1000

    def claim(self, *names: str) -> None:
        """Keep names or numbers the story needs from being given to anyone else."""
        self.given.update(name.casefold() for name in names)

    def firm(self, country: str) -> str:
        """A firm's name as firms of that country are called, legal form included."""
        language = COUNTRIES[country].language
        while True:
            stem, trade = self.rng.choice(STEMS[language]), self.rng.choice(TRADES[language])
            words = (trade, stem) if language in TRADE_FIRST else (stem, trade)
            if self._is_free(" ".join(words)):
                return " ".join((*words, self.rng.choice(FORMS[country])))

    def person(self, country: str) -> tuple[str, str]:
        """First name and surname of a person."""
        spoken = COUNTRIES[country].language
        language = spoken if spoken in FIRST_NAMES else "de"
        while True:
            name = self.rng.choice(FIRST_NAMES[language]), self.rng.choice(SURNAMES[language])
            if self._is_free(" ".join(name)):
                return name

    def phone(self, country: str) -> str:
        """A phone number nobody answers."""
        while True:
            number = drawn(self.rng, self.rng.choice(COUNTRIES[country].phones))
            if self._is_free(number):
                return number

    def vat(self, country: str) -> str:
        """A VAT number that no tax office gave out."""
        self.vat_numbers += 1
        n = self.vat_numbers
        if country == "FR":
            return f"FR 00 999 {n // 1000:03d} {n % 1000:03d}"
        return f"{country} 999 {n // 100:04d} {n % 100:02d}"

    def street(self, country: str) -> str:
        """A street and a house number."""
        pattern = self.rng.choice(STREETS[COUNTRIES[country].language])
        return pattern.format(n=self.rng.randrange(1, 120))

    def second_line(self, country: str) -> str:
        """A second address line, for one firm in eight."""
        lines = SECOND_LINES.get(COUNTRIES[country].language, ("B 2",))
        return self.rng.choice(lines) if self.rng.random() < 0.125 else ""

    def town(self, country: str) -> tuple[str, str]:
        """A town and one of its post codes."""
        city, post_code = self.rng.choice(COUNTRIES[country].towns)
        return city, drawn(self.rng, post_code)

    def _is_free(self, name: str) -> bool:
        if name.casefold() in self.given:
            return False
        self.claim(name)
        return True


def partner(register: Register, country: str, name: str = "") -> dict[str, str]:
    """What a customer and a vendor have in common: who they are, where, and how to reach them."""
    name = name or register.firm(country)
    city, post_code = register.town(country)
    return {
        "Name": name,
        "Address": register.street(country),
        "Address 2": register.second_line(country),
        "City": city,
        "Post Code": post_code,
        "Country/Region Code": country,
        "Phone No.": register.phone(country),
        "E-Mail": f"office@{domain(name)}",
        "VAT Registration No.": register.vat(country),
        "Currency Code": COUNTRIES[country].currency,
    }


def person(register: Register, country: str, firm: str = "") -> dict[str, str]:
    """A person one can write to, at a firm or on their own."""
    first, surname = register.person(country)
    address = ".".join("".join(plain(part).lower().split()) for part in (first, surname))
    at = domain(firm) if firm else "post.example"
    return {
        "Name": f"{first} {surname}",
        "Type": "Person",
        "First Name": first,
        "Surname": surname,
        "E-Mail": f"{address}@{at}",
        "Phone No.": register.phone(country),
        "Country/Region Code": country,
    }
