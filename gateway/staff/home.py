"""The first page after signing in: what must be done today, how the month goes; each number a link to what proves it.

Each part comes from its own service; one that is away says so and hides no other.
"""

from __future__ import annotations

import re

from flask import Blueprint, g, render_template, request

from gateway import first_steps, month_chart, roles
from gateway.backends import billing, contracts, installations, notifications, preinstall, provisioning
from gateway.model import TECHNICIAN
from gateway.parts import part

blueprint = Blueprint("home", __name__)

MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


@blueprint.get("/")
@roles.allowed(roles.EVERYBODY)
def dashboard() -> str:
    account = g.signed_in.account
    if account.role == TECHNICIAN:
        own = part("installations", lambda: installations.dashboard(str(account.id)))
        return render_template("home/own_day.html", work=own, technician_id=account.id)
    asked = request.args.get("month", "")
    month = asked if MONTH.fullmatch(asked) else None
    of_month = part("installations", lambda: installations.month(month))
    work = part("installations", installations.dashboard)
    return render_template(
        "home/dashboard.html",
        work=work,
        steps=first_steps.of(work, of_month),
        waiting=part("preinstall", preinstall.summary),
        money=part("billing", billing.summary),
        routers=part("provisioning", provisioning.summary),
        papers=part("contracts", contracts.summary),
        mails=part("notifications", notifications.summary),
        month=of_month,
        chart=month_chart.bars(of_month.data["by_day"]) if of_month.data else None,
        sources=part("preinstall", lambda: preinstall.funnel(month)),
    )
