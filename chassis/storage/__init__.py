"""Databases: transactions scoped to a company, the chassis's own tables, pages, numbers and migrations."""

from chassis.storage.appending import append
from chassis.storage.changing import write_changed
from chassis.storage.columns import BytewiseString, UtcDateTime
from chassis.storage.database import Database
from chassis.storage.grouping import paginate_groups
from chassis.storage.hooks import after_commit, before_commit
from chassis.storage.paging import Page, paginate
from chassis.storage.rows import find, next_number, next_numbers
from chassis.storage.scope import CompanyOwned, ForeignCompany, ScopeMissing, current_company, enter_company
from chassis.storage.tables import make_base

__all__ = [
    "BytewiseString",
    "CompanyOwned",
    "Database",
    "ForeignCompany",
    "Page",
    "ScopeMissing",
    "UtcDateTime",
    "after_commit",
    "append",
    "before_commit",
    "current_company",
    "enter_company",
    "find",
    "make_base",
    "next_number",
    "next_numbers",
    "paginate",
    "paginate_groups",
    "write_changed",
]
