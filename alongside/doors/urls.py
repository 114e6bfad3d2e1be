from alongside.doors import views
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
]
