"""All addresses: the desk at the root, the office under /office/, pages under /read/."""

from django.urls import include, path, re_path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

handler400 = "infoflow.desk.views.bad_request"

urlpatterns = [
    # One door only: Wagtail's own login form would pass by every rule of ours.
    path("office/login/", RedirectView.as_view(pattern_name="login", query_string=True)),
    path("office/logout/", RedirectView.as_view(pattern_name="home")),
    re_path(r"^office/password_reset/.*$", RedirectView.as_view(pattern_name="login")),
    path("office/", include(wagtailadmin_urls)),
    path("read/", include(wagtail_urls)),
    path("", include("infoflow.desk.urls")),
    path("", include("infoflow.units.urls")),
    path("", include("cms.items.urls")),
    path("", include("cms.bulletins.urls")),
    path("", include("scoring.rankings.urls")),
]
