# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status without changing anything.
    support: full
    details:
      - In check mode the part that writes is not even constructed. RV(ignore:changes) is what a
        run without check mode would do.
  diff_mode:
    description: Shows what changes in C(diff) mode.
    support: full
  idempotent:
    description: A second run with the same input changes nothing.
    support: full
"""

    ACCOUNT = r"""
options:
  account_id:
    description:
      - The account that the credentials must be for, as a string of 12 digits.
      - When given, the credentials are checked before anything is written.
    type: str
  run_folder:
    description:
      - A folder of one run, in which modules keep what they read, so that later modules of the same
        run need not read it again. It is emptied as soon as one of them writes.
      - The folder must be readable by nobody else and must be removed after the run. The roles of
        this collection use one within Ansible's temporary folder on the controller. Nothing is kept
        without it.
    type: path
"""

    WRITING = r"""
options:
  defer_failures:
    description:
      - What to do when AWS refuses a part of the list. The other parts are done in any case.
      - With V(false) the module fails at its end and lists what was refused.
      - With V(true) it ends well and the caller must look at RV(ignore:failures). The roles of
        this collection do so and fail at the end of the whole run.
    type: bool
    default: false
"""

    REMOVAL = r"""
options:
  max_removal_ratio:
    description:
      - The largest share of the existing objects that may be removed at once, from 0 to 1.
      - Three removals or fewer are always allowed. More than this is refused before anything is
        written, with the numbers.
    type: float
    default: 0.25
"""
