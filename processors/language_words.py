"""The words and endings by which a language is known; a word in several lists proves less."""

from collections import Counter
from collections.abc import Mapping


def listed(words: str) -> frozenset[str]:
    """The words of a list that is written as one text."""
    return frozenset(words.split())


WORDS: Mapping[str, frozenset[str]] = {
    "en": listed(
        "the a an and or but if of to in on at by for from with without about into over "
        "after before since is are was were be been being am do does did done don't doesn't "
        "didn't can can't cannot could couldn't would wouldn't should will won't shall may "
        "might must have has had haven't having get got gets i i'm i've i'd i'll me my mine "
        "you you're your yours he she it it's its we we've our us they them their this that "
        "that's these those there here what what's when where where's which who why how not "
        "no yes any some more most much many just only also too very still yet again "
        "already now today tomorrow please thanks thank hi hello hey dear regards sincerely "
        "sorry cheers order ordered orders delivery delivered deliver package parcel "
        "shipment shipping tracking refund refunded return returned money back invoice "
        "payment paid pay charged broken damaged faulty missing wrong item items received "
        "arrived cancel cancelled canceled change address password login discount voucher "
        "price size colour color help need want know like waiting weeks days week day month "
        "still never customer phone number card exchange replacement cannot tell make new "
        "so up out as than then all every because let give show set play find one other "
        "worst best good bad great awful working work works does anyone somebody something "
        "nothing reply question complaint urgent asap information details send sent "
        "available chair table lamp kettle tent"
    ),
    "de": listed(
        "der die das den dem des ein eine einen einem einer eines und oder aber wenn weil "
        "dass daß denn ob als in im an am auf aus bei beim mit nach von vom vor zu zum zur "
        "für fuer über ueber unter ohne um durch gegen seit bis ist sind war waren bin bist "
        "sein wird werden wurde wurden worden hat habe haben hatte hatten hätte kann können "
        "koennen konnte könnte könnten möchte moechte will muss muß müssen soll sollte darf "
        "würde würden ich du er sie es wir ihr mich mir dich dir uns euch ihnen ihm ihn "
        "mein meine meinen meinem meiner dein deine ihre ihren ihrem ihrer unser unsere "
        "kein keine keinen nicht nichts noch nur auch schon sehr mehr doch immer wieder "
        "jetzt heute gestern morgen hier da dort was wer wie wo wann warum wieso welche "
        "welcher welches diese dieser dieses diesen jede jeder jedes alle alles etwas man "
        "mal bitte danke dank hallo guten tag liebe lieber sehr geehrte damen herren grüße "
        "gruß gruss grüßen freundlichen vielen mfg lg vg moin servus bestellung bestellt "
        "bestellen lieferung geliefert liefern lieferzeit paket sendung versand versandt "
        "rechnung zahlung bezahlt bezahlen geld zurück zurückgeben rückgabe retoure "
        "rücksendung erstattung erstatten umtausch umtauschen kaputt defekt beschädigt "
        "falsch falsche falschen fehlt artikel ware stornieren storno storniert kündigen "
        "widerruf widerrufen reklamation adresse anschrift konto passwort gutschein rabatt "
        "preis größe farbe hilfe frage angekommen erhalten bekommen warte gewartet wochen "
        "tage tagen woche kundenservice kundennummer nummer lampe tisch stuhl leider gerne "
        "gern trotzdem dringend sofort endlich funktioniert geht gibt gebe machen mache "
        "sagen ja nein so und dann zwei drei wecke stelle spiele spiel mach erzähl zeig "
        "zeige welchen meines licht musik uhr termin"
    ),
    "nl": listed(
        "de het een en of maar van voor met naar bij uit aan op in is zijn was waren ben "
        "heb hebt heeft hebben had kan kunnen wil willen zou moet wordt worden ik jij je u "
        "hij zij ze wij we mij mijn uw jullie ons onze niet geen nog ook al wel dat dit die "
        "deze er hier daar wat wie waar wanneer waarom hoe als dan om te tot door over "
        "bedankt dank alstublieft hallo goedendag beste groet groeten vriendelijke "
        "bestelling besteld geleverd levering pakket retour terug geld factuur betaald "
        "kapot verkeerd artikel ontvangen graag wachten weken dagen naam nummer"
    ),
    "fr": listed(
        "le la les un une des du de et ou mais que qui quoi dont où à au aux en dans sur "
        "sous avec sans pour par chez est sont était suis êtes être ai as a avons avez ont "
        "avoir fait peux peut pouvez voudrais veux je j'ai tu il elle nous vous ils elles "
        "mon ma mes votre vos notre nos ce cette ces c'est ne pas plus n'est n'ai jamais "
        "rien encore très bien quand comment pourquoi bonjour bonsoir merci cordialement "
        "s'il plaît madame monsieur commande commandé livraison livré colis remboursement "
        "retour facture paiement article cassé reçu attends jours semaines toujours aide "
        "numéro"
    ),
    "es": listed(
        "el la los las un una unos unas de del y o pero que quien cuando donde dónde cómo "
        "por para con sin en a al es son era está están estoy soy ser estar he ha han hay "
        "tengo tiene puedo puede quiero quisiera yo tú usted nosotros ellos me mi mis su "
        "sus nuestro esto este esta ese esa no sí más muy ya todavía aún nunca nada hola "
        "buenos días gracias saludos señor señora pedido paquete entrega envío devolución "
        "reembolso factura pago artículo roto recibido dinero espero semanas ayuda número"
    ),
    "it": listed(
        "il lo la i gli le un uno una di del della dei delle e o ma che chi quando dove "
        "come perché per con senza in a al alla da dal su sul è sono era ho hai ha abbiamo "
        "avete hanno essere avere posso può vorrei voglio io tu lei noi voi mi mio mia miei "
        "vostro vostra questo questa quello non più molto ancora già mai niente ciao "
        "buongiorno salve grazie saluti cordiali ordine pacco consegna spedizione reso "
        "rimborso fattura pagamento articolo rotto ricevuto soldi aspetto settimane giorni "
        "aiuto numero"
    ),
    "pl": listed(
        "i w na z do nie się jest są to że co jak gdzie kiedy dlaczego czy ale lub oraz dla "
        "od po przez przy bez mam masz ma mamy jestem był była było być mogę może chcę "
        "proszę dziękuję dzień dobry witam pozdrawiam moje mój moja mi mnie państwo "
        "zamówienie paczka przesyłka dostawa zwrot pieniądze faktura płatność jeszcze już "
        "tylko bardzo dni tygodni pomoc numer"
    ),
}
# endings of words that stand in no list; each proves half as much as a word
ENDINGS: Mapping[str, tuple[str, ...]] = {
    "en": ("ing", "ness", "ful", "ough", "ight", "ly", "tion", "sh", "'s", "n't", "ck"),
    "de": (
        "ung",
        "ungen",
        "keit",
        "heit",
        "lich",
        "liche",
        "lichen",
        "isch",
        "ische",
        "chen",
        "schaft",
        "ieren",
        "iert",
        "tz",
    ),
    "nl": ("ij", "lijk", "lijke", "heid", "aar", "oek", "uur", "tje"),
    "fr": ("eux", "euse", "eau", "aux", "ement", "ée", "ées", "ez", "ais", "ait"),
    "es": ("ción", "dad", "ido", "ado", "ando", "iendo", "mente"),
    "it": ("zione", "zioni", "tà", "ato", "ata", "mente", "ello"),
    "pl": ("owa", "owy", "ych", "ego", "ów", "ość", "ach", "ami"),
}
# sequences inside such words, in the two languages that count most here
PIECES: Mapping[str, tuple[str, ...]] = {
    "en": ("th", "wh", "oo", "ee", "ea", "ow", "ay", "oa", "qu", "ys", "cc", "ue"),
    "de": ("sch", "ei", "cht", "tz", "pf", "zu", "ge", "ver", "aue", "hn", "hl", "nk", "fr", "ie"),
}
LETTERS: Mapping[str, str] = {
    letter: code
    for code, letters in (
        ("de", "ßäöü"),
        ("es", "ñ¿"),
        ("fr", "çœê"),
        ("pl", "łąęśżźćń"),
        ("it", "òù"),
    )
    for letter in letters
}
SCRIPTS = (
    ("\u3040", "\u30ff", "ja"),
    ("\uac00", "\ud7af", "ko"),
    ("\u4e00", "\u9fff", "zh"),
    ("\u0370", "\u03ff", "el"),
    ("\u0590", "\u05ff", "he"),
    ("\u0600", "\u06ff", "ar"),
    ("\u0400", "\u04ff", "ru"),
)
SHARED = Counter(word for words in WORDS.values() for word in words)
EVIDENCE: Mapping[str, tuple[tuple[str, float], ...]] = {
    word: tuple((code, 1.0 / SHARED[word] ** 1.5) for code in WORDS if word in WORDS[code])
    for word in SHARED
}
