"""Who the people of a measurement are: named as they are in Mexico, where one in ten is a García, and, for searches
that find as much among few as among many, a dozen of each size of company whose names nobody else has.

What a database makes people of: series, dice, and the lists of names here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

STARTED = datetime(2026, 11, 27, 15, tzinfo=UTC)
"""At nine in Mexico."""

FIRST = (
    "María Guadalupe José Juana Juan Margarita Francisco Verónica Antonio Leticia Luis Rosa Jesús Alejandra Miguel Ana",
    "Alejandro Patricia Pedro Elizabeth Manuel Gabriela Carlos Adriana Roberto Sofía Jorge Teresa Ricardo Silvia Zoé",
    "Fernando Yolanda Eduardo Carmen Sergio Martha Javier Araceli Raúl Irma Héctor Norma Gerardo Lucía Óscar Claudia",
    "Xóchitl Itzel Ángel Nicolás Íñigo Úrsula Wilfrido Eusebio",
)
LAST = (
    "García Hernández Martínez López González Rodríguez Pérez Sánchez Ramírez Cruz Flores Gómez Morales Vázquez Reyes",
    "Jiménez Torres Díaz Gutiérrez Ruiz Mendoza Aguilar Ortiz Moreno Castillo Romero Álvarez Chávez Rivera Juárez",
    "Méndez Domínguez Herrera Medina Castro Vargas Guzmán Velázquez Muñoz Rojas Contreras Salazar Luna Lara Estrada",
)
# Of most names there are few.
STARTS, MIDDLES = ("Zu", "Iba", "Ole", "Que", "Tru"), ("ma", "ri", "lte", "nda", "rra", "ñe", "ce", "ga")
ENDS = ("rán", "lde", "ga", "ño", "ta", "do", "bal", "ez")
STREETS = ("Hidalgo", "Juárez", "Morelos", "Allende", "Reforma", "Zaragoza", "Encino", "Fresno", "Nogal", "Colón")
CITIES = ("Tepoztlán", "Cuernavaca", "Yautepec", "Jiutepec", "Temixco", "Cuautla", "Zapata", "Ayala")

FEW = 12
SELDOM, SELDOM_WAITING = "Tlacuilo", "Ocelotl"
"""So many have these names in a company of any size: who is done with, and who still waits."""
ONCE = "Cuauhtlatoa"
PAIR = ("Luna", "Estrada")
"""Each is ever more frequent in larger companies; so few have both."""


def _split(lines: Sequence[str]) -> list[str]:
    return " ".join(lines).split()


LASTS = _split(LAST) + [start + middle + end for start in STARTS for middle in MIDDLES for end in ENDS]


def among(size: int, *, places: int = 1) -> dict[str, Any]:
    """What `PERSON` needs of a company with as many rows, which are dealt out to its places in turn."""
    names = {"first": _split(FIRST), "last": LASTS, "street": list(STREETS), "city": list(CITIES)}
    return names | {"n": size, "started": STARTED, "places": places, "step": size // FEW // places * places}


def plain(name: str) -> str:
    """Of an expression: the name as it is compared."""
    return f"translate(lower({name}), 'áéíóúñÁÉÍÓÚÑ', 'aeiounaeioun')"


# Of each `step` rows one is of each kind of person that there are few of, all of them in the first of the places.
# The first names of a list are drawn often, the last seldom.
PERSON = f"""
WITH dice AS MATERIALIZED (
    SELECT number, 1 + floor(cardinality(%(first)s) * power(random(), 2))::int AS first,
        1 + floor(cardinality(%(last)s) * power(random(), 2))::int AS last,
        1 + floor(cardinality(%(last)s) * power(random(), 2))::int AS other,
        1 + floor(cardinality(%(street)s) * random())::int AS street,
        1 + floor(cardinality(%(city)s) * power(random(), 2))::int AS city, floor(random() * 300)::int AS door,
        number * 7919::bigint AS spread, random() AS share, random() AS moment, random() AS lot,
        CASE WHEN number <= {FEW} * %(step)s AND number %% %(places)s = 0
            THEN (%(step)s - number %% %(step)s) %% %(step)s / %(places)s END AS kind,
        %(started)s::timestamptz - interval '5 years' * (1 - number / %(n)s::float) AS came_at
    FROM generate_series(1, %(n)s) AS number
), named AS MATERIALIZED (
    SELECT *, CASE WHEN kind = 0 THEN 'María' ELSE (%(first)s)[first] END AS first_name,
        CASE WHEN kind = 0 THEN '{SELDOM}' WHEN kind = 1 THEN '{PAIR[0]}' WHEN kind = 2 THEN '{SELDOM_WAITING}'
            WHEN kind = 3 AND number < %(step)s THEN '{ONCE}' ELSE (%(last)s)[last] END AS surname,
        CASE WHEN kind = 1 THEN '{PAIR[1]}'
            WHEN ARRAY[(%(last)s)[last], (%(last)s)[other]] @> ARRAY['{PAIR[0]}', '{PAIR[1]}'] THEN 'Lara'
            ELSE (%(last)s)[other] END AS other_name
    FROM dice
), person AS MATERIALIZED (
    SELECT *, surname || ' ' || other_name AS last_name, (%(street)s)[street] AS street_name,
        (%(city)s)[city] AS city_name, {plain("first_name || ' ' || surname || ' ' || other_name")} AS plain
    FROM named
)
"""  # noqa: S608 - of what is written here
