"""What a cell can be. Values travel as JSON has them: a moment in ISO 8601, money in minor units."""

from __future__ import annotations

TEXT, NUMBER, MONEY, MOMENT, WORD = "text", "number", "money", "moment", "word"
KINDS = (TEXT, NUMBER, MONEY, MOMENT, WORD)
