"""What each rule asks for and what to do, in our own words, by the official id of release 1.1.3."""

from __future__ import annotations

from kanjo.foundation.texts import Text

_KIND = {
    "ibr-001": Text(
        en="The specification identifier is missing. State one of JP PINT.",
        ja="仕様識別子がありません。JP PINTの識別子を記載してください。",
    ),
    "ibr-076": Text(
        en="The business process is missing. State the one of the specification.",
        ja="業務プロセスの識別子がありません。仕様に対応する識別子を記載してください。",
    ),
    "ibr-004": Text(
        en="The type code is missing. State the one of the specification.",
        ja="文書タイプコードがありません。仕様に対応するコードを記載してください。",
    ),
    "aligned-ibrp-001-jp": Text(
        en="“{found}” is no specification of JP PINT. State {expected}.",
        ja="仕様識別子「{found}」はJP PINTのものではありません。{expected} を記載してください。",
    ),
    "aligned-ibrp-002-jp": Text(
        en="“{found}” is not the process of this specification. State {expected}.",
        ja="業務プロセス「{found}」は仕様と合いません。{expected} を記載してください。",
    ),
    "aligned-ibrp-cl-02-jp": Text(
        en="The type code {found} does not belong to this specification. State {expected}.",
        ja="文書タイプコード {found} は仕様と合いません。{expected} を記載してください。",
    ),
}
_HEAD = {
    "ibr-002": Text(en="The invoice number is missing. Give it.", ja="請求書番号がありません。記載してください。"),
    "ibr-003": Text(en="The day of issue is missing. Give it.", ja="発行日がありません。記載してください。"),
    "ibr-005": Text(
        en="The currency is missing. Give its ISO code.", ja="通貨がありません。ISOコードで記載してください。"
    ),
    "ibr-055": Text(
        en="The preceding invoice has no number. Give the number of the invoice that is corrected or given back.",
        ja="先行請求書の番号がありません。訂正または返還の対象となる請求書の番号を記載してください。",
    ),
    "aligned-ibrp-052": Text(
        en="No period of supply is given, neither for the invoice nor for a line. Give one.",
        ja="取引年月日（請求期間または明細の期間）がありません。どちらかを記載してください。",
    ),
    "ibr-029": Text(
        en="The period ends before it begins. Correct it.", ja="請求期間の終了日が開始日より前です。直してください。"
    ),
    "ibr-co-19": Text(
        en="The period has neither a first nor a last day. Give one of them.",
        ja="請求期間に開始日も終了日もありません。少なくとも一方を記載してください。",
    ),
    "aligned-ibr-jp-05": Text(
        en="The currency of the tax is {found}. It must be JPY.",
        ja="税の会計通貨が {found} です。JPYにしてください。",
    ),
    "ibr-077": Text(
        en="The currency of the tax is that of the invoice. Leave it out.",
        ja="税の会計通貨が請求通貨と同じです。税の会計通貨は省いてください。",
    ),
    "ibr-053": Text(
        en="The tax in {currency} is not stated. Add its total.",
        ja="{currency} 建ての税額合計がありません。追加してください。",
    ),
    "ibr-084": Text(
        en="The tax in the two currencies has different signs. Correct one.",
        ja="2つの通貨の税額合計の符号が異なります。直してください。",
    ),
    "ibr-126": Text(
        en="The amount is in {found}; the invoice is in {expected}. State it in {expected}.",
        ja="金額の通貨が {found} です。請求通貨の {expected} で記載してください。",
    ),
    "ibr-073": Text(
        en="“{found}” is not a day. Write it as YYYY-MM-DD.",
        ja="「{found}」は日付として読めません。YYYY-MM-DDの形式で記載してください。",
    ),
    "ibr-079": Text(
        en="The element is empty. Leave it out or fill it in.", ja="要素が空です。省くか、値を記載してください。"
    ),
    "ibr-082": Text(
        en="“{found}” is neither true nor false. Write one of them.",
        ja="「{found}」はtrueでもfalseでもありません。どちらかを記載してください。",
    ),
    "peppol.number": Text(
        en="“{found}” is not a number. Write digits with at most one decimal point.",
        ja="「{found}」は数値として読めません。数字と小数点だけで記載してください。",
    ),
}
_PARTIES = {
    "ibr-006": Text(
        en="The name of the seller is missing. Give it.", ja="発行者（売手）の名称がありません。記載してください。"
    ),
    "ibr-007": Text(en="The name of the buyer is missing. Give it.", ja="買手の名称がありません。記載してください。"),
    "ibr-008": Text(
        en="The address of the seller is missing. Give it.", ja="売手の住所がありません。記載してください。"
    ),
    "ibr-009": Text(
        en="The country of the seller is missing. Give it.", ja="売手の国コードがありません。記載してください。"
    ),
    "ibr-010": Text(
        en="The address of the buyer is missing. Give it.", ja="買手の住所がありません。記載してください。"
    ),
    "ibr-011": Text(
        en="The country of the buyer is missing. Give it with the customer's details.",
        ja="買手の国コードがありません。顧客の情報に国を登録してください。",
    ),
    "ibr-062": Text(
        en="The electronic address of the seller names no register. Name it (0188 or 0221).",
        ja="売手の電子アドレスに識別子スキームがありません。0188または0221を記載してください。",
    ),
    "ibr-063": Text(
        en="The electronic address of the buyer names no register. Name it (0188 or 0221).",
        ja="買手の電子アドレスに識別子スキームがありません。0188または0221を記載してください。",
    ),
    "ibr-080": Text(
        en="The buyer has no electronic address. Enter the customer's corporate number.",
        ja="買手の電子アドレスがありません。顧客の法人番号を登録してください。",
    ),
    "ibr-081": Text(
        en="The seller has no electronic address. Enter the company's corporate number or registration number.",
        ja="売手の電子アドレスがありません。自社の法人番号または登録番号を登録してください。",
    ),
    "ibr-co-26": Text(
        en="Nothing identifies the seller. Enter the company's corporate number or registration number.",
        ja="売手を識別する番号がありません。自社の法人番号または登録番号を登録してください。",
    ),
    "aligned-ibr-jp-01": Text(
        en="“{found}” is no registration number of a qualified invoice issuer. Write T and 13 digits.",
        ja="「{found}」は適格請求書発行事業者の登録番号の形式ではありません。「T」と13桁の数字で記載してください。",
    ),
    "aligned-ibr-jp-03": Text(
        en="The tax scheme is “{found}”. It is VAT, which stands for consumption tax.",
        ja="税の種類が「{found}」です。消費税を表すVATを記載してください。",
    ),
    "aligned-ibr-jp-04": Text(
        en="The seller has no registration number. Enter it, or invoice as a seller without one (type 480).",
        ja="売手の登録番号がありません。登録番号を記載するか、登録事業者以外の請求書（480）としてください。",
    ),
    "aligned-ibr-jp-04-ntr": Text(
        en="An invoice without qualification states a registration number. Leave it out, or use type 380.",
        ja="登録事業者以外の請求書（480）に登録番号があります。番号を省くか、380の請求書としてください。",
    ),
    "aligned-ibr-jp-07-ntr": Text(
        en="A seller without registration number charges a tax of {found}. Enter the number first, or charge none.",
        ja="登録番号のない売手が税額 {found} を請求しています。先に登録番号を登録するか、税額を0にしてください。",
    ),
    "aligned-ibrp-sr-12": Text(
        en="The seller has several registration numbers. Keep one.",
        ja="売手の登録番号が複数あります。1つだけにしてください。",
    ),
}
_PAYING = {
    "aligned-ibrp-049": Text(
        en="The means of payment has no code. Give it.", ja="支払手段コードがありません。記載してください。"
    ),
    "aligned-ibrp-014": Text(
        en="There is more than one remittance text. Keep one.",
        ja="振込時の照会番号が複数あります。1つだけにしてください。",
    ),
    "aligned-ibrp-016": Text(
        en="A transfer names no account. Enter the company's bank account.",
        ja="振込先の口座がありません。自社の振込先口座を登録してください。",
    ),
    "aligned-ibrp-017": Text(
        en="A card is named by other than its last 4 to 6 digits. Give only those.",
        ja="カード番号は下4〜6桁だけを記載してください。",
    ),
    "aligned-ibrp-019": Text(
        en="A direct debit names no mandate. Give its reference.",
        ja="口座振替の契約番号がありません。記載してください。",
    ),
}
_LINES = {
    "ibr-016": Text(en="There is no line. Give at least one.", ja="明細がありません。1行以上を記載してください。"),
    "ibr-021": Text(en="The line has no number. Give it.", ja="明細番号がありません。記載してください。"),
    "ibr-022": Text(en="The line has no quantity. Give it.", ja="数量がありません。記載してください。"),
    "ibr-023": Text(
        en="The quantity has no unit. Give its code.", ja="数量の単位コードがありません。記載してください。"
    ),
    "ibr-024": Text(en="The line has no amount. Give it.", ja="明細の金額がありません。記載してください。"),
    "ibr-025": Text(
        en="The line names nothing. Say what was supplied.", ja="取引内容（品名）がありません。記載してください。"
    ),
    "ibr-026": Text(en="The line has no price. Give it.", ja="単価がありません。記載してください。"),
    "ibr-027": Text(
        en="The price is negative. Write what is given back as a negative quantity.",
        ja="単価が負の値です。返還は負の数量で記載してください。",
    ),
    "ibr-030": Text(
        en="The period ends before it begins. Correct it.", ja="明細の期間の終了日が開始日より前です。直してください。"
    ),
    "ibr-co-20": Text(
        en="The period has neither a first nor a last day. Give one of them.",
        ja="明細の期間に開始日も終了日もありません。少なくとも一方を記載してください。",
    ),
    "ibr-085": Text(
        en="The line begins on {found}, before the period of the invoice. Widen the one or correct the other.",
        ja="明細の開始日 {found} が請求期間より前です。どちらかを直してください。",
    ),
    "ibr-086": Text(
        en="The line ends on {found}, after the period of the invoice. Widen the one or correct the other.",
        ja="明細の終了日 {found} が請求期間より後です。どちらかを直してください。",
    ),
    "ibr-087": Text(
        en="The price is per {found} units. Write more than none.",
        ja="単価の基準数量が {found} です。正の値にしてください。",
    ),
    "ibr-088": Text(
        en="The price is per {found}, the quantity in {expected}. Use one unit.",
        ja="単価の単位 {found} が数量の単位 {expected} と異なります。揃えてください。",
    ),
    "ibr-031": Text(en="The discount has no amount. Give it.", ja="値引の金額がありません。記載してください。"),
    "ibr-033": Text(en="The discount has no reason. Give one.", ja="値引の理由がありません。記載してください。"),
    "ibr-036": Text(en="The charge has no amount. Give it.", ja="追加請求の金額がありません。記載してください。"),
    "ibr-038": Text(en="The charge has no reason. Give one.", ja="追加請求の理由がありません。記載してください。"),
    "ibr-041": Text(
        en="The line's discount has no amount. Give it.", ja="明細の値引に金額がありません。記載してください。"
    ),
    "ibr-042": Text(
        en="The line's discount has no reason. Give one.", ja="明細の値引に理由がありません。記載してください。"
    ),
    "ibr-043": Text(
        en="The line's charge has no amount. Give it.", ja="明細の追加請求に金額がありません。記載してください。"
    ),
    "ibr-044": Text(
        en="The line's charge has no reason. Give one.", ja="明細の追加請求に理由がありません。記載してください。"
    ),
    "peppol.line-net": Text(
        en="The line says {found}; price, quantity, charges and discounts give {expected}. Correct one of them.",
        ja="明細の金額が {found} ですが、単価・数量・追加・値引からは {expected} です。直してください。",
    ),
}
_SUMS = {
    "ibr-012": Text(
        en="The total of the lines is missing. Give it.", ja="明細金額の合計がありません。記載してください。"
    ),
    "ibr-013": Text(en="The total before tax is missing. Give it.", ja="税抜合計がありません。記載してください。"),
    "ibr-014": Text(en="The total with tax is missing. Give it.", ja="税込合計がありません。記載してください。"),
    "ibr-015": Text(en="The amount due is missing. Give it.", ja="請求金額がありません。記載してください。"),
    **{
        rule: Text(
            en="{found} has more than two decimals. Write at most two.",
            ja="{found} は小数点以下が2桁を超えています。2桁までにしてください。",
        )
        for rule in ("ibr-091", "ibr-121", "ibr-122", "ibr-123", "ibr-124", "ibr-125")
    },
    **{
        rule: Text(
            en=f"{en} is {{found}}; it must be {{expected}}. Compute the document again.",
            ja=f"{ja}が {{found}} です。{{expected}} でなければなりません。文書を計算し直してください。",
        )
        for rule, en, ja in (
            ("ibr-co-10", "The total of the lines", "明細金額の合計"),
            ("ibr-co-11", "The total of the discounts", "値引の合計"),
            ("ibr-co-12", "The total of the charges", "追加請求の合計"),
            ("ibr-co-13", "The total before tax", "税抜合計"),
            ("ibr-co-14", "The total of the tax", "税額合計"),
            ("ibr-co-15", "The total with tax", "税込合計"),
            ("ibr-co-16", "The amount due", "請求金額"),
        )
    },
}
_CLASSES = {
    "e": ("Exempt (E)", "非課税（E）"),
    "g": ("Export (G)", "輸出免税（G）"),
    "o": ("Out of scope (O)", "不課税（O）"),
}
_WAYS = {
    **dict.fromkeys("eg", Text(en="Write the rate 0.", ja="税率は0と記載してください。")),
    "o": Text(en="Leave the rate out.", ja="税率を省いてください。"),
}
_PLACES = {"05": ("line", "明細"), "06": ("discount", "値引"), "07": ("charge", "追加請求")}
_TAXES = {
    "aligned-ibrp-cl-01-jp": Text(
        en="“{found}” is no tax category of Japan. Use S, AA, E, G or O.",
        ja="「{found}」は日本の課税区分ではありません。S、AA、E、G、Oのいずれかを記載してください。",
    ),
    "aligned-ibr-jp-06": Text(
        en="The tax {found} in yen has a decimal point. Write whole yen.",
        ja="円建ての税額 {found} に小数点があります。整数で記載してください。",
    ),
    "aligned-ibrp-051-jp": Text(
        en="The tax is {found}; one rounding of the rate's total gives {least} to {most}. Compute it once per rate.",
        ja="税額が {found} ですが、税率ごとに1回だけ端数処理した額は {least}〜{most} です。計算し直してください。",
    ),
    "aligned-ibrp-045": Text(
        en="The rate's total before tax is missing. Give it.", ja="税率ごとの対価の額がありません。記載してください。"
    ),
    "aligned-ibrp-046": Text(
        en="The rate's tax is missing. Give it.", ja="税率ごとの税額がありません。記載してください。"
    ),
    "aligned-ibrp-047": Text(
        en="The category is missing. Give it.", ja="税額内訳の課税区分がありません。記載してください。"
    ),
    "aligned-ibrp-048": Text(en="The rate is missing. Give it.", ja="税額内訳の税率がありません。記載してください。"),
    "aligned-ibrp-053-jp": Text(
        en="The tax is totalled {found} times in {currency}. Give one total.",
        ja="{currency} 建ての税額合計が {found} 個あります。1つだけにしてください。",
    ),
    "aligned-ibrp-050-jp": Text(
        en="The line has no tax category or no rate. Give both; only what is out of scope (O) has no rate.",
        ja="明細に課税区分または税率がありません。両方を記載してください（税率を省けるのは不課税（O）だけです）。",
    ),
    "aligned-ibrp-032-jp": Text(
        en="The discount has no tax category or no rate. Give both.",
        ja="値引に課税区分または税率がありません。両方を記載してください。",
    ),
    "aligned-ibrp-037-jp": Text(
        en="The charge has no tax category or no rate. Give both.",
        ja="追加請求に課税区分または税率がありません。両方を記載してください。",
    ),
    "peppol.taxable": Text(
        en="The total of {category} is {found}; its lines give {expected}. Add them up again.",
        ja="{category} の対価の額が {found} ですが、明細の合計は {expected} です。計算し直してください。",
    ),
    **{
        f"aligned-ibrp-{one}-01": Text(
            en=f"{en} is used, and totalled {{found}} times. Give exactly one total of it.",
            ja=f"{ja}の税額内訳が {{found}} 個あります。ちょうど1つにしてください。",
        )
        for one, (en, ja) in _CLASSES.items()
    },
    **{
        f"aligned-ibrp-{one}-{number}": Text(
            en=f"{en} stands on a {where} with a rate. {_WAYS[one].en}",
            ja=f"{ja}の{place}に税率があります。{_WAYS[one].ja}",
        )
        for one, (en, ja) in _CLASSES.items()
        for number, (where, place) in _PLACES.items()
    },
    **{
        f"aligned-ibrp-{one}-09": Text(
            en=f"{en} carries a tax of {{found}}. It carries none: write 0.",
            ja=f"{ja}に税額 {{found}} があります。0と記載してください。",
        )
        for one, (en, ja) in _CLASSES.items()
    },
}
SENTENCES: dict[str, Text] = {**_KIND, **_HEAD, **_PARTIES, **_PAYING, **_LINES, **_SUMS, **_TAXES}
"""The sentence of every rule."""
