"""How our tables defend themselves: append-only rows, audited rows, guarded states, rows of one company.

Declared on the model (`triggers = [*append_only()]`), kept by PostgreSQL. Errors carry our own codes (`KJ...`), which
`platform.access.doors` turns into sentences.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self, TypeVar

import pgtrigger
from django.db import connection, models, transaction
from django.db.models.functions import Now
from psycopg import sql

from kanjo.foundation.actors import Actor
from kanjo.foundation.personal import Personal
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.names import ROW_NAMES, called

M = TypeVar("M", bound=models.Model)


class NotFound(Refusal):
    """Nothing with that id is there for this person; what is hidden and what does not exist answer alike."""

    rule = "access.not-found"
    kind = RefusalKind.MISSING
    says = Text(en="There is no {what} {key} that you can see.", ja="{what} {key} は見つかりません。")
    remedy = Text(
        en="Check the number, or ask an administrator to assign you to its company.",
        ja="番号を確認するか、その会社への割り当てを管理者に依頼してください。",
    )


def refuse_unseen(company_id: int, by: Actor) -> None:
    """Refuse `NotFound` for a company that *by* is not assigned to, as if there were none."""
    if company_id not in by.companies:
        raise NotFound(what=ROW_NAMES["companies_sellingcompany"], key=company_id)


class Rows(models.QuerySet[M]):
    """Reads and locks that never cross the companies a person is assigned to."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep the rows of the companies that *actor* is assigned to."""
        return self.filter(company_id__in=actor.companies)

    def locked(self, key: int, by: Actor) -> M:
        """Return the row locked for update, or refuse with `NotFound`."""
        row = self.visible_to(by).select_for_update(of=("self",)).filter(pk=key).first()
        return self._or_refused(row, key)

    def seen(self, key: int, by: Actor) -> M:
        """Return the row as it stands, or refuse with `NotFound`."""
        return self._or_refused(self.visible_to(by).filter(pk=key).first(), key)

    def _or_refused(self, row: M | None, key: int) -> M:
        if row is None:
            raise NotFound(what=called(self.model), key=key)
        return row


class SharedRows(Rows[M]):
    """Reads and locks of what all selling companies share (customers, persons)."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep everything: shared rows belong to no single company."""
        return self.all()


class CompanyRow(models.Model):
    """A row that belongs to one selling company.

    No index on the company alone: it would tell nothing apart. The index of a list begins with the company.
    """

    company = models.ForeignKey("companies.SellingCompany", on_delete=models.PROTECT, related_name="+", db_index=False)

    objects = Rows.as_manager()

    class Meta:
        abstract = True


def alone(act: str, key: int) -> None:
    """Wait until no other transaction does *act* to *key*, and make others wait until this one ends.

    For acts that bring the first row into being: there is nothing to lock yet.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [act, key])


@contextmanager
def apart() -> Iterator[None]:
    """Let a part of a transaction fail alone: what is wrong with it, by deferred constraints too, shows at its end."""
    with transaction.atomic():
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def hold(table: str, key: int) -> None:
    """Lock a row until the transaction ends, for whoever has to look before it acts."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT FROM {} WHERE id = %s FOR UPDATE").format(sql.Identifier(table)), [key])


def personal(row: models.Model, column: str, of: tuple[str, int] | None = None) -> Personal:
    """Return a column that the model declares as personal (`PERSONAL`); whose it is, is the row itself or *of*."""
    kind = type(row).PERSONAL[column]  # type: ignore[attr-defined]  # declared beside the columns
    return Personal(getattr(row, column), kind, of or (row._meta.db_table, row.pk))


def recorded_at() -> models.DateTimeField[Any, Any]:
    """Return the column that says when we knew: set by the database, never by a caller."""
    return models.DateTimeField(db_default=Now(), editable=False)


def append_only() -> list[pgtrigger.Trigger]:
    """Return the triggers of a table whose rows are never changed, removed or truncated."""
    refuse = "RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';"
    return [
        pgtrigger.Trigger(
            name="append_only",
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func=refuse,
        ),
        no_truncate(),
    ]


def no_truncate() -> pgtrigger.Trigger:
    """Return the trigger that refuses TRUNCATE, which row triggers do not see."""
    return pgtrigger.Trigger(
        name="no_truncate",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
    )


def audited(*hidden: str) -> list[pgtrigger.Trigger]:
    """Return the triggers of a document: each change leaves an audit row, and no row is removed.

    *hidden* columns (secrets, counters of no interest) never reach the trail.
    """
    unseen = "ARRAY[" + ", ".join(f"'{name}'" for name in hidden) + "]::text[]"
    return [
        pgtrigger.Trigger(
            name="audited",
            when=pgtrigger.After,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            func=f"""
            PERFORM audit_change_of(
                TG_TABLE_NAME::text,
                CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - {unseen} END,
                CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - {unseen} END);
            RETURN NULL;
            """,
        ),
        no_truncate(),
    ]


def kept() -> pgtrigger.Trigger:
    """Return the trigger that refuses to remove a row."""
    return pgtrigger.Trigger(
        name="kept",
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        func="RAISE EXCEPTION 'rows of % are kept', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
    )


def frozen(fields: Sequence[str], *, once: str, name: str = "frozen") -> pgtrigger.Trigger:
    """Return the trigger that refuses a change of *fields* once the SQL condition *once* holds for the old row."""
    old = ", ".join(f"OLD.{name}" for name in fields)
    new = ", ".join(f"NEW.{name}" for name in fields)
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
        IF ({once}) AND ROW({old}) IS DISTINCT FROM ROW({new}) THEN
            RAISE EXCEPTION '% % is frozen: amend it by a new document', TG_TABLE_NAME, OLD.id USING ERRCODE = 'KJ002';
        END IF;
        RETURN NEW;
        """,
    )


def steps(field: str, allowed: Iterable[tuple[str, str]]) -> pgtrigger.Trigger:
    """Return the trigger that lets *field* move only along *allowed* steps (from, to)."""
    pairs = ", ".join(f"('{before}', '{after}')" for before, after in allowed)
    return pgtrigger.Trigger(
        name=f"{field}_steps",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
        IF OLD.{field} <> NEW.{field} AND (OLD.{field}::text, NEW.{field}::text) NOT IN ({pairs}) THEN
            RAISE EXCEPTION '% cannot go from % to %', TG_TABLE_NAME, OLD.{field}, NEW.{field}
                USING ERRCODE = 'KJ003';
        END IF;
        RETURN NEW;
        """,
    )
