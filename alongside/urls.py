"""Every address of Alongside. Each name has its line in tests/permissions.csv."""

from django.urls import include, path

from alongside.kit import views
from alongside.kit.addresses import inside

handler500 = views.server_error

urlpatterns = [
    path("health/", views.health, name="health"),
    path("promises/", views.promises, name="promises"),
    path("account/language/", views.language_choose, name="language_choose"),
    inside("work/<int:pk>/", views.work, name="work"),
    inside("work/<int:pk>/file/", views.work_file, name="work_file"),
    path("", include("alongside.demo.urls")),
    path("", include("alongside.doors.urls")),
    path("", include("alongside.goals.urls")),
    path("", include("alongside.evidence.urls")),
    path("", include("alongside.surveys.urls")),
    path("", include("alongside.calendar.urls")),
    path("", include("alongside.people.urls")),
    path("", include("alongside.network.urls")),
]
