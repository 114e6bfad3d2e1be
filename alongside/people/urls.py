from django.urls import path

from alongside.kit.addresses import inside
from alongside.people import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("forgotten/", views.forgotten, name="forgotten"),
    path("password/<str:uid>/<str:token>/", views.set_password, name="set_password"),
    path("account/", views.account, name="account"),
    path("home/", views.home, name="home"),
    path("staff-list.csv", views.staff_template, name="staff_template"),
    inside("schools/<slug:school>/staff/", views.staff_list, name="staff_list"),
    inside("schools/<slug:school>/staff/bring/", views.staff_upload, name="staff_upload"),
    inside("schools/<slug:school>/staff/domains/", views.domain_confirm, name="domain_confirm"),
    inside("schools/<slug:school>/staff/<int:pk>/", views.staff_import, name="staff_import"),
    inside("schools/<slug:school>/staff/<int:pk>/apply/", views.staff_apply, name="staff_apply"),
    inside("schools/<slug:school>/staff/<int:pk>/drop/", views.staff_drop, name="staff_drop"),
    inside("roles/", views.roles, name="roles"),
    inside("roles/<int:pk>/end/", views.role_end, name="role_end"),
]
