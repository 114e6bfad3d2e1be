from alongside.evidence import views
from alongside.evidence.grids import views as grids
from alongside.kit.access import works_here
from alongside.kit.addresses import inside
from alongside.kit.frame import beside

urlpatterns = [
    inside("maps/", views.maps, name="maps"),
    inside("maps/new/", views.map_new, name="map_new"),
    inside("maps/<int:pk>/", views.map_together, name="map"),
    inside("maps/<int:pk>/call-off/", views.map_call_off, name="map_call_off"),
    inside("maps/<int:pk>/clusters/<slug:cluster>/", views.map_together, name="map_cluster"),
    inside("maps/<int:pk>/schools/<slug:school>/", views.map_school, name="map_school"),
    inside("maps/<int:pk>/schools/<slug:school>/mine/", views.map_mine, name="map_mine"),
    inside("maps/<int:pk>/schools/<slug:school>/agree/", views.map_agree, name="map_agree"),
    inside("maps/<int:pk>/schools/<slug:school>/note/", views.map_note, name="map_note"),
    inside("maps/<int:pk>/schools/<slug:school>/share/", views.map_share, name="map_share"),
    inside("grids/", grids.grids, name="grids"),
    inside("grids/new/", grids.grid_new, name="grid_new"),
    inside("grids/<int:pk>/", grids.grid_together, name="grid"),
    inside("grids/<int:pk>/clusters/<slug:cluster>/", grids.grid_together, name="grid_cluster"),
    inside("grids/<int:pk>/schools/<slug:school>/", grids.grid_school, name="grid_school"),
    inside("grids/<int:pk>/schools/<slug:school>/share/", grids.grid_share, name="grid_share"),
]

beside("ask", "Coherence maps", "maps", works_here)
