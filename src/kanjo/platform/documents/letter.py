"""What every paper shares: who it goes to, who sends it, and how days and quantities are written on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from kanjo.foundation.eras import Calendar, in_era
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Language, Text

REGISTRATION_NUMBER = Text(en="Registration No. {number}", ja="登録番号 {number}")
ATTENTION = Text(en="Attn: {person}", ja="{person} 様")
PHONE = Text(en="Tel. {phone}", ja="TEL {phone}")
COMMON_WORDS = {
    "draft": Text(en="DRAFT", ja="下書き"),
    "seal": Text(en="Seal", ja="印"),
}


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who the paper goes to: a legal entity, and within it perhaps a department and a person."""

    name: str
    department: str = ""
    person: str = ""
    postal_code: str = ""
    address: tuple[str, ...] = ()

    def names_in(self, language: Language) -> list[str]:
        """Return the names with the honorific of the trade: 様 for a person, else 御中, never both."""
        person = ATTENTION.filled(person=self.person).said_in(language) if self.person else ""
        names = [self.name, self.department]
        if language is Language.JAPANESE and not person:
            last = 1 if self.department else 0
            names[last] = f"{names[last]} 御中"
        return [name for name in (*names, person) if name]

    def on_paper(self, language: Language) -> dict[str, object]:
        """Return the address block as the sheet reads it."""
        return {"names": self.names_in(language), "address": address_lines(self.postal_code, self.address, language)}


@dataclass(frozen=True, slots=True)
class Sender:
    """The selling company as it signs its papers; the registration number is empty where the law knows none.

    Its *calendar* is how it writes days in Japanese, *seal* the picture (PNG) of its seal, where papers bear one.
    """

    name: str
    registration_number: str = ""
    postal_code: str = ""
    address: tuple[str, ...] = ()
    phone: str = ""
    email: str = ""
    contact: str = ""
    calendar: Calendar = Calendar.WESTERN
    seal: bytes = field(default=b"", repr=False)

    def day_in(self, day: date, language: Language) -> str:
        """Return the day as the company writes it on paper: 2026年11月30日, 令和8年11月30日, 30 November 2026."""
        if language is Language.ENGLISH:
            return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
        return in_era(day) if self.calendar is Calendar.ERAS else f"{day.year}年{day.month}月{day.day}日"

    def period_in(self, period: Period | None, language: Language) -> str:
        """Return the period with both ends included, as people read it; nothing where there is none."""
        if period is None:
            return ""
        if period.days == 1:
            return self.day_in(period.start, language)
        joint = "～" if language is Language.JAPANESE else " – "
        return f"{self.day_in(period.start, language)}{joint}{self.day_in(period.last_on, language)}"

    def on_paper(self, language: Language) -> dict[str, object]:
        """Return the sender block as the sheet reads it."""
        registration = REGISTRATION_NUMBER.filled(number=self.registration_number).said_in(language)
        phone = PHONE.filled(phone=self.phone).said_in(language)
        return {
            "name": self.name,
            "sealed": bool(self.seal),
            "registration": registration if self.registration_number else "",
            "details": [
                *address_lines(self.postal_code, self.address, language),
                phone if self.phone else "",
                self.email,
                self.contact,
            ],
        }


def address_lines(postal_code: str, address: tuple[str, ...], language: Language) -> list[str]:
    """Return the address in the order of the language: the postal code leads in Japan and ends elsewhere."""
    if not postal_code:
        return list(address)
    if language is Language.JAPANESE or not address:
        return [f"〒{postal_code}" if language is Language.JAPANESE else postal_code, *address]
    return [*address[:-1], f"{address[-1]} {postal_code}"]


def quantity_in(quantity: Decimal, unit: str) -> str:
    """Return a quantity without idle zeros, with its unit: `1,200 ID`, `1.5 h`."""
    whole = quantity == quantity.to_integral_value()
    shown = f"{int(quantity):,}" if whole else f"{quantity.normalize():,f}"
    return f"{shown} {unit}".rstrip()


def words_in(words: dict[str, Text], language: Language) -> dict[str, str]:
    """Return the labels of a paper in its language, the common ones included."""
    return {name: text.said_in(language) for name, text in {**COMMON_WORDS, **words}.items()}


# English month names are written out here because `strftime` follows the locale of the machine.
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
