from alongside.doors import pausing, views
from alongside.kit.addresses import inside

urlpatterns = [
    inside("", views.today, name="today"),
    inside("decide/", views.decide, name="decide"),
    inside("do/", views.do, name="do"),
    inside("grow/", views.grow, name="grow"),
    inside("show/", views.show, name="show"),
    inside("pauses/", pausing.pauses_page, name="pauses"),
    inside("schools/<slug:school>/pause/", pausing.pause, name="pause"),
    inside("schools/<slug:school>/pause/lift/", pausing.pause_lift, name="pause_lift"),
]
