"""A local AWS for the quickstart and the tests: moto in one process, with corrections.

How a request is answered: ``server`` hands it to ``gateway``, which asks ``registry`` for a
handler of (service, operation). A registered handler is a correction: it replaces moto's
operation entirely. Everything without a handler goes to moto through ``moto_bridge``.
Registering a handler is the only way to change what moto answers.
"""

from sandbox.server import Sandbox

__all__ = ["Sandbox"]
