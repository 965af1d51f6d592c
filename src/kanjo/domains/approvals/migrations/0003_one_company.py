"""What belongs together is of one company and one currency."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.together import Together


class Migration(migrations.Migration):
    dependencies: ClassVar = [("approvals", "0002_rights")]
    operations: ClassVar = [
        Together("approvals_approvalcondition", "item_id", "approvals_approvalitem"),
        Together("approvals_approvaldecision", "item_id", "approvals_approvalitem"),
        Together("approvals_approvalitem", "request_id", "approvals_approvalrequest"),
        Together("approvals_approvalitem", "row_id", "approvals_matrixrow"),
        Together("approvals_approvalrequest", "matrix_id", "approvals_matrix"),
        Together("approvals_matrixrow", "matrix_id", "approvals_matrix"),
    ]
