# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the README of each role from its argument specification.

Usage: python -m scripts.role_readmes
A test compares what is written with what this makes, so no README goes stale.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
ROLES = sorted(path for path in (ROOT / "roles").iterdir() if path.is_dir())
_MARKUP = re.compile(r"\b(?P<sort>[BCEIMOPV]|RV)\((?P<text>[^)]*)\)")


def build_readme(role: Path) -> str:
    """Return the README of a role."""
    entries = load(role / "meta" / "argument_specs.yml")["argument_specs"]
    parts = [f"# Role `jumpaccount.aws.{role.name}`\n"]
    for name, entry in entries.items():
        if name != "main":
            parts.append(f"## Entry point `{name}`\n")
        parts += [f"{plain(entry['short_description'])}.\n", *listed(entry["description"])]
        parts += options(entry.get("options", {}))
    parts += needed(role)
    parts.append(
        "This file is generated from `meta/argument_specs.yml` by "
        "`python -m scripts.role_readmes`; `ansible-doc -t role` shows the same.\n"
    )
    return "\n".join(parts)


def load(path: Path) -> dict[str, Any]:
    """Return a YAML file."""
    return yaml.safe_load(path.read_text()) or {}


def paragraphs(text: str | list[str]) -> list[str]:
    """Return the paragraphs of a description, without Ansible's markup."""
    return [plain(part) for part in ([text] if isinstance(text, str) else text)]


def listed(description: str | list[str]) -> list[str]:
    """Return a description as paragraphs of a document."""
    return [f"{part}\n" for part in paragraphs(description)]


def plain(text: str) -> str:
    """Return text with Ansible's markup as Markdown."""
    return _MARKUP.sub(lambda m: f"`{m['text'].partition('#')[0]}`", " ".join(text.split()))


def options(given: dict[str, Any]) -> list[str]:
    """Return the table of the variables, or nothing without variables."""
    if not given:
        return []
    rows = [
        f"| `{name}` | {kind(option)} | {default(option)} | {cell(option)} |"
        for name, option in given.items()
    ]
    return ["\n".join(["| variable | type | default | meaning |", "|---|---|---|---|", *rows, ""])]


def kind(option: dict[str, Any]) -> str:
    """Return the type of a variable, with that of its elements."""
    name = option.get("type", "str")
    return f"{name} of {option['elements']}" if "elements" in option else name


def default(option: dict[str, Any]) -> str:
    """Return the default of a variable as YAML."""
    if option.get("required"):
        return "required"
    if "default" not in option:
        return ""
    text = yaml.safe_dump(option["default"], default_flow_style=True, width=1000)
    return f"`{text.removesuffix('...' + chr(10)).strip()}`".replace("|", "\\|")


def cell(option: dict[str, Any]) -> str:
    """Return the meaning of a variable on one line."""
    texts = paragraphs(option.get("description", ""))
    if "choices" in option:
        texts.append(f"One of {', '.join(f'`{choice}`' for choice in option['choices'])}.")
    return " ".join(texts).replace("|", "\\|")


def needed(role: Path) -> list[str]:
    """Return the roles that run before this one."""
    names = [f"`{d['role']}`" for d in load(role / "meta" / "main.yml").get("dependencies", [])]
    return [f"Depends on {', '.join(names)}, whose variables apply here, too.\n"] if names else []


def main() -> None:
    """Write all READMEs."""
    for role in ROLES:
        (role / "README.md").write_text(build_readme(role))


if __name__ == "__main__":
    main()
