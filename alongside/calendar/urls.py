from django.urls import path

from alongside.calendar import views
from alongside.kit.addresses import inside

urlpatterns = [
    path("terms.csv", views.terms_template, name="terms_template"),
    inside("terms/", views.terms, name="terms"),
    inside("terms/years/<int:year>/", views.terms_year, name="terms_year"),
    inside("terms/add/", views.term_add, name="term_add"),
    inside("terms/<int:pk>/remove/", views.term_remove, name="term_remove"),
    inside("terms/files/", views.calendar_upload, name="calendar_upload"),
    inside("terms/files/<int:pk>/", views.calendar_import, name="calendar_import"),
    inside("terms/files/<int:pk>/apply/", views.calendar_apply, name="calendar_apply"),
    inside("terms/files/<int:pk>/drop/", views.calendar_drop, name="calendar_drop"),
    inside("terms/files/<int:pk>/undo/", views.calendar_undo, name="calendar_undo"),
]
