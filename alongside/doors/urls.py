from alongside.doors import pausing, views
from alongside.doors.places import views as places
from alongside.kit.addresses import inside

urlpatterns = [
    inside("", views.today, name="today"),
    inside("decide/", views.decide, name="decide"),
    inside("do/", views.do, name="do"),
    inside("grow/", views.grow, name="grow"),
    inside("show/", views.show, name="show"),
    inside("clusters/new/", places.cluster_new, name="cluster_new"),
    inside("clusters/<slug:cluster>/", places.cluster, name="cluster"),
    inside("clusters/<slug:cluster>/profile/", places.profile, name="profile"),
    inside("schools/<slug:school>/", places.school, name="school"),
    inside("pauses/", pausing.pauses_page, name="pauses"),
    inside("schools/<slug:school>/pause/", pausing.pause, name="pause"),
    inside("schools/<slug:school>/pause/lift/", pausing.pause_lift, name="pause_lift"),
    inside("news/", views.news, name="news"),
    inside("search/", views.search, name="search"),
]
