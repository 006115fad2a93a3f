"""The words that installations are found by, and how many there are of each state."""

import sqlalchemy as sa
from alembic import op

from chassis.storage import BytewiseString, UtcDateTime
from chassis.storage.words import words_of

revision = "0012"
down_revision = "0011"

AT_ONCE = 5_000
TEXTS = (
    "first_name", "last_name", "official_id", "email", "address", "neighbourhood", "city", "service_name",
)  # fmt: skip
SECTION = "CASE state WHEN 'active' THEN 'client' WHEN 'cancelled' THEN 'cancelled' ELSE 'pending' END"
AT = "CASE state WHEN 'active' THEN activated_at ELSE scheduled_at END"
SPLIT = {
    "postgresql": "unnest(string_to_array(btrim(search_text), ' ')) AS word(value)",
    "sqlite": """json_each('["' || replace(trim(search_text), ' ', '","') || '"]') AS word""",
}
IDENTITY = {"postgresql": "gen_random_uuid()", "sqlite": "lower(hex(randomblob(16)))"}


def upgrade() -> None:
    _write_words()
    op.create_table(
        "installation_words",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(20), nullable=False),
        sa.Column("word", BytewiseString(64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("company_id", "section", "word", "at", "id", name=op.f("pk_installation_words")),
        info={"company_owned": True},
    )
    op.create_table(
        "installation_tallies",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation_tallies")),
        info={"company_owned": True},
    )
    op.create_index("ix_installation_tallies_company_id", "installation_tallies", ["company_id"])
    dialect = op.get_bind().dialect.name
    op.execute(
        "INSERT INTO installation_words (company_id, section, word, at, id) "  # noqa: S608 - all of it is of this file
        f"SELECT company_id, {SECTION}, word.value, {AT}, installations.id "
        f"FROM installations, {SPLIT[dialect]} WHERE word.value <> ''"
    )
    op.execute(
        "INSERT INTO installation_tallies (company_id, id, name, n) "  # noqa: S608 - all of it is of this file
        f"SELECT company_id, {IDENTITY[dialect]}, state, count(*) FROM installations GROUP BY company_id, state"
    )


def _write_words() -> None:
    connection = op.get_bind()
    names = ("number", "client_number", "search_text", "phone", "second_phone", "ip_address", "mac_address", *TEXTS)
    installations = sa.table("installations", sa.column("id", sa.Uuid()), *(sa.column(name) for name in names))
    page = sa.select(installations).order_by(installations.c.id).limit(AT_ONCE)
    write = sa.update(installations).where(installations.c.id == sa.bindparam("of"))
    found = connection.execute(page).all()
    while found:
        rows = [{"of": row.id, "words": _words(row)} for row in found]
        connection.execute(write.values(search_text=sa.bindparam("words")), rows)
        found = connection.execute(page.where(installations.c.id > found[-1].id)).all()


def _words(row: sa.Row) -> str:
    numbers = [str(number) for number in (row.number, row.client_number) if number]
    return words_of(
        texts=(*(getattr(row, name) for name in TEXTS), *numbers),
        whole=(row.email, row.ip_address),
        codes=(row.official_id, row.mac_address),
        phones=(row.phone, row.second_phone),
    )
