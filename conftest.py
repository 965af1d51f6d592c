"""Before any test is read: a home of the tests' own, and Django set up on it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import django
from hypothesis import settings as examples

# One home per person, shared by all runs: making a server and migrating it again each time would cost seconds.
os.environ["KANJO_HOME"] = str(Path(tempfile.gettempdir()) / f"kanjo-tests-{os.geteuid()}")
# One token of a test calls more often than any program: what too often is, its own tests say.
os.environ |= {"KANJO_CALLS_PER_MINUTE": "60000", "KANJO_SEARCHES_PER_MINUTE": "60000"}
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanjo.config.settings")

from django.conf import settings

assert str(settings.ENVIRONMENT.home) == os.environ["KANJO_HOME"], (
    "The settings were read before the tests chose their home: unset DJANGO_SETTINGS_MODULE."
)

# The manifest of hashed names is made by `kanjo up`; a page under test names its files as they are.
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
django.setup()

# How many examples the properties try: few in every run, 20,000 with HYPOTHESIS_PROFILE=thorough; none against a clock.
examples.register_profile("everyday", max_examples=100, deadline=None)
examples.register_profile("thorough", max_examples=20_000, deadline=None)
examples.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "everyday"))

pytest_plugins = ["tests.plumbing", "tests.receiver", "tests.web.telling"]
