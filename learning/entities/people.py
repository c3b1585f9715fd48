"""Dice -> invented people: names of many origins, addresses as they are written, and the rest."""

import csv
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ticketstream.learning.entities.marked import UNSURE

HOME: Mapping[str, tuple[str, ...]] = {
    "de": ("de_DE", "de_DE", "de_DE", "de_AT", "de_CH"),
    "en": ("en_GB", "en_GB", "en_US", "en_IE", "en_AU"),
}
ABROAD = (
    *("tr_TR", "pl_PL", "fr_FR", "es_ES", "it_IT", "nl_NL", "hr_HR", "ro_RO", "en_IN", "cs_CZ"),
    *("pt_PT", "hu_HU", "sv_SE", "da_DK", "sq_AL", "lt_LT", "vi_VN", "fi_FI", "ga_IE", "yo_NG"),
)
# things called like people and places
THINGS = {
    "de": "Lampe Sofa Teppich Tisch Sessel Regal Bett Kommode Stehlampe Kissen Hocker Vase",
    "en": "lamp sofa rug table armchair shelf bed sideboard pendant cushion stool vase",
}
CALLED = (
    "Emma Anton Oskar Linnea Greta Paul Ida Theo Clara Hugo Frieda Bruno Nora Elias Martha "
    "Oslo Florence Bergen Milano Aurora Verona Malmö Lisbon Kyoto Hamburg Siena Vienna Nizza"
)
COMPANIES = ("GmbH", "Ltd", "AG", "& Co. KG", "Studio", "Hotel", "Gartenbau", "Interiors", "Praxis")
# streets as they are really called: Faker names most of them after people
STEMS = {
    "de": "Haupt Bahnhof Garten Schul Kirch Berg Linden Wald Wiesen Mühlen Dorf Markt Rosen Birken "
    "Eichen Schiller Goethe Mozart Park Sonnen Feld Ring Brunnen Kloster Hafen Ost West Kirschen "
    "Tannen Ziegelei Post Bach Römer Turm Weiher Schloss Fischer Gerber Bäcker Lerchen Amsel",
    "en": "Church High Station Mill Park Victoria Green Manor Kings Queens Bridge Orchard Chapel "
    "School Meadow Castle Brook Elm Oak Maple Willow Harbour Market North South West East Priory "
    "Albert Forge Tanner's Hill Quarry Abbey Grove Rose Cedar Beech Old London Rectory",
}
WAYS = {
    "de": "straße straße straße weg weg gasse allee platz ring ufer damm steig pfad",
    "en": "Road Street Lane Close Avenue Drive Terrace Mews Crescent Way Court Gardens Row Hill",
}
PLACES = ("Am {}", "An der {}", "Im {}", "Zum {}", "Auf dem {}", "Unter den {}", "Hinter der {}")
SPOTS = "Anger Mühle Grund Sportplatz Linden Kirche Winkel Bahndamm Rathaus Weinberg Bach Tor Hang"
FLATS = ("Flat {}, ", "Flat {} ", "Apt {}, ", "Unit {}, ", "{}A ", "The Coach House, ")


@dataclass(frozen=True, slots=True)
class World:
    """Where names and addresses come from; `apart` are names that must not be used."""

    faker: Mapping[str, Any]
    forenames: tuple[str, ...]
    surnames: tuple[str, ...]
    apart: frozenset[str]


def world(data: Path | None, apart: frozenset[str], seed: int) -> World:
    """Faker's name and address lists, and those of names_by_country where the sets are there."""
    from faker import Faker  # noqa: PLC0415  (the extra `train`)

    made = {}
    for locale in dict.fromkeys([*HOME["de"], *HOME["en"], *ABROAD]):
        made[locale] = Faker(locale, use_weighting=False)
        made[locale].seed_instance(seed)
    folder = data / "names_by_country" if data else None
    return World(
        made,
        _column(folder, "common-forenames-by-country.csv", apart),
        _column(folder, "common-surnames-by-country.csv", apart),
        apart,
    )


def slots(language: str, world: World, dice: random.Random) -> dict[str, tuple[str, str]]:
    """Value and kind of every slot, all of one invented person and their surroundings."""
    home = dice.choice(HOME[language])
    local = world.faker[home]
    first, last = _first(language, world, dice), _last(language, world, dice)
    street = _street(home, local, dice)
    city = str(local.city())
    placed = _placed(home, local, city)
    return {
        "person": (_whole(first, last, dice), "PERSON"),
        "first": (first, "PERSON"),
        "last": (last, "PERSON"),
        "address": (_one_line(street, placed, dice), "ADDRESS"),
        "address_lines": (f"{street}\n{placed}", "ADDRESS"),
        "street": (street, "ADDRESS"),
        "city": (city, UNSURE),  # a template does not say whether somebody lives there
        "postcode_city": (placed, "ADDRESS"),
        "company": (f"{last} {dice.choice(COMPANIES)}", ""),
        "phone": (local.phone_number(), "PHONE"),
        "email": (f"{first}.{last}@mail.example".lower().replace(" ", ""), "EMAIL"),
        "product": (_product(language, dice), ""),
        "price": (f"{dice.randrange(5, 900)},{dice.randrange(100):02} EUR", ""),
        "date": (local.date(pattern="%d.%m.%Y"), ""),
        "username": (f"{first}{dice.randrange(99)}".lower(), "USERNAME"),
        "plate": (f"{last[:2].upper()}-XY {dice.randrange(100, 999)}", "LICENSE_PLATE"),
        **_numbers(dice, home),
    }


def _numbers(dice: random.Random, home: str) -> dict[str, tuple[str, str]]:
    """What seeds hold as tokens: numbers of orders, invoices, parcels, customers and accounts."""
    return {
        "order": (f"KB-{dice.randrange(10**7):07}", "ORDER"),
        "invoice": (f"RE-2026-{dice.randrange(10**6):06}", "INVOICE"),
        "customer": (f"K-{dice.randrange(10**6):06}", "CUSTOMER"),
        "tracking": (f"00340434{dice.randrange(10**12):012}", "TRACKING"),
        "iban": (f"{home[-2:]}{dice.randrange(10, 99)} {dice.randrange(10**16):016}", "IBAN"),
        "tax": (f"{home[-2:]}{dice.randrange(10**9):09}", "TAX_ID"),
    }


def _product(language: str, dice: random.Random) -> str:
    thing, name = dice.choice(THINGS[language].split()), dice.choice(CALLED.split())
    forms = (f"{thing} {name}", f'{thing} "{name}"', f"{name}-{thing}", name)
    return dice.choice((*forms, f"{name[:3].upper()}-{dice.randrange(100, 999)}-BK"))


def _first(language: str, world: World, dice: random.Random) -> str:
    return _fresh(world, lambda: _name(language, world, dice, "first_name", world.forenames))


def _last(language: str, world: World, dice: random.Random) -> str:
    name = _fresh(world, lambda: _name(language, world, dice, "last_name", world.surnames))
    if dice.random() < 0.06:
        return f"{name}-{_name(language, world, dice, 'last_name', world.surnames)}"
    if dice.random() < 0.05:
        return f"{dice.choice(('von', 'van der', 'de', 'zu', 'el', 'al', 'Mc', 'Di', 'da'))} {name}"
    return name


def _name(
    language: str, world: World, dice: random.Random, part: str, listed: tuple[str, ...]
) -> str:
    fate = dice.random()
    if fate < 0.3 and listed:
        return dice.choice(listed)
    locale = dice.choice(HOME[language]) if fate < 0.75 else dice.choice(ABROAD)
    name: str = getattr(world.faker[locale], part)()
    return name


def _fresh(world: World, make: Callable[[], str]) -> str:
    """A name that is not to be kept apart, and is written in Latin letters."""
    while True:
        name = make()
        if name.lower() not in world.apart and name.isascii() | _is_latin(name):
            return name


def _is_latin(name: str) -> bool:
    return all(ord(c) < 0x250 or 0x1E00 <= ord(c) < 0x1F00 for c in name)


def _whole(first: str, last: str, dice: random.Random) -> str:
    forms = (
        f"{first} {last}",
        f"{first} {last}",
        f"{first} {last}",
        f"{first} {last}",
        f"{first[0]}. {last}",
        f"{last}, {first}",
        f"{first} {dice.choice('ABDEFGHJKLMRST')}. {last}",
        f"{first.upper()} {last.upper()}",
    )
    return dice.choice(forms)


def _street(home: str, local: Any, dice: random.Random) -> str:
    street = str(local.street_address()).replace("\n", ", ")
    if not home.startswith("de"):
        return _english(dice) if dice.random() < 0.5 else street
    street = _german(dice) if dice.random() < 0.5 else street
    street = street.replace("/", " ") if dice.random() < 0.3 else street
    fate = dice.random()
    if fate < 0.25:
        street = street.replace("straße", "str.").replace("Straße", "Str.")
    elif fate < 0.35:
        street = street.replace("straße", "strasse").replace("Straße", "Strasse")
    if dice.random() < 0.12:
        street += dice.choice(("a", " b", ", 2. OG", ", Hinterhaus", " c/o Lager", "/3/12"))
    if dice.random() < 0.05:
        street = f"Packstation {dice.randrange(100, 999)}"
    return street


def _german(dice: random.Random) -> str:
    number = dice.randrange(1, 200)
    if dice.random() < 0.25:
        return f"{dice.choice(PLACES).format(dice.choice(SPOTS.split()))} {number}"
    return f"{dice.choice(STEMS['de'].split())}{dice.choice(WAYS['de'].split())} {number}"


def _english(dice: random.Random) -> str:
    flat = dice.choice(FLATS).format(dice.randrange(1, 40)) if dice.random() < 0.3 else ""
    stem, way = dice.choice(STEMS["en"].split()), dice.choice(WAYS["en"].split())
    return f"{flat}{dice.randrange(1, 240)} {stem} {way}"


def _placed(home: str, local: Any, city: str) -> str:
    code = str(local.postcode())
    if home.startswith("de"):
        return f"{code} {city}"
    if home in {"en_US", "en_AU"}:
        return f"{city}, {local.state_abbr()} {code}"
    return f"{city} {code}"


def _one_line(street: str, placed: str, dice: random.Random) -> str:
    return f"{street}{dice.choice((', ', ', ', ' ', ' in '))}{placed}"


def _column(folder: Path | None, name: str, apart: frozenset[str]) -> tuple[str, ...]:
    if folder is None:
        return ()
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        names = {row["Romanized Name"].strip().title() for row in csv.DictReader(file)}
    return tuple(sorted(n for n in names if n and n.lower() not in apart and _is_latin(n)))
