# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stand for a Python interpreter: let the server run what one would run.

Usage: python -IS client.py SOCKET [SCRIPT [ARGUMENT...]]; without a script, it is standard input.
"""

import json
import os
import socket
import sys

asked = {"arguments": sys.argv[2:], "environment": dict(os.environ)}
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect(sys.argv[1])
    socket.send_fds(connection, [json.dumps(asked).encode()], [0, 1, 2, os.open(".", os.O_RDONLY)])
    answer = connection.recv(1)
sys.exit(answer[0] if answer else 1)
