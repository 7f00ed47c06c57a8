"""Names of countries, of their larger parts, and of cities that go by several names. Only tables.

Knows what a name means, never where a town lies: a name that is not here has no meaning here.
Countries are those of ISO 3166 with their two-letter codes.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

# One entry a country: its code, then every name; names of up to three capitals are codes.
_COUNTRIES: Final = """
AD Andorra; AE United Arab Emirates|ARE|UAE|U.A.E.|Emirates; AF Afghanistan; AG Antigua and
Barbuda; AI Anguilla; AL Albania; AM Armenia|ARM; AO Angola; AQ Antarctica; AR
Argentina|ARG|Argentinien; AS American Samoa; AT Austria|AUT|Österreich|Autriche; AU
Australia|AUS|Australien|Australie; AW Aruba; AX Åland Islands; AZ Azerbaijan|AZE; BA Bosnia
and Herzegovina|Bosnia; BB Barbados; BD Bangladesh|BGD; BE
Belgium|BEL|België|Belgique|Belgien; BF Burkina Faso; BG Bulgaria|BGR|България; BH
Bahrain|BHR; BI Burundi; BJ Benin; BL St Barthelemy; BM Bermuda; BN Brunei|Brunei
Darussalam; BO Bolivia|BOL; BQ Caribbean Netherlands; BR Brazil|BRA|Brasil|Brasilien|Brésil;
BS Bahamas|The Bahamas; BT Bhutan; BV Bouvet Island; BW Botswana; BY Belarus|BLR; BZ Belize;
CA Canada|CAN|Kanada|Canadá; CC Cocos Islands; CD Democratic Republic of the Congo|DRC|DR
Congo; CF Central African Republic; CG Republic of the Congo|Congo; CH
Switzerland|CHE|Schweiz|Suisse|Svizzera|Suiza; CI Côte d'Ivoire|Ivory Coast; CK Cook
Islands; CL Chile|CHL; CM Cameroon; CN China|CHN|P.R. China|PRC|中国|Mainland China; CO
Colombia|COL; CR Costa Rica|CRI; CU Cuba; CV Cape Verde|Cabo Verde; CW Curaçao; CX Christmas
Island; CY Cyprus|CYP; CZ Czech Republic|CZE|Czechia|Česko|Česká republika|Tschechien; DE
Germany|DEU|Deutschland|Allemagne|Alemania|Germania|Duitsland|Alemanha|Niemcy; DJ Djibouti;
DK Denmark|DNK|Danmark|Dänemark|Danemark; DM Dominica; DO Dominican Republic|DOM|República
Dominicana; DZ Algeria|DZA|Algérie; EC Ecuador|ECU; EE Estonia|EST|Eesti; EG Egypt|EGY; EH
Western Sahara; ER Eritrea; ES
Spain|ESP|España|Spanien|Espagne|Espanya|Spagna|Espanha|Spanje; ET Ethiopia|ETH; FI
Finland|FIN|Suomi|Finnland|Finlande; FJ Fiji; FK Falkland Islands; FM Micronesia; FO Faroe
Islands; FR France|FRA|Frankreich|Francia|França|Frankrijk; GA Gabon; GB United
Kingdom|GBR|UK|U.K.|Great Britain|Britain|G.B.|United Kingdom of Great Britain and Northern
Ireland|Vereinigtes Königreich|Großbritannien|Royaume-Uni|Reino Unido|Regno Unito; GD
Grenada; GE Georgia|GEO|Republic of Georgia; GF French Guiana; GG Guernsey; GH Ghana|GHA; GI
Gibraltar; GL Greenland; GM Gambia|The Gambia; GN Guinea; GP Guadeloupe; GQ Equatorial
Guinea; GR Greece|GRC|Griechenland|Hellas; GS South Georgia and the South Sandwich Islands;
GT Guatemala|GTM; GU Guam; GW Guinea-Bissau; GY Guyana; HK Hong Kong|HKG|Hong Kong SAR|香港;
HM Heard Island and McDonald Islands; HN Honduras; HR Croatia|HRV|Hrvatska; HT Haiti; HU
Hungary|HUN|Magyarország|Ungarn; ID Indonesia|IDN; IE Ireland|IRL|Republic of
Ireland|Éire|Irland|Irlande; IL Israel|ISR|ישראל; IM Isle of Man; IN
India|IND|Indien|Inde|Bharat; IO British Indian Ocean Territory; IQ Iraq; IR Iran|Islamic
Republic of Iran; IS Iceland|ISL|Ísland; IT Italy|ITA|Italia|Italien|Italie|Itália; JE
Jersey; JM Jamaica; JO Jordan|JOR; JP Japan|JPN|日本|Japon; KE Kenya|KEN; KG Kyrgyzstan; KH
Cambodia|KHM; KI Kiribati; KM Comoros; KN St Kitts and Nevis|Saint Kitts and Nevis|St. Kitts
and Nevis; KP North Korea; KR KOR|South Korea|Republic of Korea|Korea|대한민국|한국; KW
Kuwait|KWT; KY Cayman Islands|CYM; KZ Kazakhstan|KAZ; LA Laos|Lao; LB Lebanon|LBN; LC St
Lucia|Saint Lucia; LI Liechtenstein; LK Sri Lanka|LKA; LR Liberia; LS Lesotho; LT
Lithuania|LTU|Lietuva; LU Luxembourg|LUX|Luxemburg; LV Latvia|LVA|Latvija; LY Libya; MA
Morocco|MAR|Maroc; MC Monaco; MD Moldova|Republic of Moldova; ME Montenegro; MF Saint
Martin; MG Madagascar; MH Marshall Islands; MK North Macedonia|Macedonia; ML Mali; MM
Myanmar|Burma; MN Mongolia; MO Macau|Macao|Macau SAR; MP Northern Mariana Islands; MQ
Martinique; MR Mauritania; MS Montserrat; MT Malta|MLT; MU Mauritius|MUS; MV Maldives; MW
Malawi; MX Mexico|MEX|México|Mexiko|Mexique; MY Malaysia|MYS; MZ Mozambique; NA Namibia; NC
New Caledonia; NE Niger; NF Norfolk Island; NG Nigeria|NGA; NI Nicaragua; NL
Netherlands|NLD|The Netherlands|Nederland|Holland|Niederlande|Pays-Bas|Países Bajos; NO
Norway|NOR|Norge|Norwegen; NP Nepal|NPL; NR Nauru; NU Niue; NZ New Zealand|NZL|Aotearoa; OM
Oman|OMN; PA Panama|PAN|Panamá; PE Peru|PER|Perú; PF French Polynesia; PG Papua New Guinea;
PH Philippines|PHL|The Philippines; PK Pakistan|PAK; PL Poland|POL|Polska|Polen|Pologne; PM
St Pierre and Miquelon; PN Pitcairn; PR Puerto Rico|PRI; PS Palestine|Palestinian
Territories; PT Portugal|PRT|Portogallo; PW Palau; PY Paraguay|PRY; QA Qatar|QAT; RE
Réunion; RO Romania|ROU|România|Rumänien; RS Serbia|SRB|Srbija; RU Russia|RUS|Russian
Federation|Россия; RW Rwanda|RWA; SA Saudi Arabia|SAU|KSA|Kingdom of Saudi Arabia; SB
Solomon Islands; SC Seychelles; SD Sudan; SE Sweden|SWE|Sverige|Schweden|Suède; SG
Singapore|SGP|Singapur|Singapour; SH St Helena; SI Slovenia|SVN|Slovenija; SJ Svalbard and
Jan Mayen; SK Slovakia|SVK|Slovensko|Slovak Republic; SL Sierra Leone; SM San Marino; SN
Senegal; SO Somalia; SR Suriname; SS South Sudan; ST Sao Tome and Principe|São Tomé and
Príncipe; SV El Salvador; SX Sint Maarten; SY Syria|Syrian Arab Republic; SZ
Eswatini|Swaziland; TC Turks and Caicos; TD Chad; TF French Southern Territories; TG Togo;
TH Thailand|THA; TJ Tajikistan; TK Tokelau; TL East Timor|Timor-Leste; TM Turkmenistan; TN
Tunisia|TUN|Tunisie; TO Tonga; TR Turkey|TUR|Türkiye|Türkei|Turquie; TT Trinidad and Tobago;
TV Tuvalu; TW Taiwan|TWN|Taiwan ROC|台灣|台湾; TZ Tanzania|TZA; UA Ukraine|UKR|Україна|Ukraina; UG
Uganda|UGA; UM US minor outlying islands; US United States|USA|U.S.A.|U.S.|United States of
America|America|Estados Unidos|États-Unis|Vereinigte Staaten|EE.UU.|Stati Uniti|Verenigde
Staten|United States (USA); UY Uruguay|URY; UZ Uzbekistan|UZB; VA Vatican City|Holy See; VC
Saint Vincent and the Grenadines; VE Venezuela|VEN; VG British Virgin Islands; VI US Virgin
Islands|U.S. Virgin Islands; VN Vietnam|VNM|Viet Nam; VU Vanuatu; WF Wallis and Futuna; WS
Samoa; YE Yemen; YT Mayotte; ZA South Africa|ZAF|RSA|Republic of South Africa|Südafrika; ZM
Zambia; ZW Zimbabwe
"""
# Parts of countries whose short forms stand on labels.
_REGIONS: Final = {
    "US": """AL Alabama; AK Alaska; AZ Arizona; AR Arkansas; CA California|Calif.; CO Colorado;
CT Connecticut; DE Delaware; DC District of Columbia|D.C.; FL Florida; GA Georgia; HI Hawaii;
ID Idaho; IL Illinois; IN Indiana; IA Iowa; KS Kansas; KY Kentucky; LA Louisiana; ME Maine;
MD Maryland; MA Massachusetts|Mass.; MI Michigan; MN Minnesota; MS Mississippi; MO Missouri;
MT Montana; NE Nebraska; NV Nevada; NH New Hampshire; NJ New Jersey; NM New Mexico;
NY New York|New York State; NC North Carolina; ND North Dakota; OH Ohio; OK Oklahoma; OR Oregon;
PA Pennsylvania; RI Rhode Island; SC South Carolina; SD South Dakota; TN Tennessee; TX Texas;
UT Utah; VT Vermont; VA Virginia; WA Washington|Washington State; WV West Virginia; WI Wisconsin;
WY Wyoming""",
    "CA": """AB Alberta; BC British Columbia; MB Manitoba; NB New Brunswick;
NL Newfoundland and Labrador; NS Nova Scotia; NT Northwest Territories; NU Nunavut; ON Ontario;
PE Prince Edward Island; QC Quebec|Québec; SK Saskatchewan; YT Yukon""",
    "AU": """ACT Australian Capital Territory; NSW New South Wales; NT Northern Territory;
QLD Queensland; SA South Australia; TAS Tasmania; VIC Victoria; WA Western Australia""",
    "DE": """BW Baden-Württemberg; BY Bavaria|Bayern; BB Brandenburg; HE Hesse|Hessen;
MV Mecklenburg-Vorpommern; NI Lower Saxony|Niedersachsen;
NRW North Rhine-Westphalia|Nordrhein-Westfalen; RP Rhineland-Palatinate|Rheinland-Pfalz;
SL Saarland; SN Saxony|Sachsen; ST Saxony-Anhalt|Sachsen-Anhalt; SH Schleswig-Holstein;
TH Thuringia|Thüringen""",
    "GB": "ENG England; SCT Scotland; WLS Wales; NIR Northern Ireland",
}
# Wider than a country; nobody lives in a town of that name.
_WIDE: Final = """EMEA|APAC|LATAM|DACH|Americas|Europe|EU|European Union|Asia|Africa|Oceania|Benelux
|North America|South America|Latin America|Central Europe|Eastern Europe|Western Europe|Nordics
|Middle East|Asia Pacific|APJ|MENA|ANZ|GCC|Scandinavia|Baltics|Southeast Asia"""
# The names of one city; where the first short names leave no doubt, with its region and country.
_CITIES: Final = """
New York, NY, US=NYC|New York City|New York, NYC|NYC Metro; San Francisco, CA, US=SF|San Fran; Los
Angeles, CA, US=L.A.; Washington, DC, US=DC|D.C.; Philadelphia=Philly; Saint Louis=St. Louis; Fort
Collins=Ft. Collins; Saint Paul=St. Paul; Zurich=Zürich|Zuerich; Munich=München|Muenchen;
Vienna=Wien; Cologne=Köln|Koeln; Nuremberg=Nürnberg; Geneva=Genève|Genf|Ginevra; Bern=Berne;
Basel=Bâle|Basle; Lucerne=Luzern; Frankfurt=Frankfurt am Main|Frankfurt/Main|Frankfurt
a.M.|Frankfurt a. M.; Hanover=Hannover; Dusseldorf=Düsseldorf|Duesseldorf; Bangalore=Bengaluru;
Mumbai=Bombay; Chennai=Madras; Kolkata=Calcutta; Gurgaon=Gurugram; Delhi=New Delhi; Prague=Praha;
Warsaw=Warszawa; Krakow=Kraków|Cracow; Wroclaw=Wrocław|Breslau; Gdansk=Gdańsk; Lisbon=Lisboa;
Porto=Oporto; Copenhagen=København|Kobenhavn; Gothenburg=Göteborg; Bucharest=București;
Milan=Milano; Rome=Roma; Turin=Torino; Florence=Firenze; Venice=Venezia; Naples=Napoli;
Genoa=Genova; Brussels=Bruxelles|Brussel; Antwerp=Antwerpen|Anvers; Ghent=Gent|Gand; The Hague=Den
Haag|'s-Gravenhage; Seville=Sevilla; Athens=Athina; Belgrade=Beograd; Moscow=Moskva|Москва;
Kyiv=Kiev|Київ; Lviv=Lvov; Helsinki=Helsingfors; Luxembourg=Luxemburg; Strasbourg=Straßburg;
Mexico City=Ciudad de México|CDMX; Tel Aviv=Tel Aviv-Yafo|Tel-Aviv; Cape Town=Capetown|Kaapstad;
Ho Chi Minh City=Saigon|HCMC; Beijing=Peking|北京; Shanghai=Shanghai Shi|上海; Tokyo=東京|Tōkyō;
Seoul=서울; Montreal=Montréal; Hong Kong=香港; Singapore=新加坡; Quebec City=Ville de Québec
"""
# Cities far from the state whose letters their country's code shares: "Berlin, DE" is no Delaware.
_ABROAD: Final = {
    "CA": "Toronto|Montreal|Vancouver|Ottawa|Calgary|Edmonton|Winnipeg|Quebec City|Mississauga"
    "|Waterloo",
    "DE": "Berlin|Hamburg|Munich|Cologne|Frankfurt|Stuttgart|Dusseldorf|Leipzig|Dresden|Nuremberg"
    "|Bremen|Hanover|Essen|Dortmund|Bonn|Karlsruhe|Mannheim|Heidelberg|Potsdam|Augsburg|Aachen",
    "IN": "Bangalore|Mumbai|Delhi|Hyderabad|Pune|Chennai|Gurgaon|Noida|Kolkata|Ahmedabad|Kochi"
    "|Jaipur",
    "IL": "Tel Aviv|Jerusalem|Haifa|Herzliya|Ramat Gan|Petah Tikva|Netanya|Beer Sheva",
    "CO": "Bogota|Medellin|Cali|Barranquilla",
    "AR": "Buenos Aires|Cordoba|Rosario",
    "NL": "Amsterdam|Rotterdam|Utrecht|The Hague|Eindhoven|Delft|Groningen|Leiden",
    "ID": "Jakarta|Bandung|Surabaya|Bali",
    "MA": "Casablanca|Rabat|Marrakech|Tangier",
    "SK": "Bratislava|Kosice",
    "MT": "Valletta|Sliema|St Julians|Birkirkara",
    "GE": "Tbilisi|Batumi|Kutaisi",
    "AL": "Tirana", "AZ": "Baku", "MD": "Chisinau", "MN": "Ulaanbaatar", "PA": "Panama City|Panama",
    "TN": "Tunis|Sousse", "KY": "George Town", "GA": "Libreville", "ME": "Podgorica", "PE": "Lima",
}  # fmt: skip
# Large cities that labels list one after another: "London, Paris, Berlin".
_LARGE: Final = """
London|Paris|New York|Washington|Madrid|Barcelona|Dublin|Manchester|Edinburgh|Zurich|Geneva
|Vienna|Prague|Warsaw|Krakow|Lisbon|Copenhagen|Stockholm|Oslo|Helsinki|Milan|Rome|Brussels
|Budapest|Bucharest|Sofia|Athens|Istanbul|Kyiv|Belgrade|Zagreb|Tallinn|Riga|Vilnius|Dubai
|Tokyo|Osaka|Seoul|Beijing|Shanghai|Shenzhen|Taipei|Sydney|Melbourne|Brisbane|Auckland
|Cape Town|Johannesburg|Nairobi|Lagos|Cairo|Sao Paulo|Mexico City|Boston|Chicago|Seattle
|San Francisco|Los Angeles|Austin|Dallas|Houston|Atlanta|Denver|Miami|Philadelphia|Phoenix
|San Diego|Portland|Palo Alto|Columbus
"""
# The names of cities that begin with a state's, seen from behind the state's name.
CITY_TAILS: Final = frozenset(
    {"beach", "city", "falls", "springs", "court", "heights", "township", "park", "county"}
    | {"metro", "area", "bay", "mills", "state", "dc", "plains", "oaks", "hills", "island"}
    | {"shores", "station", "harbor", "center"}
)
_UNDOTTED: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "\u0131": "i"}
)
_FULL: Final = re.compile(r"[^\w]+")
_ABBREVIATED: Final = {"saint": "st", "ft": "fort", "mt": "mount"}
_CODE: Final = re.compile(r"[A-Z]{2,3}")


@lru_cache(maxsize=2048)
def fold(name: str) -> str:
    """Give the form in which names are compared: without case, accents, points and hyphens."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_UNDOTTED))
    plain = plain.replace("&", " and ")
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    words = _FULL.sub(" ", plain.replace(".", "").replace("'", "").replace("\u2019", "")).split()
    return " ".join([_ABBREVIATED.get(word, word) for word in words])


def _names(text: str) -> list[str]:
    return [name for name in " ".join(text.split()).replace(" |", "|").split("|") if name]


def _entries(text: str) -> list[tuple[str, list[str]]]:
    pairs = (entry.split(maxsplit=1) for entry in text.split(";"))
    return [(code, [code, *_names(names)]) for code, names in pairs]


def _table(entries: list[tuple[str, list[str]]]) -> dict[str, str]:
    """Map every name to its code: a name by its folded form, a code as it is written."""
    return {
        name if _CODE.fullmatch(name) else fold(name): code
        for code, names in entries
        for name in names
    }


_COUNTRY: Final = _table(_entries(_COUNTRIES)) | {"us": "US", "uk": "GB", "usa": "US", "uae": "AE"}
_REGION: Final = {country: _table(_entries(text)) for country, text in _REGIONS.items()}
# Countries whose parts labels name by letters alone.
_LETTERED: Final = ("US", "CA", "AU")
WIDE: Final = frozenset(map(fold, _names(_WIDE)))


def _cities() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for entry in _CITIES.split(";"):
        if entry.strip():
            city, _, names = entry.partition("=")
            parts = tuple(part.strip() for part in city.split(","))
            known = (fold(parts[0]), *parts[1:])
            found |= dict.fromkeys(map(fold, _names(names)), known)
            found.setdefault(fold(parts[0]), known[:1])
    return found


_CITY: Final = _cities()


def city(name: str) -> tuple[str, ...]:
    """Give a city's folded usual name, with region and country codes where the name implies them.

    A name that is no city of the tables is folded and comes back alone.
    """
    folded = fold(name)
    return _CITY.get(folded, (folded,))


_FAR: Final = {(code, city(name)[0]) for code, names in _ABROAD.items() for name in _names(names)}
LARGE: Final = frozenset(city(name)[0] for name in _names(_LARGE)) | {name for _, name in _FAR}


def country(name: str) -> str | None:
    """Give the code of a country named in full, in short, or in another language."""
    return _COUNTRY.get(name) or _COUNTRY.get(fold(name))


def region(name: str, within: str | None = None) -> tuple[str, str] | None:
    """Give code and country of a country's part; ``within`` is the country when it is known.

    Without it the first country of the tables that has such a part is meant, and the letters of a
    German or British part, which labels do not use alone, mean nothing.
    """
    homes = (within,) if within else _LETTERED if _CODE.fullmatch(name) else tuple(_REGION)
    for home in homes:
        table = _REGION.get(home, {})
        if code := table.get(name) or table.get(fold(name)):
            return code, home
    return None


def abroad(locality: str, name: str) -> bool:
    """Say whether a city lies in the country, not in the state, that share a name or code."""
    return (country(name) or "", city(locality)[0]) in _FAR
