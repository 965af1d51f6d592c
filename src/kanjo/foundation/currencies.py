"""Currencies and the decimals of their minor unit, by ISO 4217."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency: its ISO 4217 code, and how many decimals its minor unit stands for."""

    code: str
    decimals: int


class UnknownCurrency(Refusal):
    """A code that is no currency."""

    rule = "money.currency-unknown"
    says = Text(en="“{code}” is not a currency code.", ja="「{code}」という通貨コードはありません。")
    remedy = Text(
        en="Use a code of ISO 4217, three capital letters such as JPY or USD.",
        ja="ISO 4217の3文字のコード（JPY、USDなど、大文字）を使ってください。",
    )


# Currencies in circulation; funds, metals and test codes of the standard are left out.
_CODES_BY_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    2: """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP
        CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS
        INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN
        MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE
        SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR
        ZMW ZWG
    """,
    3: "BHD IQD JOD KWD LYD OMR TND",
}

CURRENCIES: Mapping[str, Currency] = MappingProxyType(
    {code: Currency(code, decimals) for decimals, codes in _CODES_BY_DECIMALS.items() for code in codes.split()}
)


def currency(code: str, *, at: str = "") -> Currency:
    """Return the currency of an ISO 4217 *code*; refuses a code that is not one."""
    known = CURRENCIES.get(code)
    if known is None:
        raise UnknownCurrency(at=at, code=quoted(code))
    return known
