"""What a laptop serves to the phones of a hall, in plain http on its own Wi-Fi: answering, and what is promised of it.

No sign-in, no page of an organisation: those are on the laptop itself, at its loopback address.
"""

from django.urls import path

from alongside.kit import views
from alongside.people.views import rights
from alongside.surveys.urls import in_the_room

handler500 = views.server_error

urlpatterns = [
    path("health/", views.health, name="health"),
    path("promises/", views.promises, name="promises"),
    path("for-staff/", rights.for_staff, name="for_staff"),
    *in_the_room,
]
