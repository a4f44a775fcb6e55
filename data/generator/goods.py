"""What the demo companies buy and sell: chandlery, and what a hotel at a harbour needs."""

from typing import NamedTuple

from generator.tables import Record, dice, new


class Goods(NamedTuple):
    """A kind of goods: its name in three languages, its unit, tariff number, cost and weight."""

    english: str
    german: str
    french: str
    unit: str
    tariff: str
    cost: float
    weight: float
    sizes: tuple[str, ...]


ROPE = ("6 mm", "8 mm", "10 mm", "12 mm", "14 mm", "16 mm", "20 mm")
BORES = ("4 mm", "5 mm", "6 mm", "8 mm", "10 mm", "12 mm", "16 mm")
VOLUME = ("0.25 l", "0.5 l", "0.75 l", "1 l", "2.5 l", "5 l", "10 l")
AREAS = ("40x60 cm", "50x70 cm", "50x100 cm", "70x140 cm", "90x200 cm", "140x200 cm", "160x200 cm")
FINISHES = {
    "natural": ("natur", "naturel"),
    "white": ("weiß", "blanc"),
    "navy": ("marineblau", "bleu marine"),
    "grey": ("grau", "gris"),
}
LOCAL_FINISH = "rust red"
FINISHES_EVERYWHERE = FINISHES | {LOCAL_FINISH: ("rostrot", "rouge rouille")}
GOODS = (
    Goods("Polyester rope", "Polyestertau", "Cordage polyester", "M", "56075019", 0.9, 0.09, ROPE),
    Goods("Mooring line", "Festmacherleine", "Amarre", "M", "56075011", 1.6, 0.14, ROPE),
    Goods("Shackle", "Schäkel", "Manille", "PCS", "73269098", 2.4, 0.08, BORES),
    Goods("Snap hook", "Karabinerhaken", "Mousqueton", "PCS", "73269060", 3.1, 0.07, BORES),
    Goods("Turnbuckle", "Spannschraube", "Ridoir", "PCS", "73269092", 6.8, 0.25, BORES),
    Goods("Fender", "Fender", "Pare-battage", "PCS", "40169500", 14.0, 1.1, AREAS),
    Goods("Dinghy cover", "Bootsplane", "Taud", "PCS", "63061200", 42.0, 2.9, AREAS),
    Goods("Deck paint", "Deckfarbe", "Peinture de pont", "L", "32089091", 9.5, 1.2, VOLUME),
    Goods("Hull varnish", "Bootslack", "Vernis marin", "L", "32091000", 12.4, 1.1, VOLUME),
    Goods("Teak oil", "Teaköl", "Huile de teck", "L", "15159099", 8.2, 0.9, VOLUME),
    Goods("Bath towel", "Badetuch", "Drap de bain", "PCS", "63026000", 5.6, 0.5, AREAS),
    Goods("Table cloth", "Tischtuch", "Nappe", "PCS", "63025100", 7.9, 0.4, AREAS),
    Goods("Cabin blanket", "Kojendecke", "Plaid de cabine", "PCS", "63012090", 18.5, 1.4, AREAS),
    Goods("Door mat", "Fußmatte", "Paillasson", "PCS", "57050030", 11.3, 1.9, AREAS),
    Goods("Water jug", "Wasserkrug", "Carafe à eau", "PCS", "70134999", 4.4, 0.6, VOLUME),
    Goods("Enamel pot", "Emailletopf", "Marmite émaillée", "PCS", "73239400", 16.2, 1.5, VOLUME),
    Goods("Thermos flask", "Isolierkanne", "Bouteille iso", "PCS", "96170000", 9.9, 0.6, VOLUME),
    Goods("Soap dispenser", "Seifenspender", "Distributeur", "PCS", "84798997", 7.1, 0.4, VOLUME),
    Goods("Oak bracket", "Eichenkonsole", "Console en chêne", "PCS", "44219999", 5.2, 0.3, BORES),
    Goods("Brass hinge", "Messingscharnier", "Charnière", "SET", "83021000", 4.7, 0.2, BORES),
    Goods("Window seal", "Fensterdichtung", "Joint de hublot", "M", "40169300", 1.2, 0.05, BORES),
    Goods("Chain", "Kette", "Chaîne", "M", "73158200", 3.8, 0.4, BORES),
    Goods("Wire cable", "Drahtseil", "Câble inox", "M", "73121061", 2.2, 0.12, BORES),
    Goods("Net twine", "Netzgarn", "Fil à filet", "KG", "56074919", 6.3, 1.0, ROPE),
    Goods("Elastic cord", "Gummileine", "Sandow", "M", "56090000", 0.8, 0.04, ROPE),
    Goods("Canvas bag", "Segeltuchtasche", "Sac en toile", "PCS", "42029291", 12.8, 0.5, AREAS),
    Goods("Storage crate", "Staukiste", "Caisse", "PCS", "39231090", 8.8, 1.3, AREAS),
    Goods("Lantern glass", "Laternenglas", "Verre lanterne", "PCS", "94059190", 6.6, 0.4, VOLUME),
)  # fmt: skip
HOUSE = tuple(
    g for g in GOODS if g.english in ("Mooring line", "Bath towel", "Deck paint", "Chain")
)


def described(goods: Goods, size: str, finish: str) -> dict[str, str]:
    """The description in three languages."""
    german, french = FINISHES_EVERYWHERE[finish]
    return {
        "en": f"{goods.english}, {size}, {finish}",
        "de": f"{goods.german}, {size.replace('.', ',')}, {german}",
        "fr": f"{goods.french}, {size.replace('.', ',')}, {french}",
    }


def assortment() -> list[tuple[Goods, str, str]]:
    """Every kind of goods in every size and finish."""
    return [(g, size, finish) for g in GOODS for size in g.sizes for finish in FINISHES]


def local_assortment() -> list[tuple[Goods, str, str]]:
    """Goods in the finish only subsidiaries have, for items of their own."""
    return [(g, size, LOCAL_FINISH) for g in GOODS for size in g.sizes]


def item(number: str, what: tuple[Goods, str, str], language: str = "en") -> Record:
    """One item with its cost, price and weights; the vendor is still open."""
    goods, size, finish = what
    rng = dice(f"item {number}")
    cost = goods.cost * (1 + 0.35 * goods.sizes.index(size)) * rng.uniform(0.9, 1.15)
    net = goods.weight * (1 + 0.4 * goods.sizes.index(size))
    values = {
        "No.": number,
        "Description": described(goods, size, finish)[language],
        "Base Unit of Measure": goods.unit,
        "Unit Price": f"{cost * rng.uniform(1.4, 2.1):.2f}",
        "Unit Cost": f"{cost:.2f}",
        "Gross Weight": f"{net * 1.08:.3f}",
        "Net Weight": f"{net:.3f}",
        "Tariff No.": goods.tariff,
        "Blocked": "false",
    }
    return new("Item", values)


TRANSLATED = {described(*what)["en"]: described(*what) for what in assortment()}
