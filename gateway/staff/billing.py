"""Invoices, payments and articles."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chassis.errors import Refusal, Unavailable
from gateway import app, deferral, formats
from gateway.backends import billing, installations
from gateway.billing_forms import LINES, InvoiceForm
from gateway.forms import Form
from gateway.model import DeferredCommand
from gateway.roles import EVERYBODY, OFFICE_WORK, allowed

blueprint = Blueprint("billing", __name__)
FILTERS = ("state", "kind", "search")


@blueprint.get("/facturas")
@allowed(EVERYBODY)
def invoices() -> str:
    filters = {name: request.args.get(name) or None for name in FILTERS}
    page = billing.invoices(**filters, after=request.args.get("after"))
    return render_template("billing/invoices.html", page=page, form=Form(filters), summary=_summary())


@blueprint.get("/facturas/nueva")
@allowed(OFFICE_WORK)
def new_invoice() -> str:
    """For the installation that the address names; without one, it is chosen first."""
    installation_id = request.args.get("installation_id")
    if installation_id is None:
        return _choose_whom()
    form = InvoiceForm({"kind": "other_income", "installation_id": installation_id})
    return _invoice_page(form)


@blueprint.post("/facturas")
@allowed(OFFICE_WORK)
def create_invoice() -> Response | tuple[str, int]:
    form = InvoiceForm.typed()
    command = form.command(currency=_currency(), pay=request.form.get("action") == "pay")
    if form.failed:
        return _invoice_page(form), form.status
    try:
        invoice = billing.create_invoice(form.key, **command)
    except Refusal as refused:
        form.refuse_lines(refused)
        return _invoice_page(form), form.status
    flash(_("Factura %(number)s emitida.", number=invoice["number"]))
    return redirect(url_for("billing.invoice", invoice_id=invoice["invoice_id"]))


@blueprint.get("/facturas/<uuid:invoice_id>")
@allowed(EVERYBODY)
def invoice(invoice_id: UUID) -> str:
    try:
        found = billing.invoice(str(invoice_id))
    except Unavailable:
        if (kept := _kept_payment(str(invoice_id))) is None:
            raise
        return render_template("billing/kept_payment.html", kept=kept)
    return _one_invoice(found, _payment_form(found))


@blueprint.post("/facturas/<uuid:invoice_id>/pagos")
@allowed(OFFICE_WORK)
def register_payment(invoice_id: UUID) -> Response | tuple[str, int]:
    """Kept for later when the service is away: money that was taken is not to be typed twice."""
    form = Form.typed()
    amount = formats.minor_units(form.text("amount") or "", form.text("currency") or _currency())
    if amount is None:
        form.add_error("amount", "invalid-money")
        return _one_invoice(billing.invoice(str(invoice_id)), form), form.status
    try:
        payment = billing.register_payment(
            form.key,
            str(invoice_id),
            payment_id=_payment_id(form),
            amount_minor=amount,
            method=form.text("method") or "",
            reference=form.text("reference"),
            paid_on=form.text("paid_on"),
        )
    except Refusal as refused:
        form.refuse(refused, renamed={"amount_minor": "amount"})
        return _one_invoice(billing.invoice(str(invoice_id)), form), form.status
    flash(_("Pago registrado.") if payment else _("El pago quedó en cola y se registrará en unos minutos."))
    return redirect(url_for("billing.invoice", invoice_id=invoice_id))


@blueprint.get("/articulos")
@allowed(EVERYBODY)
def articles() -> str:
    search = request.args.get("search") or None
    page = billing.articles(search, after=request.args.get("after"))
    edited = next((row for row in page["rows"] if row["article_id"] == request.args.get("articulo")), None)
    return _articles_page(page, Form(_article_fields(edited)), search)


@blueprint.post("/articulos")
@allowed(OFFICE_WORK)
def save_article() -> Response | tuple[str, int]:
    form = Form.typed()
    price = formats.minor_units(form.text("price") or "", _currency())
    if price is None:
        form.add_error("price", "invalid-money")
        return _articles_page(billing.articles(), form, None), form.status
    try:
        billing.save_article(
            form.key,
            article_id=form.text("article_id"),
            name=form.text("name") or "",
            invoice_text=form.text("invoice_text") or form.text("name") or "",
            price_minor=price,
        )
    except Refusal as refused:
        form.refuse(refused, renamed={"price_minor": "price"})
        return _articles_page(billing.articles(), form, None), form.status
    flash(_("Artículo guardado."))
    return redirect(url_for("billing.articles"))


def _articles_page(page: Any, form: Form, search: str | None) -> str:
    return render_template("billing/articles.html", page=page, form=form, search=search, currency=_currency())


def _article_fields(row: Any) -> dict[str, Any]:
    return {**row, "price": formats.plain_money(row["price_minor"], _currency())} if row else {}


def _choose_whom() -> str:
    search = request.args.get("search") or None
    clients = installations.clients(search=search, limit=10)["rows"] if search else []
    waiting = installations.list(search=search, limit=10)["rows"] if search else []
    return render_template("billing/choose.html", search=search, clients=clients, waiting=waiting)


def _invoice_page(form: InvoiceForm) -> str:
    return render_template(
        "billing/new_invoice.html",
        form=form,
        installation=_installation(str(form.value_of("installation_id"))),
        articles=billing.articles(limit=200)["rows"],
        currency=_currency(),
        digits=formats.digits_of(_currency()),
        lines=range(LINES),
    )


def _one_invoice(invoice: Any, form: Form) -> str:
    kept = _kept_payment(invoice["invoice_id"])
    return render_template("billing/invoice.html", invoice=invoice, form=form, waiting=kept)


def _kept_payment(invoice_id: str) -> DeferredCommand | None:
    with app.runtime().database.read(g.signed_in.company.id) as reading:
        return deferral.waiting_for(reading, invoice_id)


def _payment_id(form: Form) -> str:
    """The form's key: a payment that is sent twice is one payment, with this id."""
    try:
        return str(UUID(form.key))
    except ValueError:
        abort(400)


def _payment_form(invoice: Any) -> Form:
    return Form(
        {
            "amount": formats.plain_money(invoice["balance_minor"], invoice["currency"]),
            "method": "cash",
            "paid_on": g.at.astimezone(formats.time_zone()).date().isoformat(),
        }
    )


def _installation(installation_id: str) -> Any | None:
    """None while its service is away: the invoice can be written all the same."""
    try:
        return installations.get(installation_id)
    except Unavailable:
        return None


def _summary() -> Any | None:
    try:
        return billing.summary()
    except Unavailable:
        return None


def _currency() -> str:
    return g.signed_in.company.currency
