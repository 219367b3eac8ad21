# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make docs/run.svg from a real run on the local AWS: python -m scripts.make_picture."""

from __future__ import annotations

import io
import re
import shutil
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

from rich.console import Console
from rich.text import Text

from scripts.demo import NEW_PERSON, ROOT, Stage, sandbox

PICTURE = ROOT / "docs" / "run.svg"
COLUMNS = 100
TITLE = "a new person in the roster"
COLORS = {"$": "bold", "  ok": "green", "  changed": "yellow", "  [": "dim"}


def record() -> list[str]:
    """Return what a terminal shows when a person was added to the roster of a company."""
    shown = io.StringIO()
    with tempfile.TemporaryDirectory() as folder, sandbox() as address:
        inventory = Path(folder) / "mine"
        shutil.copytree(ROOT / "inventories" / "sandbox", inventory)
        stage = Stage(address, inventory)
        with redirect_stdout(io.StringIO()):
            stage.play("bootstrap")
        with (inventory / "group_vars" / "all" / "roster.yml").open("a") as roster:
            roster.write(NEW_PERSON)
        with redirect_stdout(shown):
            stage.play("bootstrap", "--check")
    return shown.getvalue().replace(folder, "inventories").splitlines()


def draw(lines: list[str]) -> str:
    """Return a picture of a terminal without addresses from which a browser would load fonts."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    for line in lines:
        cut = line if len(line) <= COLUMNS else f"{line[: COLUMNS - 1]}…"
        style = next((color for start, color in COLORS.items() if cut.startswith(start)), "")
        console.print(Text(cut, style=style))
    picture = console.export_svg(title=TITLE, unique_id="run")
    return re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL)


def main() -> None:
    """Write the picture."""
    PICTURE.write_text(draw(record()))


if __name__ == "__main__":
    main()
