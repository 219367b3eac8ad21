# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description:
      - Can run in C(check_mode) and return changed status prediction without modifying the target.
    support: full
    details:
      - In check mode, the code that writes is not even instantiated. RV(ignore:changes) lists what
        a run without check mode would do.
  diff_mode:
    description: Returns details of the changes when in C(diff) mode.
    support: full
  idempotent:
    description: A second run with the same input changes nothing.
    support: full
"""

    ACCOUNT = r"""
options:
  account_id:
    description:
      - The account that the credentials must belong to, as a string of 12 digits.
      - If given, the credentials are checked before anything is written.
    type: str
  run_folder:
    description:
      - A folder for a single run, in which modules cache what they read, so that later modules in
        the same run do not need to read it again. It is emptied as soon as one of them makes a
        change.
      - No other user must be able to read the folder, and it must be removed after the run. The
        roles of this collection use a folder within Ansible's temporary folder on the controller.
        Without this option, nothing is cached.
    type: path
"""

    WRITING = r"""
options:
  defer_failures:
    description:
      - What to do if part of the list fails. The other parts are applied in any case.
      - With V(false), the module fails at the end and lists the failures.
      - With V(true), the module succeeds and the caller must check RV(ignore:failures). The roles
        of this collection do so and fail at the end of the whole run.
    type: bool
    default: false
"""

    REMOVAL = r"""
options:
  max_removal_ratio:
    description:
      - The maximum share of the existing objects that can be removed at once, from 0 to 1.
      - Up to three removals are always allowed. If the limit is exceeded, the module fails with the
        numbers before anything is written.
    type: float
    default: 0.25
"""
