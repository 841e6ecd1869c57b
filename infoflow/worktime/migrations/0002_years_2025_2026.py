"""The lists of 2025 and 2026, and the end of working hours: enough to begin with.

Written out, so that the migration does not change with a library. Later years come with
`load_holidays` (run by `prepare`) or from the office.
"""

from datetime import date, time, timedelta

from django.db import migrations

# First and last day off.
OFF = [
    ((2025, 1, 1), (2025, 1, 1)),
    ((2025, 1, 28), (2025, 2, 4)),
    ((2025, 4, 4), (2025, 4, 6)),
    ((2025, 5, 1), (2025, 5, 5)),
    ((2025, 5, 31), (2025, 6, 2)),
    ((2025, 10, 1), (2025, 10, 8)),
    ((2026, 1, 1), (2026, 1, 3)),
    ((2026, 2, 15), (2026, 2, 23)),
    ((2026, 4, 4), (2026, 4, 6)),
    ((2026, 5, 1), (2026, 5, 5)),
    ((2026, 6, 19), (2026, 6, 21)),
    ((2026, 9, 25), (2026, 9, 27)),
    ((2026, 10, 1), (2026, 10, 7)),
]
WORKED = [
    (2025, 1, 26),
    (2025, 2, 8),
    (2025, 4, 27),
    (2025, 9, 28),
    (2025, 10, 11),
    (2026, 1, 4),
    (2026, 2, 14),
    (2026, 2, 28),
    (2026, 5, 9),
    (2026, 9, 20),
    (2026, 10, 10),
]


def source(year):
    return f"国务院办公厅关于{year}年部分节假日安排的通知"


def fill(apps, schema_editor):
    Override = apps.get_model("worktime", "WorkdayOverride")
    days = {date(*day): True for day in WORKED}
    for first, last in OFF:
        day = date(*first)
        while day <= date(*last):
            days[day] = False
            day += timedelta(days=1)
    Override.objects.bulk_create(
        Override(date=day, is_workday=works, source=source(day.year))
        for day, works in sorted(days.items())
    )
    Year = apps.get_model("worktime", "CalendarYear")
    Year.objects.bulk_create(Year(year=year, source=source(year)) for year in (2025, 2026))
    apps.get_model("worktime", "ClosingTime").objects.create(
        valid_from=date(2004, 1, 1), closes=time(17), source="初始设置"
    )


class Migration(migrations.Migration):
    dependencies = [("worktime", "0001_initial")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
