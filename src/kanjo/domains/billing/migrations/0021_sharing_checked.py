"""The checks of sharing hold for the rows from before it too: looked at while others go on writing."""

from typing import ClassVar

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0020_by_hand_and_approvals")]

    operations: ClassVar = [
        ValidateConstraint("charge", "beside_another"),
        ValidateConstraint("invoiceline", "line_share"),
    ]
