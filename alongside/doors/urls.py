from alongside.doors import views
from alongside.kit.addresses import inside

urlpatterns = [
    inside("", views.today, name="today"),
    inside("decide/", views.decide, name="decide"),
    inside("do/", views.do, name="do"),
    inside("grow/", views.grow, name="grow"),
    inside("show/", views.show, name="show"),
    inside("news/", views.news, name="news"),
    inside("search/", views.search, name="search"),
]
