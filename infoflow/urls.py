"""All addresses: the desk at the root, the office under /office/, pages under /read/."""

from django.contrib.auth.views import LogoutView
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from infoflow.desk.views import closed
from infoflow.notices.views_health import health

handler400 = "infoflow.desk.views.bad_request"

# Stock addresses under /office/ that nobody needs, closed for superusers as well: faults,
# previews of what nobody has cleared, deleting what our actions keep, and changing the road:
# a task that is switched off by hand leaves the texts that wait there without a way on.
CLOSED = [
    "failwhale/",
    "test404/",
    "choose-external-link/",
    "pages/workflow/preview/<path:rest>",
    "workflows/<path:rest>",
    "snippets/choose/<path:rest>",
    "snippets/<slug:app>/<slug:model>/delete/<path:rest>",
    "users/delete/<path:rest>",
    "groups/delete/<path:rest>",
]

urlpatterns = [
    # One door only: Wagtail's own login form would pass by every rule of ours.
    path(
        "office/login/",
        RedirectView.as_view(pattern_name="login", query_string=True),
        name="office_login",
    ),
    path("office/logout/", LogoutView.as_view(), name="office_logout"),
    re_path(r"^office/password_reset/.*$", RedirectView.as_view(pattern_name="login")),
    re_path(r"^read/_util/.*$", RedirectView.as_view(pattern_name="login")),
    *[path(f"office/{address}", closed) for address in CLOSED],
    path("health/", health, name="health"),
    path("office/", include(wagtailadmin_urls)),
    path("read/", include(wagtail_urls)),
    path("", include("infoflow.desk.urls")),
    path("", include("infoflow.units.urls")),
    path("", include("infoflow.notices.urls")),
    path("", include("cms.items.urls")),
    path("", include("cms.bulletins.urls")),
    path("", include("scoring.objections.urls")),
    path("", include("scoring.adoptions.urls")),
    path("", include("scoring.duty.urls")),
    path("", include("scoring.commissions.urls")),
    path("", include("scoring.urgent.urls")),
    path("", include("scoring.rankings.urls")),
    path("", include("scoring.progress.urls")),
    path("", include("scoring.boards.urls")),
]
