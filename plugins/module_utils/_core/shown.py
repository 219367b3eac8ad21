# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Values and texts of others in messages: what a terminal would obey or hide is spelled out."""

from __future__ import annotations

import re

from .change import Json

SHOWN_LONGEST = 80
"""Characters of a value in a message; the place beside it tells the rest."""

_ACTIVE = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # controls, line breaks and the beginnings of terminal sequences
    "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # direction
    "\u2028\u2029"  # line breaks that only some programs obey
    "\ud800-\udfff\U000e0000-\U000e007f"  # halves of characters, invisible tags
    "]"
)
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def inert(text: str) -> str:
    """Return a text on one line, whose invisible characters are escapes such as \\u202e."""
    return _ACTIVE.sub(lambda found: _escape(found[0]), text)


def _escape(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return _SHORT.get(char, f"\\x{code:02x}")
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def shown(value: Json) -> str:
    """Return a value of somebody else as a message shows it: inert, and not too long."""
    text = inert(str(value))
    return text if len(text) <= SHOWN_LONGEST else f"{text[:SHOWN_LONGEST]}..."


def quoted(value: Json) -> str:
    """Return a value in the quotes that tell where it begins and ends."""
    return f"'{shown(value)}'"
