"""What changes from one RouterOS version to another: all of it is here, and only here.

Sources: MikroTik manual, pages "API" and "Services"; the changelogs of 6.43, 6.45, 7.10, 7.16 and 7.18; answers that
public client projects recorded on routers of either generation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property


@dataclass(frozen=True)
class Version:
    """A version such as 7.18.2; `release` is its number, to compare with."""

    text: str

    @classmethod
    def parse(cls, text: str) -> Version:
        """Raises `ValueError` for what is not a version such as 7.18.2, 6.49 or 7.21rc3."""
        if re.fullmatch(r"\d+\.\d+(\.\d+)?((alpha|beta|rc)\d+)?", text) is None:
            raise ValueError(f"{text} is not a RouterOS version such as 7.18.2")
        return cls(text)

    def __str__(self) -> str:
        return self.text

    @cached_property
    def release(self) -> tuple[int, ...]:
        number = re.match(r"[\d.]+", self.text)[0]
        return tuple(int(part) for part in number.split("."))

    # Logging in.

    @property
    def takes_passwords(self) -> bool:
        """From 6.43 a login carries the password; before, every login without a response gets a challenge."""
        return self.release >= (6, 43)

    @property
    def takes_responses(self) -> bool:
        """Until 6.45 a login may answer a challenge; since then passwords are stored in a way that forbids it."""
        return self.release < (6, 45)

    # Answers.

    @property
    def says_empty(self) -> bool:
        """From 7.18 a print of nothing says `!empty` before its `!done`."""
        return self.release >= (7, 18)

    @property
    def dead(self) -> str:
        """What `listen` says of a row that is gone."""
        return "true" if self.release >= (7,) else "yes"

    def worded(self, message: str) -> str:
        """A refusal in this version's words: before 7 the router does not say which parameter it does not know."""
        if self.release < (7,) and message.startswith("unknown parameter "):
            return "unknown parameter"
        return message

    # The rest.

    @property
    def limits_sessions(self) -> bool:
        """From 7.16 `max-sessions` in `/ip/service` counts."""
        return self.release >= (7, 16)

    def written(self, moment: datetime) -> str:
        """A date and a time: 2023-05-01 20:52:13 from 7.10, may/01/2023 20:52:13 before."""
        if self.release >= (7, 10):
            return f"{moment:%Y-%m-%d %H:%M:%S}"
        return f"{_MONTHS[moment.month - 1]}/{moment:%d/%Y %H:%M:%S}"

    @property
    def exports_secrets(self) -> bool:
        """Before 7 an export shows passwords unless told to hide them; since then it hides them."""
        return self.release < (7,)


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
