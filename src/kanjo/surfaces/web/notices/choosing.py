"""How a person is told: by which way of what, when the digest comes, and when it is quiet."""

from __future__ import annotations

from django.http import HttpResponse

from kanjo.foundation.texts import Text
from kanjo.platform.notices.kinds import CHOSEN, Kind, Way
from kanjo.platform.notices.letters import quiet_hours
from kanjo.platform.notices.operations import choose
from kanjo.platform.notices.queries import choices_of
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Act, Column, Detail, Section, Table, show
from kanjo.surfaces.web.doors import SIGNED_IN, door
from kanjo.surfaces.web.fields import Field, choice, clock, clock_shown
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.notices.pages import HOW, KIND, TITLE
from kanjo.surfaces.web.shown import NO, NOTHING, YES, Link

CHANGE = Text(en="Change it", ja="設定を変更")
WAY = Text(en="Told", ja="通知方法")
DIGEST_HOUR = Text(en="Hour of the daily digest", ja="まとめメールの時刻")
QUIET = Text(en="Quiet hours", ja="メールを止める時間帯")
QUIET_FROM = Text(en="No mail from", ja="メールを止める時間帯（開始）")
QUIET_UNTIL = Text(en="No mail until", ja="メールを止める時間帯（終了）")
CLOSED_DAYS = Text(en="No mail on weekends and Japanese holidays", ja="土日・祝日・年末年始はメールを止める")
ZONE = Text(en="Time zone", ja="タイムゾーン")
NEXT = Text(en="Mail waits until", ja="メール再開日時")
FROM_TO = Text(en="{first} to {last}", ja="{first} から {last}")
O_CLOCK = Text(en="{hour}:00", ja="{hour}時")
AS_COMPANY = Text(en="Blank: that of the company.", ja="空欄の場合は会社のタイムゾーンを使用します。")
CLOCK_HINT = Text(
    en="Such as 22:00; over midnight where it ends earlier. Mail waits and comes as one.",
    ja="22:00 の形で入力します（日をまたぐ指定もできます）。その間のメールは、終了後に1通にまとめて届きます。",
)
_YES, _NO = "yes", "no"


@door(SIGNED_IN)
def told(request: DeskRequest) -> HttpResponse:
    """Show how the person is told."""
    desk = request.desk
    chosen = choices_of(desk.own.id)
    quiet = quiet_hours(chosen, desk.own)
    over = quiet.over_at(desk.now)
    window = chosen.quiet_from is not None and FROM_TO.filled(
        first=clock_shown(chosen.quiet_from), last=clock_shown(chosen.quiet_until)
    )
    columns: tuple[Column[Kind], ...] = (
        Column(KIND, lambda kind: kind.shown),
        Column(WAY, lambda kind: chosen.ways[kind].shown),
    )
    note = Text(
        en="Of a deputy both persons are always told, by mail at once.",
        ja="代理の指定・終了は、設定にかかわらず両者へすぐにメールで通知されます。",
    )
    detail = Detail(
        kind=HOW,
        title=HOW.said_in(desk.own.language),
        back=Link(TITLE, "notices"),
        facts=(
            (labels.PERSON, desk.own.name),
            (DIGEST_HOUR, O_CLOCK.filled(hour=chosen.digest_hour)),
            (QUIET, window or NOTHING),
            (CLOSED_DAYS, YES if chosen.closed_days_quiet else NO),
            (ZONE, str(quiet.zone)),
            *(((NEXT, over),) if over > desk.now else ()),
        ),
        sections=(Section(WAY, Table.of(columns, Kind), note=note),),
        acts=(Act(CHANGE, Link("", "choose-told"), "notices.choose", main=True),),
    )
    return show(request, detail)


@door(SIGNED_IN)
def choose_ways(request: DeskRequest) -> HttpResponse:
    """Choose how to be told."""
    desk = request.desk
    chosen = choices_of(desk.own.id)

    def do(given: Given) -> Link:
        choose(
            ways={kind: Way(given[f"way-{kind}"]) for kind in CHOSEN},
            digest_hour=int(given["digest_hour"]),
            quiet_from=given["quiet_from"],
            quiet_until=given["quiet_until"],
            closed_days_quiet=given["closed_days"] == _YES,
            time_zone=given["time_zone"] or "",
            by=desk.own,
            at=desk.now,
        )
        return Link("", "told")

    ways = tuple((way.value, way.shown) for way in Way)
    hours = tuple((str(hour), O_CLOCK.filled(hour=hour)) for hour in range(24))
    fields = (
        *(choice(f"way-{kind}", kind.shown, ways, initial=chosen.ways[kind]) for kind in CHOSEN),
        choice("digest_hour", DIGEST_HOUR, hours, initial=str(chosen.digest_hour)),
        clock("quiet_from", QUIET_FROM, chosen.quiet_from, needed=False, hint=CLOCK_HINT),
        clock("quiet_until", QUIET_UNTIL, chosen.quiet_until, needed=False),
        choice("closed_days", CLOSED_DAYS, ((_YES, YES), (_NO, NO)), initial=_YES if chosen.closed_days_quiet else _NO),
        Field("time_zone", ZONE, lambda text, _at: text, "text", False, AS_COMPANY, chosen.time_zone, most=64),
    )
    return perform(request, Deed(title=HOW, back=Link(HOW, "told"), button=CHANGE, do=do, fields=fields))
