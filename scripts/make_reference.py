# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make docs/reference.md from scripts/reference.yml: python -m scripts.make_reference."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
SOURCE, PAGE = ROOT / "scripts" / "reference.yml", ROOT / "docs" / "reference.md"
CHARACTERS = {
    "name": "letters, digits and `_+,.@-`",
    "tag": "letters, digits and spaces of all languages and `_.:/=+-@`",
}


def load_reference() -> dict[str, Any]:
    """Return the description of the page."""
    loaded: dict[str, Any] = yaml.safe_load(SOURCE.read_text())
    return loaded


def build_page(reference: dict[str, Any]) -> str:
    """Return the page."""
    parts = ["# Reference: inventory, levels, roster", reference["intro"].strip()]
    for section in reference["sections"]:
        parts += [f"## {section['title']}", section["text"].strip(), _table(section["keys"])]
        if "example" in section:
            parts.append(f"```yaml\n{section['example'].strip()}\n```")
    return "\n\n".join(parts) + "\n"


def _table(keys: dict[str, dict[str, Any]]) -> str:
    rows = ["| key | type | default | meaning and limits | example |", "|---|---|---|---|---|"]
    for name, key in keys.items():
        rows.append(
            f"| `{name}` | {key['type']} | {_default(key)} | {_meaning(key)} "
            f"| `{_shown(key['example'])}` |"
        )
    return "\n".join(rows)


def _default(key: dict[str, Any]) -> str:
    if key.get("required"):
        return "required"
    return f"`{_shown(key['default'])}`" if "default" in key else "none"


def _meaning(key: dict[str, Any]) -> str:
    limit = key.get("limit", {})
    limits = [
        *([f"at most {limit['longest']:,} characters"] if "longest" in limit else []),
        *([CHARACTERS[limit["characters"]]] if "characters" in limit else []),
        *([f"from {limit['least']} to {limit['most']}"] if "least" in limit else []),
        *([f"at most {limit['entries']} entries"] if "entries" in limit else []),
        *([" or ".join(f"`{c}`" for c in limit["choices"])] if "choices" in limit else []),
        *([limit["words"].strip()] if "words" in limit else []),
    ]
    about = " ".join(key["about"].split())
    return f"{about} Limits: {'; '.join(limits)}." if limits else about


def _shown(value: Any) -> str:
    """Return a value as it can be written in YAML, on one line."""
    if isinstance(value, str) and not value[:1].isdigit():
        return value
    return json.dumps(value, ensure_ascii=False).replace("|", "\\|")


def main() -> None:
    """Write the page."""
    PAGE.write_text(build_page(load_reference()))


if __name__ == "__main__":
    main()
