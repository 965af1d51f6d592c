"""Usage: what it costs, what came together, and what was used, every event once."""

import datetime as dt
from typing import ClassVar

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from kanjo.platform.database.append_only import AppendOnly
from kanjo.platform.database.together import Together


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("billing", "0010_changes"),
        ("companies", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="UsageDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(choices=[("api", "api"), ("csv", "csv"), ("hand", "hand")], max_length=8)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("because", models.TextField(blank=True)),
                ("accepted", models.PositiveIntegerField()),
                ("known", models.PositiveIntegerField()),
                ("refused", models.JSONField()),
                ("effective_on", models.DateField()),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.sellingcompany",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery of usage",
            },
        ),
        migrations.CreateModel(
            name="UsageEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event_id", models.CharField(max_length=100)),
                ("used_on", models.DateField()),
                ("quantity", models.BigIntegerField()),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.sellingcompany",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="billing.usageevent",
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="billing.usagedelivery"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.plan"
                    ),
                ),
            ],
            options={
                "verbose_name": "usage",
            },
        ),
        migrations.CreateModel(
            name="UsageRating",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("effective_on", models.DateField()),
                (
                    "model",
                    models.CharField(
                        choices=[
                            ("per_unit", "per_unit"),
                            ("graduated", "graduated"),
                            ("volume", "volume"),
                            ("package", "package"),
                        ],
                        max_length=16,
                    ),
                ),
                ("unit_en", models.CharField(max_length=80)),
                ("unit_ja", models.CharField(max_length=80)),
                ("included_units", models.BigIntegerField()),
                ("minimum_minor", models.BigIntegerField()),
                ("commitment_minor", models.BigIntegerField()),
                ("prepaid_units", models.BigIntegerField()),
                ("prepaid_minor", models.BigIntegerField()),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.sellingcompany",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ratings", to="billing.plan"
                    ),
                ),
            ],
            options={
                "verbose_name": "price of usage",
            },
        ),
        migrations.CreateModel(
            name="UsageTier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_units", models.BigIntegerField()),
                ("price_minor", models.BigIntegerField()),
                ("per_units", models.BigIntegerField()),
                ("flat_minor", models.BigIntegerField()),
                (
                    "rating",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tiers",
                        to="billing.usagerating",
                    ),
                ),
            ],
            options={
                "verbose_name": "tier of usage",
            },
        ),
        migrations.AddIndex(
            model_name="usagedelivery",
            index=models.Index(fields=["company", "-id"], name="usage_delivery_newest"),
        ),
        migrations.AddConstraint(
            model_name="usagedelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("effective_on__range", (dt.date(1, 1, 1), dt.date(9999, 12, 31)))),
                name="usage_delivery_day_exists",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="usagedelivery",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="35d51eeadaf0afbfc82af43a5d04c27a0e64e903",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_a6e32",
                    table="billing_usagedelivery",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="usagedelivery",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="e083f8f38868da206e18d441da233e76214929d2",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_14637",
                    table="billing_usagedelivery",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="usageevent",
            index=models.Index(fields=["plan", "-used_on", "-id"], name="usage_event_of_plan"),
        ),
        migrations.AddConstraint(
            model_name="usageevent",
            constraint=models.UniqueConstraint(fields=("company", "event_id"), name="usage_event_once"),
        ),
        migrations.AddConstraint(
            model_name="usageevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("quantity__range", (0, 1000000000000000)),
                    ("used_on__range", (dt.date(1, 1, 1), dt.date(9999, 12, 31))),
                ),
                name="usage_event_in_bounds",
            ),
        ),
        migrations.AddConstraint(
            model_name="usageevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("event_id__regex", "\\S")), name="usage_event_has_id"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="usageevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="6579e8f6a5c1abf9943406f7749a88fa29e78780",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_fc4d3",
                    table="billing_usageevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="usageevent",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="ed56e0fb0a31f0e2225b1b4f26eb6d74b45117a0",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_0bac6",
                    table="billing_usageevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="usagerating",
            constraint=models.UniqueConstraint(fields=("plan", "effective_on"), name="one_rating_per_day"),
        ),
        migrations.AddConstraint(
            model_name="usagerating",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("commitment_minor__range", (0, 1000000000000000)),
                    ("effective_on__range", (dt.date(1, 1, 1), dt.date(9999, 12, 31))),
                    ("included_units__range", (0, 1000000000000000)),
                    ("minimum_minor__range", (0, 1000000000000000)),
                    ("prepaid_minor__range", (0, 1000000000000000)),
                    ("prepaid_units__range", (0, 1000000000000000)),
                ),
                name="rating_in_bounds",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="usagerating",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="1cd29d153ae5a70b2d0e328647ee53ec395e9aab",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_135b2",
                    table="billing_usagerating",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="usagerating",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="87aecb41f063cb66fc48f3448b55febba49c7376",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_9ac81",
                    table="billing_usagerating",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="usagetier",
            constraint=models.UniqueConstraint(fields=("rating", "from_units"), name="one_tier_per_start"),
        ),
        migrations.AddConstraint(
            model_name="usagetier",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("flat_minor__range", (0, 1000000000000000)),
                    ("from_units__range", (0, 1000000000000000)),
                    ("per_units__range", (1, 1000000000000000)),
                    ("price_minor__range", (0, 1000000000000000)),
                ),
                name="tier_in_bounds",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="usagetier",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="84034aa9335bc8110547648a5973cb9472b15c43",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_fb45a",
                    table="billing_usagetier",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="usagetier",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="bd87cef5928ce157f6e1c16f0b1f96bd5faeda3f",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_b2061",
                    table="billing_usagetier",
                    when="BEFORE",
                ),
            ),
        ),
        AppendOnly("billing_usagerating"),
        AppendOnly("billing_usagetier"),
        AppendOnly("billing_usagedelivery"),
        AppendOnly("billing_usageevent"),
        Together("billing_usagerating", "plan_id", "billing_plan"),
        Together("billing_usageevent", "plan_id", "billing_plan"),
        Together("billing_usageevent", "delivery_id", "billing_usagedelivery"),
        Together("billing_usageevent", "corrects_id", "billing_usageevent"),
    ]
