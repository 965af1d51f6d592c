"""What a JP PINT invoice says, as frozen values; the names of the terms are those of the trade, the places UBL's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from kanjo.connectors.peppol.ubl import Amount, Form, Identifier, Quantity, at, many, one

OLD_STANDARD = "urn:fdc:peppol:jp:billing:3.0"
OLD_PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
"""How the standard invoice was named before 2024; still read, never written."""


class Kind(Enum):
    """The three documents: specification (ibt-024), process (ibt-023) and type code (ibt-003)."""

    STANDARD = ("urn:peppol:pint:billing-1@jp-1", "urn:peppol:bis:billing", "380")
    """Also what is given back, with negative quantities, and what replaces an earlier invoice."""
    SELF_BILLING = ("urn:peppol:pint:selfbilling-1@jp-1", "urn:peppol:bis:selfbilling", "389")
    NON_TAX = ("urn:peppol:pint:nontaxinvoice-1@jp-1", "urn:peppol:bis:billing", "480")
    """Of a seller without a registration number."""

    @property
    def specification(self) -> str:
        """Its specification identifier."""
        return self.value[0]

    @property
    def process(self) -> str:
        """Its business process."""
        return self.value[1]

    @property
    def type_code(self) -> str:
        """Its type code."""
        return self.value[2]


def kind_of(specification: str) -> Kind | None:
    """Return the document that a specification identifier stands for, or None."""
    if specification == OLD_STANDARD:
        return Kind.STANDARD
    return next((kind for kind in Kind if kind.specification == specification), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A day or period, the last day included."""

    start: date | None = at("cbc:StartDate", Form.DAY)
    end: date | None = at("cbc:EndDate", Form.DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A tax category (S, AA, E, G, O) and its rate; outside the scope of the tax there is none."""

    code: str = at("cbc:ID")
    percent: Decimal | None = at("cbc:Percent", Form.NUMBER)
    reason: str = at("cbc:TaxExemptionReason")
    scheme: str = at("cac:TaxScheme/cbc:ID", default="VAT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address."""

    street: str = at("cbc:StreetName")
    more: str = at("cbc:AdditionalStreetName")
    city: str = at("cbc:CityName")
    zone: str = at("cbc:PostalZone")
    region: str = at("cbc:CountrySubentity")
    line: str = at("cac:AddressLine/cbc:Line")
    country: str = at("cac:Country/cbc:IdentificationCode")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxNumber:
    """A number that a party has for a tax."""

    number: str = at("cbc:CompanyID")
    scheme: str = at("cac:TaxScheme/cbc:ID", default="VAT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """The seller or the buyer."""

    endpoint: Identifier | None = at("cbc:EndpointID", Form.IDENTIFIER)
    identifier: Identifier | None = at("cac:PartyIdentification/cbc:ID", Form.IDENTIFIER)
    trade_name: str = at("cac:PartyName/cbc:Name")
    address: Address | None = one("cac:PostalAddress", Address)
    taxes: tuple[TaxNumber, ...] = many("cac:PartyTaxScheme", TaxNumber)
    name: str = at("cac:PartyLegalEntity/cbc:RegistrationName")
    registered: Identifier | None = at("cac:PartyLegalEntity/cbc:CompanyID", Form.IDENTIFIER)
    contact: str = at("cac:Contact/cbc:Name")
    telephone: str = at("cac:Contact/cbc:Telephone")
    mail: str = at("cac:Contact/cbc:ElectronicMail")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preceding:
    """The invoice that is corrected or given back."""

    number: str = at("cac:InvoiceDocumentReference/cbc:ID")
    issued_on: date | None = at("cac:InvoiceDocumentReference/cbc:IssueDate", Form.DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """How to pay: 30 is a transfer, 49 a direct debit."""

    code: str = at("cbc:PaymentMeansCode")
    remittance: str = at("cbc:PaymentID")
    card: str = at("cac:CardAccount/cbc:PrimaryAccountNumberID")
    card_network: str = at("cac:CardAccount/cbc:NetworkID")
    account: str = at("cac:PayeeFinancialAccount/cbc:ID")
    account_name: str = at("cac:PayeeFinancialAccount/cbc:Name")
    mandate: str = at("cac:PaymentMandate/cbc:ID")


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """A discount or, as a charge, an addition: of the document or of a line."""

    charge: bool | None = at("cbc:ChargeIndicator", Form.FLAG)
    reason_code: str = at("cbc:AllowanceChargeReasonCode")
    reason: str = at("cbc:AllowanceChargeReason")
    factor: Decimal | None = at("cbc:MultiplierFactorNumeric", Form.NUMBER)
    amount: Amount | None = at("cbc:Amount", Form.AMOUNT)
    base: Amount | None = at("cbc:BaseAmount", Form.AMOUNT)
    category: Category | None = one("cac:TaxCategory", Category)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subtotal:
    """The total of one category and rate, and the tax on it, rounded once."""

    taxable: Amount | None = at("cbc:TaxableAmount", Form.AMOUNT)
    tax: Amount | None = at("cbc:TaxAmount", Form.AMOUNT)
    category: Category | None = one("cac:TaxCategory", Category)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxTotal:
    """The tax of the document in one currency."""

    tax: Amount | None = at("cbc:TaxAmount", Form.AMOUNT)
    subtotals: tuple[Subtotal, ...] = many("cac:TaxSubtotal", Subtotal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The sums of the document."""

    lines: Amount | None = at("cbc:LineExtensionAmount", Form.AMOUNT)
    net: Amount | None = at("cbc:TaxExclusiveAmount", Form.AMOUNT)
    gross: Amount | None = at("cbc:TaxInclusiveAmount", Form.AMOUNT)
    allowances: Amount | None = at("cbc:AllowanceTotalAmount", Form.AMOUNT)
    charges: Amount | None = at("cbc:ChargeTotalAmount", Form.AMOUNT)
    paid: Amount | None = at("cbc:PrepaidAmount", Form.AMOUNT)
    rounding: Amount | None = at("cbc:PayableRoundingAmount", Form.AMOUNT)
    payable: Amount | None = at("cbc:PayableAmount", Form.AMOUNT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Another document, such as the delivery note of a line."""

    number: str = at("cbc:ID")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line; *net* is price by base quantity, times quantity, and charges less allowances."""

    number: str = at("cbc:ID")
    note: str = at("cbc:Note")
    quantity: Quantity | None = at("cbc:InvoicedQuantity", Form.QUANTITY)
    net: Amount | None = at("cbc:LineExtensionAmount", Form.AMOUNT)
    span: Span | None = one("cac:InvoicePeriod", Span)
    order_line: str = at("cac:OrderLineReference/cbc:LineID")
    references: tuple[Reference, ...] = many("cac:DocumentReference", Reference)
    allowances: tuple[Allowance, ...] = many("cac:AllowanceCharge", Allowance)
    description: str = at("cac:Item/cbc:Description")
    name: str = at("cac:Item/cbc:Name")
    category: Category | None = one("cac:Item/cac:ClassifiedTaxCategory", Category)
    price: Amount | None = at("cac:Price/cbc:PriceAmount", Form.AMOUNT)
    base: Quantity | None = at("cac:Price/cbc:BaseQuantity", Form.QUANTITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class PintInvoice:
    """A JP PINT invoice."""

    specification: str = at("cbc:CustomizationID")
    process: str = at("cbc:ProfileID")
    number: str = at("cbc:ID")
    issued_on: date | None = at("cbc:IssueDate", Form.DAY)
    due_on: date | None = at("cbc:DueDate", Form.DAY)
    type_code: str = at("cbc:InvoiceTypeCode")
    note: str = at("cbc:Note")
    currency: str = at("cbc:DocumentCurrencyCode")
    tax_currency: str = at("cbc:TaxCurrencyCode")
    buyer_reference: str = at("cbc:BuyerReference")
    span: Span | None = one("cac:InvoicePeriod", Span)
    order: str = at("cac:OrderReference/cbc:ID")
    preceding: tuple[Preceding, ...] = many("cac:BillingReference", Preceding)
    despatch: str = at("cac:DespatchDocumentReference/cbc:ID")
    contract: str = at("cac:ContractDocumentReference/cbc:ID")
    seller: Party | None = one("cac:AccountingSupplierParty/cac:Party", Party)
    buyer: Party | None = one("cac:AccountingCustomerParty/cac:Party", Party)
    payments: tuple[Payment, ...] = many("cac:PaymentMeans", Payment)
    terms: str = at("cac:PaymentTerms/cbc:Note")
    allowances: tuple[Allowance, ...] = many("cac:AllowanceCharge", Allowance)
    taxes: tuple[TaxTotal, ...] = many("cac:TaxTotal", TaxTotal)
    totals: Totals | None = one("cac:LegalMonetaryTotal", Totals)
    lines: tuple[Line, ...] = many("cac:InvoiceLine", Line)

    @property
    def kind(self) -> Kind:
        """Which of the three documents it is; what names none of them is judged as the standard invoice."""
        return kind_of(self.specification) or Kind.STANDARD
