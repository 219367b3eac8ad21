# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings of the documentation site that scripts/make_docs.sh builds."""

from __future__ import annotations

import re

from sphinx.application import Sphinx

project = "jumpaccount.aws"
copyright = "the jumpaccount.aws maintainers"
extensions = ["myst_parser", "sphinx_antsibull_ext"]
myst_heading_anchors = 4
# The table of contents of index.md has what these list.
exclude_patterns = ["modules/environment_variables.rst", "modules/index.rst"]
html_theme = "furo"
html_title = "jumpaccount.aws"
html_show_sphinx = False
html_copy_source = False

_TITLE = re.compile(r"^jumpaccount\.aws\.(\w+) \w+ -- .*\n\++\n", re.MULTILINE)
_CONTENTS = re.compile(r"^\.\. contents::\n(   .*\n)*", re.MULTILINE)


def _fit_theme(_app: Sphinx, name: str, source: list[str]) -> None:
    """Shorten the titles of modules for the sidebar, which also has the contents of a page."""
    if name.startswith("modules/"):
        text = _TITLE.sub(lambda found: f"{found[1]}\n{'+' * len(found[1])}\n", source[0])
        source[0] = _CONTENTS.sub("", text)


def setup(app: Sphinx) -> None:
    """Let Sphinx change the pages of modules as it reads them."""
    app.connect("source-read", _fit_theme)
