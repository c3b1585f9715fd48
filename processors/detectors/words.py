"""Words of a text and of a name, folded so that every spelling of a name is the same."""

import re
import unicodedata

WORD = re.compile(r"[^\W\d_]+(?:[\u0300-\u036f]+[^\W\d_]*)*")


def listed(words: str) -> frozenset[str]:
    """The words of a list that is written as one text."""
    return frozenset(words.split())


# not names by themselves, but part of one between two of its words
PARTICLES = listed(
    "von van vom zu zum zur der den de del della di da dos du la le los las und y e ten "
    "ter bin ibn al el of the and"
)
TITLES = listed(
    "dr prof mr mrs ms miss mx sir herr frau fraulein dipl ing med mag msc bsc ba ma "
    "phd jr sr gmbh ag kg ug ohg co ltd llc inc bv nv gbr mail email info kontakt "
    "contact support service customer kunde user guest gast visitor besucher agent team "
    "hello hallo office shop admin noreply reply anonymous unknown familie family fam"
)
# names that are everyday words too: alone they count only where a name stands (see `known.py`)
COMMON = listed(
    "will may mark bill grant hope joy faith frank earnest rich art rob pat drew chase "
    "price cash bond sales page read day days green brown white black gray grey gold "
    "golden silver young old long short small little large big best good sharp strong "
    "swift wise new real true love early late see low high can sue lange lang kurz "
    "klein kleine gross grosse grosser alt neu jung weiss schwarz braun grun rot blau "
    "roth gut gute bose stark schnell klug lieb liebe lieber frei sauer suss reich arm "
    "fromm ernst wahr recht ganz noch wohl gern sehr viel mehr nun bald english french "
    "german holland west north east south"
)
# the same, but things that a shop sells or a calendar holds: a capital proves nothing in German
THINGS = listed(
    "rose lily daisy iris ruby amber crystal summer autumn winter april june august "
    "birch oak stone wood table chair kitchen garden house box case lamp light lights "
    "bell book key keys card order parcel stein lampe tisch stuhl bank licht stern koch kuche "
    "garten haus brief paket post bote brot mai januar sommer herbst fruhling sonntag "
    "montag freitag samstag holz eiche birke glas topf messer regal schrank rechnung "
    "bestellung geld euro"
)


def fold(word: str) -> str:
    """A word without case, accents and umlaut spelling: Müller, MUELLER and Muller are one."""
    if word.isascii():
        plain = word.lower()
    else:
        parts = unicodedata.normalize("NFKD", word.casefold())
        plain = "".join(c for c in parts if not unicodedata.combining(c))
    if "e" in plain:
        plain = plain.replace("ae", "a").replace("oe", "o").replace("ue", "u")
    return plain


def words_of(text: str) -> list[str]:
    """The folded words of a name."""
    return [fold(w) for w in WORD.findall(text)]
