"""How an amount came about."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from kanjo.foundation.day_counts import DayCount
from kanjo.foundation.money import Money, Rounding, divide
from kanjo.foundation.texts import Text

WHOLE_SHARE = (0, 1, 1)
"""That of one payer who bears all."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """How an amount came about: days *day_from* to *day_until* of *period_days*, of *price*, rounded half up.

    The amount is the price through `day_until` less the price through `day_from`, each rounded once; so the parts of
    a period always add up to its price. `holds` says whether the amount follows from the facts. Days are those of the
    *day_count*; where months come first they are parts of the period. Where several payers bear it, *share* is
    this one's, from and until of how many: what is through it less what is through the one before, rounded down.
    Of a line that was parted from another the price stands *above* that much of the whole: it costs what the days cost
    up to both less what they cost up to that, so that the parts add up.
    """

    price: Money
    day_from: int
    day_until: int
    period_days: int
    amount: Money
    day_count: DayCount = DayCount.ACTUAL
    share: tuple[int, int, int] = WHOLE_SHARE
    above: int = 0

    @property
    def fraction(self) -> Fraction:
        """The share of the whole period, exact."""
        return Fraction(self.day_until - self.day_from, self.period_days)

    @property
    def through(self) -> tuple[Money, Money]:
        """The price through the day before the first and through the last day, each rounded once."""
        first, last = (self._up_to(self._top, days) - self._up_to(self.above, days) for days in self._edges)
        return Money(first, self.price.currency), Money(last, self.price.currency)

    @property
    def _top(self) -> int:
        return self.above + self.price.minor

    @property
    def _edges(self) -> tuple[int, int]:
        return self.day_from, self.day_until

    def _up_to(self, minor: int, days: int) -> int:
        return divide(minor * days, self.period_days, Rounding.HALF_UP)

    def _at(self, minor: int) -> Money:
        """Return what the days cost at a price."""
        first, last = (self._up_to(minor, days) for days in self._edges)
        return Money(last - first, self.price.currency)

    @property
    def undivided(self) -> Money:
        """What all payers bear together."""
        first, last = self.through
        return Money(last.minor - first.minor, self.price.currency)

    @property
    def recomputed(self) -> Money:
        """What follows from the price, the days and the share."""
        first, last = self.through_payers
        return Money(last.minor - first.minor, self.price.currency)

    @property
    def through_payers(self) -> tuple[Money, Money]:
        """What is through the payer before and through this one, each rounded down."""
        whole, of = self.undivided, self.share[2]
        first, last = (Money(divide(whole.minor * edge, of, Rounding.FLOOR), whole.currency) for edge in self.share[:2])
        return first, last

    @property
    def is_shared(self) -> bool:
        """Whether others bear some of it."""
        return self.share != WHOLE_SHARE

    @property
    def holds(self) -> bool:
        """Whether the amount follows from the price and the days."""
        return self.amount == self.recomputed

    @property
    def steps(self) -> tuple[tuple[Text, object], ...]:
        """The calculation line by line: the price, the share of it, the rounding by name, the amount."""
        days, period = self.day_until - self.day_from, self.period_days
        whole = days == period
        first, last = self.through
        steps: list[tuple[Text, object]] = [(_PRICE, self.price), (self._share, f"{days:,} ÷ {period:,}")]
        if self.above and not whole:
            steps += [
                (_TOGETHER.filled(price=_shown(Money(self._top, self.price.currency))), self._at(self._top)),
                (_LESS_REST.filled(price=_shown(Money(self.above, self.price.currency))), self._at(self.above)),
            ]
        elif self.day_from and not whole:
            through, less = (_THROUGH_PART, _LESS_PART) if self._in_parts else (_THROUGH, _LESS)
            steps += [(through.filled(days=self.day_until), last), (less.filled(days=self.day_from), first)]
        elif not whole:
            steps += [(_ROUNDED.filled(rounding=Rounding.HALF_UP.shown), _unrounded(self.price, self.fraction))]
        return (*steps, *self._of_payers, (_AMOUNT, self.recomputed))

    @property
    def _of_payers(self) -> tuple[tuple[Text, object], ...]:
        if not self.is_shared:
            return ()
        begins, ends, of = self.share
        first, last = self.through_payers
        borne = ((_ALL_PAYERS, self.undivided), (_OF_PAYER, f"{ends - begins:,} ÷ {of:,}"))
        if not begins:
            return borne
        return (
            *borne,
            (_THROUGH_PAYER.filled(edge=f"{ends:,}"), last),
            (_LESS_PAYER.filled(edge=f"{begins:,}"), first),
        )

    @property
    def sentence(self) -> Text:
        """The derivation in words."""
        if self.is_shared:
            begins, ends, of = self.share
            return _SHARED.filled(
                share=f"{ends - begins:,}", of=f"{of:,}", whole=_shown(self.undivided), amount=_shown(self.amount)
            )
        if self.day_until - self.day_from == self.period_days:
            return Text(en="The whole price: no day is left out.", ja="日割りのない全額です。")
        if self.above:
            return _PARTED.filled(
                days=self.day_until - self.day_from,
                period=self.period_days,
                top=_shown(Money(self._top, self.price.currency)),
                above=_shown(Money(self.above, self.price.currency)),
                amount=_shown(self.amount),
            )
        says = _IN_PARTS if self._in_parts else _IN_DAYS if self.day_count is DayCount.ACTUAL else _COUNTED_OTHERWISE
        return says.filled(
            counting=_COUNTING[self.day_count],
            days=self.day_until - self.day_from,
            period=self.period_days,
            price=_shown(self.price),
            amount=_shown(self.amount),
        )

    @property
    def _in_parts(self) -> bool:
        return self.day_count is DayCount.MONTHS_THEN_DAYS

    @property
    def _share(self) -> Text:
        if self.day_count is DayCount.ACTUAL:
            return _SHARE
        return (_SHARE_OF_PARTS if self._in_parts else _SHARE_COUNTED).filled(counting=_COUNTING[self.day_count])


_IN_DAYS = Text(
    en="{days} of {period} days of {price}, rounded half up: {amount}.",
    ja="{price} を期間 {period} 日のうち {days} 日分で日割り（四捨五入）し、{amount} としました。",
)


_COUNTED_OTHERWISE = Text(
    en="{days} of {period} days ({counting}) of {price}, rounded half up: {amount}.",
    ja="{price} を期間 {period} 日のうち {days} 日分（{counting}）で日割り（四捨五入）し、{amount} としました。",
)


_IN_PARTS = Text(
    en="{days} of {period} parts ({counting}) of {price}, rounded half up: {amount}.",
    ja="{price} を期間の {period} 分の {days}（{counting}）で按分（四捨五入）し、{amount} としました。",
)


_COUNTING = {
    DayCount.ACTUAL: Text(en="actual days", ja="実日数"),
    DayCount.ACTUAL_30: Text(en="30-day months", ja="1か月30日"),
    DayCount.THIRTY_360: Text(en="30/360", ja="30/360"),
    DayCount.FIXED_MONTH: Text(en="months of fixed days", ja="1か月の日数を固定"),
    DayCount.MONTHS_THEN_DAYS: Text(en="months, then days of the month", ja="月割り、端数は当月の日割り"),
}


_SHARE_COUNTED = Text(en="× days billed ÷ days of the period ({counting})", ja="× 請求日数 ÷ 期間の日数（{counting}）")


_SHARE_OF_PARTS = Text(en="× parts billed ÷ parts of the period ({counting})", ja="× 請求分 ÷ 期間全体（{counting}）")


_THROUGH_PART = Text(en="Through part {days}, rounded half up", ja="{days}単位目までの累計（四捨五入）")


_LESS_PART = Text(en="− through part {days}, rounded half up", ja="− {days}単位目までの累計（四捨五入）")


_PRICE = Text(en="Price of one period", ja="1期間の金額")


_SHARE = Text(en="× days billed ÷ days of the period", ja="× 請求日数 ÷ 期間の日数")


_THROUGH = Text(en="Through day {days}, rounded half up", ja="{days}日目までの累計（四捨五入）")


_LESS = Text(en="− through day {days}, rounded half up", ja="− {days}日目までの累計（四捨五入）")


_ROUNDED = Text(en="Unrounded; {rounding}", ja="端数処理前（{rounding}）")


_AMOUNT = Text(en="Result", ja="計算結果")


_ALL_PAYERS = Text(en="For all payers together", ja="請求先全体の金額")


_OF_PAYER = Text(en="× share of this payer ÷ all shares", ja="× この請求先の負担割合 ÷ 全体")


_THROUGH_PAYER = Text(en="Through share {edge}, rounded down", ja="割合{edge}までの累計（切り捨て）")


_LESS_PAYER = Text(en="− through share {edge}, rounded down", ja="− 割合{edge}までの累計（切り捨て）")


_SHARED = Text(
    en="{share} of {of} shares of {whole} for all payers: {amount}.",
    ja="請求先全体の {whole} のうち、負担割合 {of} 分の {share} を {amount} としました。",
)


_TOGETHER = Text(
    en="The same days at {price}, of all that was one line", ja="分割前の明細（{price} まで）の同じ日数分（四捨五入）"
)


_LESS_REST = Text(
    en="− the same days at {price}, of the rest of it", ja="− 残る明細（{price}）の同じ日数分（四捨五入）"
)


_PARTED = Text(
    en="Parted from another line: {days} of {period} days of {top} less those of {above}, each rounded half up:"
    " {amount}.",
    ja="分割した明細のため、期間 {period} 日のうち {days} 日分を {top} と {above} のそれぞれで日割り（四捨五入）し、"
    "その差額 {amount} としました。",
)


def _unrounded(price: Money, share: Fraction) -> str:
    """Return a share of a price with three more decimals than its currency has, cut, for the eye."""
    unit = Money(1, price.currency).as_decimal()
    thousandths = abs(price.minor) * share * 1000
    more = "…" if thousandths.denominator != 1 else ""
    cut = thousandths.numerator // thousandths.denominator * unit / 1000
    return f"{'−' if price.minor < 0 else ''}{cut:,f}{more}"


def _shown(money: Money) -> Text:
    return Text(en=money.shown("en"), ja=money.shown("ja"))
