# ruff: noqa: RUF001 - currencies are named in other scripts too
"""Names and signs of currencies, and which of them leave the country open."""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CODES: Final = _words(
    "USD EUR GBP CAD AUD NZD CHF SEK NOK DKK ISK PLN CZK HUF RON BGN HRK RSD UAH RUB TRY ILS INR"
    " PKR BDT LKR NPR JPY CNY HKD TWD KRW SGD MYR IDR THB PHP VND AED SAR QAR KWD BHD OMR EGP MAD"
    " TND DZD ZAR NGN KES GHS UGX TZS ETB ZMW BRL MXN ARS CLP COP PEN UYU CRC DOP GTQ GEL KZT AMD"
    " AZN UZS BYN MDL MKD BAM JOD MUR"
)
# What stands before a dollar sign says whose dollar it is.
DOLLARS: Final = {
    "US": "USD", "USD": "USD", "U.S.": "USD", "C": "CAD", "CA": "CAD", "CAN": "CAD", "CAD": "CAD",
    "CDN": "CAD", "A": "AUD", "AU": "AUD", "AUD": "AUD", "NZ": "NZD", "NZD": "NZD", "HK": "HKD",
    "HKD": "HKD", "S": "SGD", "SG": "SGD", "SGD": "SGD", "R": "BRL", "BRL": "BRL", "MX": "MXN",
    "MXN": "MXN", "NT": "TWD", "AR": "ARS", "CLP": "CLP", "COP": "COP",
}  # fmt: skip
SIGNS: Final = {
    "£": "GBP", "€": "EUR", "₹": "INR", "¥": "¥", "円": "JPY", "元": "CNY", "₩": "KRW", "원": "KRW",
    "₽": "RUB", "₴": "UAH", "₺": "TRY", "₪": "ILS", "₱": "PHP", "฿": "THB", "₫": "VND", "₦": "NGN",
    "₸": "KZT", "₡": "CRC", "₾": "GEL", "₵": "GHS",
}  # fmt: skip
# Names in any letter case; "$" and "kr" stand for signs that several countries share.
NAMES: Final = {
    "kč": "CZK", "czk": "CZK", "korun": "CZK", "zł": "PLN", "pln": "PLN", "złotych": "PLN",
    "forint": "HUF", "huf": "HUF", "лв": "BGN", "лева": "BGN", "руб": "RUB", "рублей": "RUB",
    "р": "RUB", "грн": "UAH", "inr": "INR", "rupees": "INR", "rmb": "CNY", "yuan": "CNY",
    "yen": "JPY", "jpy": "JPY", "kshs": "KES", "dhs": "AED", "euro": "EUR", "euros": "EUR",
    "eur": "EUR", "евро": "EUR", "eurų": "EUR", "eiro": "EUR", "gbp": "GBP", "sterling": "GBP",
    "usd": "USD", "cad": "CAD", "aud": "AUD", "nzd": "NZD", "sgd": "SGD", "chf": "CHF",
    "sfr": "CHF", "franken": "CHF", "sek": "SEK", "nok": "NOK", "dkk": "DKK", "reais": "BRL",
    "brl": "BRL", "mxn": "MXN", "zar": "ZAR", "aed": "AED", "idr": "IDR", "rupiah": "IDR",
    "myr": "MYR", "vnd": "VND", "hkd": "HKD", "twd": "TWD", "krw": "KRW", "ils": "ILS",
    "baht": "THB", "naira": "NGN", "dollars": "$", "dollar": "$", "pesos": "$", "kr": "kr",
    "kronor": "kr", "kroner": "kr", "krónur": "ISK",
}  # fmt: skip
# Names that are ordinary words or measures when written otherwise (10 ft, he won, the lei).
CASED: Final = {
    "Ft": "HUF", "RON": "RON", "Lei": "RON", "lei": "RON", "TL": "TRY", "NIS": "ILS", "Rs": "INR",
    "RS": "INR", "RM": "MYR", "Rp": "IDR", "KSh": "KES", "Ksh": "KES", "DH": "AED", "Fr": "CHF",
    "Rand": "ZAR", "Kc": "CZK", "Php": "PHP",
}  # fmt: skip
SHARED: Final = {
    "$": _words("USD CAD AUD NZD SGD HKD TWD MXN ARS CLP COP UYU DOP BRL"),
    "kr": _words("SEK NOK DKK ISK"),
    "¥": _words("JPY CNY"),
}
# Where a month's pay has five digits or more.
MANY_ZEROS: Final = _words(
    "JPY KRW IDR VND INR PKR BDT LKR NPR HUF RUB COP CLP ARS KZT UZS NGN UGX TZS KES CRC ISK AMD"
    " RSD PHP THB CZK TRY ETB"
)
SCALES: Final = {
    "k": 1e3, "tys": 1e3, "tis": 1e3, "тыс": 1e3, "thousand": 1e3, "mille": 1e3, "mil": 1e3,
    "ribu": 1e3, "grand": 1e3, "m": 1e6, "mm": 1e6, "mn": 1e6, "mio": 1e6, "million": 1e6,
    "millions": 1e6, "millionen": 1e6, "mln": 1e6, "млн": 1e6, "juta": 1e6, "jt": 1e6,
    "triệu": 1e6, "b": 1e9, "bn": 1e9, "billion": 1e9, "billions": 1e9, "mrd": 1e9,
    "milliarden": 1e9, "milliards": 1e9, "trillion": 1e12, "lakh": 1e5, "lakhs": 1e5, "lac": 1e5,
    "lacs": 1e5, "l": 1e5, "cr": 1e7, "crore": 1e7, "crores": 1e7, "万": 1e4,
    "萬": 1e4, "만": 1e4, "億": 1e8, "亿": 1e8, "억": 1e8,
}  # fmt: skip
# Single letters mean many things unless they touch the number.
TOUCHING: Final = _words("m b l cr mil mm")
# Said of rupees apart from the number too: "₹1.2 Cr".
RUPEES: Final = _words("l cr")
# Scale and currency in one word: "TEUR", "kEUR", "tkr".
JOINED: Final = {
    "teur": (1e3, "EUR"),
    "tkr": (1e3, "kr"),
    "lpa": (1e5, "INR"),
    "keuro": (1e3, "EUR"),
    "keuros": (1e3, "EUR"),
    **{"k" + code.lower(): (1e3, code) for code in CODES},
}


def named(word: str) -> str | None:
    """Give the code, or the shared sign, that a word names; ``None`` for any other word."""
    if word in CODES:
        return word
    return CASED.get(word) or NAMES.get(word.lower())


def code(name: str | None, given: str | None) -> str | None:
    """Give the ISO code of a currency as written; a shared sign means what the source says.

    ``given`` is the source's own currency. It decides for an amount without any sign and for a sign
    that it shares, and is not believed against a sign of other countries. A yen sign alone is yen.
    """
    if name is None:
        return given
    if name not in SHARED:
        return name
    if given in SHARED[name]:
        return given
    return "JPY" if name == "¥" else None
