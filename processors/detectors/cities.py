"""Cities by country, for what a postcode alone cannot tell, and how a city is written."""

import re

GERMAN = """
berlin|hamburg|münchen|muenchen|köln|koeln|frankfurt|stuttgart|düsseldorf|duesseldorf|leipzig
dortmund|essen|bremen|dresden|hannover|nürnberg|nuernberg|duisburg|bochum|wuppertal|bielefeld
bonn|münster|muenster|mannheim|karlsruhe|augsburg|wiesbaden|mönchengladbach|gelsenkirchen|aachen
braunschweig|kiel|chemnitz|halle|magdeburg|freiburg|krefeld|mainz|lübeck|luebeck|erfurt
oberhausen|rostock|kassel|hagen|potsdam|saarbrücken|hamm|ludwigshafen|oldenburg|osnabrück
osnabrueck|leverkusen|heidelberg|darmstadt|solingen|regensburg|herne|paderborn|neuss|ingolstadt
offenbach|fürth|fuerth|ulm|würzburg|wuerzburg|heilbronn|pforzheim|wolfsburg|göttingen|goettingen
bottrop|reutlingen|koblenz|bremerhaven|recklinghausen|erlangen|remscheid|trier|jena|salzgitter
moers|siegen|hildesheim|cottbus|gütersloh|kaiserslautern|witten|hanau|schwerin|gera|esslingen
ludwigsburg|iserlohn|düren|tübingen|tuebingen|flensburg|zwickau|gießen|giessen|ratingen|lünen
konstanz|villingen-schwenningen|marburg|worms|minden|velbert|norderstedt|dessau|neumünster
bamberg|delmenhorst|viersen|dorsten|rheine|gladbeck|wilhelmshaven|bayreuth|castrop-rauxel
lüneburg|lueneburg|detmold|arnsberg|landshut|lüdenscheid|brandenburg|bocholt|aschaffenburg|celle
kempten|fulda|aalen|lippstadt|dinslaken|herford|rüsselsheim|neuwied|plauen|weimar|rosenheim
sindelfingen|friedrichshafen|offenburg|görlitz|stralsund|greifswald|göppingen|emden|passau|hameln
straubing|cuxhaven|stade|eisenach|wetzlar|ravensburg|goslar|pinneberg|itzehoe|husum|bautzen
meißen|freising|dachau|deggendorf|coburg|weiden|amberg|ansbach|schweinfurt|memmingen|kaufbeuren
lindau|singen|rastatt|baden-baden|speyer|landau|pirmasens|gotha|suhl|nordhausen|pirna|freiberg
döbeln|riesa|torgau|wittenberg|stendal|quedlinburg|wernigerode|neubrandenburg
""".strip()
AUSTRIAN = """
wien|graz|linz|salzburg|innsbruck|klagenfurt|villach|wels|dornbirn|steyr|feldkirch|bregenz
leonding|klosterneuburg|baden|wolfsberg|leoben|krems|traun|amstetten|kapfenberg|hallein|mödling
kufstein|traiskirchen|schwechat|braunau|stockerau|saalfelden|ansfelden|tulln|hohenems|spittal
telfs|ternitz|perchtoldsdorf|eisenstadt|bludenz|hall|schwaz|lienz|bruck|gmunden|vöcklabruck|ried
zwettl|horn|mistelbach|liezen|judenburg|knittelfeld
""".strip()
SWISS = """
zürich|zuerich|genf|genève|basel|lausanne|bern|winterthur|luzern|lugano|biel|thun|bellinzona
köniz|fribourg|schaffhausen|chur|vernier|uster|sion|neuchâtel|emmen|zug|yverdon|kriens|rapperswil
dübendorf|dietikon|montreux|frauenfeld|wetzikon|baar|wädenswil|horgen|carouge|kreuzlingen
wettingen|aarau|riehen|allschwil|renens|wil|nyon|bülach|reinach|kloten|baden|olten|solothurn
burgdorf|gossau|herisau|locarno|grenchen|glarus|davos|interlaken
""".strip()
ENGLISH = """
london|birmingham|manchester|leeds|liverpool|sheffield|bristol|newcastle|nottingham|leicester
coventry|bradford|cardiff|belfast|edinburgh|glasgow|aberdeen|dundee|swansea|newport
stoke-on-trent|wolverhampton|plymouth|derby|southampton|portsmouth|brighton|hull|reading
northampton|luton|bolton|bournemouth|norwich|swindon|oxford|cambridge|york|ipswich|peterborough
gloucester|exeter|cheltenham|bath|chester|worcester|lincoln|canterbury|durham|carlisle|lancaster
preston|blackpool|stockport|huddersfield|middlesbrough|sunderland|watford|guildford|woking
colchester|dublin|cork|galway|limerick|waterford|kilkenny|sligo|drogheda|dundalk|athlone|wexford
tralee|ennis|letterkenny|new york|brooklyn|los angeles|chicago|houston|phoenix|philadelphia
san antonio|san diego|dallas|austin|portland|boston|seattle|denver|atlanta|miami|detroit
minneapolis|cleveland|pittsburgh|baltimore|springfield|san francisco
""".strip()


def listed(cities: str) -> frozenset[str]:
    """The names of a list, in lower case."""
    return frozenset(cities.replace("\n", "|").split("|"))


OF_FIVE_DIGITS = listed(GERMAN)
OF_FOUR_DIGITS = listed(AUSTRIAN) | listed(SWISS)
SPEAKING_ENGLISH = listed(ENGLISH)
ANY = OF_FIVE_DIGITS | OF_FOUR_DIGITS | SPEAKING_ENGLISH

WORD = r"[A-ZÄÖÜÉÈ][^\W\d_]+(?:[-/'][^\W\d_]+){0,3}"
FIRST = (
    r"(?:Bad|Sankt|St\.|Markt|Groß|Klein|Alt|Neu|Ober|Unter|Hohen|Königs|Bergisch|Hessisch"
    r"|Schwäbisch|Porta"
    r"|Lutherstadt|Hansestadt|Den|La|Le|Les|Saint|Ste?\.|San|Santa|Wiener|Georgs|Deutsch|Maria)"
)
WATERS = (
    r"Main|Rhein|Neckar|Inn|Lech|Harz|Ybbs|Oder|Donau|Saale|Weser|Elbe|Ruhr|Lahn|Isar|Wald|Berg"
    r"|See|Mur|Enns"
    r"|Taunus|Breisgau|Allgäu|Odenwald|Schwarzwald|Vogtland|Weinstraße|Tauber|Höhe|Ems|Aller"
    r"|Steinfeld|Sand"
    r"|Pongau|Pinzgau|Kamp|Bodensee|[A-ZÄÖÜ][a-zäöü]{2,12}see|Albis"
)
# a city behind a postcode: `Bad Homburg v. d. Höhe`, `Frankfurt am Main`, `Halle (Saale)`
CITY = (
    rf"(?:{FIRST} )?{WORD}"
    rf"(?: ?(?:am|im|in|an der|in der|ob der|vor der|a\.|i\.|a\. ?d\.|i\. ?d\.|v\. ?d\."
    rf"|a/) ?(?:{WATERS})(?![^\W\d_])"
    r"|/[A-Z][^\W\d_]+| ?\([A-ZÄÖÜ][^\W\d_]{1,20}\.?\)| Wusterhausen| Gladbach| Gmünd| Hall"
    r"| Westfalica"
    r"| Neustadt| Enzersdorf| Oldendorf)?(?![^\W\d_])"
)
CITY_FOUND = re.compile(CITY)
