"""WSGI entry point. A real installation does not start with demonstration accounts."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "infoflow.settings.dev")


def _refuse_demo_accounts() -> None:
    """End the process with one sentence when passwords known to everybody would be served.

    A database that does not answer ends it too: nobody could say what stands in it.
    """
    from django.db import DatabaseError, connection

    from infoflow.units.demo import forbidden_accounts, refusal

    try:
        count = forbidden_accounts()
    except DatabaseError as error:
        raise SystemExit(f"无法读取数据库，不能确认其中没有演示账号，服务未启动：{error}") from None
    finally:
        connection.close()
    if count:
        raise SystemExit(refusal(count))


application = get_wsgi_application()
_refuse_demo_accounts()
# What stands now stays as long as the process: the garbage collector, which took 0.15 s to look
# through it in the middle of somebody's request, leaves it alone.
gc.collect()
gc.freeze()
