"""Columns and conditions that several tables of billing have."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Q

from kanjo.domains.billing.rules.guards import LARGEST_MINOR

STANDARD = 1
"""The policy that is there from the start."""


IN_BOUNDS = (-LARGEST_MINOR, LARGEST_MINOR)


DAYS = (date.min, date.max)
"""The days that can be computed with: PostgreSQL also knows infinity, which stops whoever reads it."""


def one_of(*names: str) -> Q:
    """Return the condition that exactly one of the foreign keys is given."""
    return reduce(or_, [Q(**{f"{name}__isnull": name != given for name in names}) for given in names])


def choice(values: type[StrEnum], **more: Any) -> models.CharField[str, str]:
    """Return a column that holds one of the values."""
    return models.CharField(max_length=20, choices=[(one.value, one.value) for one in values], **more)
