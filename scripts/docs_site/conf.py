# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings of the documentation site that scripts/make_docs.sh builds."""

project = "jumpaccount.aws"
copyright = "the jumpaccount.aws maintainers"
extensions = ["myst_parser", "sphinx_antsibull_ext"]
myst_heading_anchors = 4
# The table of contents of index.md has what these list.
exclude_patterns = ["modules/environment_variables.rst", "modules/index.rst"]
html_theme = "furo"
html_title = "jumpaccount.aws"
html_use_index = False
html_show_sphinx = False
html_copy_source = False
