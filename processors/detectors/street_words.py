"""Words that end, open or follow German street names, and those that only look like streets."""

from ticketstream.processors.detectors.words import listed

STRONG = tuple(
    listed(
        "straße strasse str. str strase gasse allee chaussee twiete gässchen straat gracht laan "
        "kade strässle landstr weg steig stieg pfad damm ufer wall platz promenade graben "
        "stiege zeile kamp markt plein dijk"
    )
)
# these end a street's name too, but also many other words: only with a city behind, or when told
WEAK = tuple(
    listed(
        "ring hof berg feld park tor garten gärten höhe busch brücke anger winkel grund tal "
        "hang blick siedlung wiese wiesen rain bach eck hain kai steg acker hügel leite lohe "
        "redder reihe"
    )
)
ALONE = listed(
    "straße strasse str. str gasse allee chaussee weg platz damm ufer ring wall markt graben"
    " promenade pfad"
    " steig hof park tor kai"
)
NO_STREETS = listed(
    "umweg heimweg rückweg hinweg lieferweg arbeitsweg postweg rechtsweg fluchtweg arbeitsplatz"
    " parkplatz stellplatz sitzplatz bauplatz spielplatz marktplatz-angebot supermarkt baumarkt"
    " flohmarkt"
    " sitzplätze ersatzplatz unterweg keinesweg halbweg deutschlandweit standort lagerplatz"
    " schlafplatz"
    " esstisch-platz transportweg versandweg vertriebsweg zahlungsweg onlinemarkt marktplatz"
    " abstieg"
    " anstieg einstieg ausstieg umstieg kostenanstieg möbelmarkt fachmarkt stromdamm bildpfad"
    " dateipfad bundesstraße landesstraße kreisstraße erwägungsgrund spielstraße"
)
# words with a capital before a street that are none of it
NOT_OF_STREET = listed(
    "adresse anschrift lieferadresse rechnungsadresse wohnhaft bitte ich meine mein neue-adresse"
    " an nach"
    " lieferung versand straße/hausnummer wohne herr frau familie fam firma und in der die das"
    " hallo lieferort artikel modell paket rechnung bestellung teil gutschein"
    " jetzt neu sondern danke gmbh postanschrift hausnummer"
)
NO_TOWN = listed("und oder bitte aber mit für von euro stück the and please was ist ich wir")
# what streets begin with in the French and Italian parts of Switzerland
ROMANCE = listed(
    "Rue Avenue Chemin Route Place Quai Boulevard Via Viale Piazza Corso Vicolo Impasse Sentier"
)
# what stands between house number and postcode
EXTRA = (
    r"(?:Hinterhaus|Vorderhaus|Seitenflügel|Gartenhaus|HH|VH|SF|(?:[0-9]{1,2}\.|erster"
    r"|zweiter) ?(?:OG|Stock|Etage"
    r"|UG|St\.)|EG|DG|Top[ .]?[0-9]{1,3}|Stg\.? ?[0-9]{1,2}|Stiege ?[0-9]{1,2}|Tür ?[0-9]{1,3}"
    r"|Whg\.? ?(?:Nr\.? ?)?"
    r"[0-9]{1,3}|Wohnung ?[0-9A-Z]{1,3}|App(?:artement|\.)? ?[0-9]{1,3}|Apartment ?[0-9]{1,3}"
    r"|links|rechts|mitte"
    r"|(?:Haus|Gebäude|Block|Eingang) ?[A-Z0-9]{1,2}|Aufgang ?[A-Z0-9]{1,2}|Zimmer ?[0-9]{1,4}"
    r"|c/o [A-ZÄÖÜ][\w-]{1,20}(?: [A-ZÄÖÜ][\w-]{1,20})?)"
)
