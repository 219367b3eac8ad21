# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows of the proof, and the tables in Markdown that they are written in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

TABLES = Path(__file__).parent / "rows"
COLUMNS = ("who", "session", "network", "does", "on", "given", "layer", "expected")
_DEFAULTS = {"session": "mfa", "network": "office", "given": "", "layer": "all"}


@dataclass(frozen=True)
class Row:
    """Who does what on what, and what must come out; place is where it is written."""

    place: str
    who: str
    session: str
    network: str
    does: str
    on: str
    given: str
    layer: str
    expected: str

    def __str__(self) -> str:
        how = f"[{self.session}, {self.network}{', ' + self.given if self.given else ''}]"
        what = f"{self.who} {how} {self.does} on {self.on}"
        return f"{self.place}: {what}, {self.layer}: must be {self.expected}"


def read_tables(folder: str) -> list[Row]:
    """Return the rows of all tables in a folder."""
    return [row for path in sorted((TABLES / folder).glob("*.md")) for row in _rows(path)]


def _rows(path: Path) -> Iterator[Row]:
    columns: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.startswith("|"):
            columns = []
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not columns:
            columns = cells
            assert set(columns) <= set(COLUMNS), f"{path.name}:{number}: unknown column"
        elif not set(cells[0]) <= {"-", ":"}:
            assert len(cells) == len(columns), f"{path.name}:{number}: {len(columns)} cells needed"
            yield from _expand(f"{path.stem}:{number}", dict(zip(columns, cells, strict=True)))


def _expand(place: str, cells: dict[str, str]) -> Iterator[Row]:
    """Give a row for every combination of the alternatives that cells list with commas."""
    given = {**_DEFAULTS, **{column: cell for column, cell in cells.items() if cell}}
    alternatives = [_alternatives(column, given[column]) for column in COLUMNS]
    for values in product(*alternatives):
        yield Row(place, **dict(zip(COLUMNS, values, strict=True)))


def _alternatives(column: str, cell: str) -> list[str]:
    if column == "given":
        return [part.strip().removeprefix("none") for part in cell.split(" or ")]
    return [part.strip() for part in cell.split(",")]
