from django.urls import path

from alongside.kit.addresses import inside
from alongside.people.views import roles, signing_in, staff, staff_by_hand, staff_files

urlpatterns = [
    path("sign-in/", signing_in.sign_in, name="sign_in"),
    path("sign-out/", signing_in.sign_out, name="sign_out"),
    path("forgotten/", signing_in.forgotten, name="forgotten"),
    path("password/<str:uid>/<str:token>/", signing_in.set_password, name="set_password"),
    path("account/", signing_in.account, name="account"),
    path("home/", signing_in.home, name="home"),
    path("staff-list.csv", staff_files.staff_template, name="staff_template"),
    inside("schools/<slug:school>/staff/", staff.staff_list, name="staff_list"),
    inside("schools/<slug:school>/staff/bring/", staff.staff_upload, name="staff_upload"),
    inside("schools/<slug:school>/staff/domains/", staff.domain_confirm, name="domain_confirm"),
    inside("schools/<slug:school>/staff/<int:pk>/", staff.staff_import, name="staff_import"),
    inside("schools/<slug:school>/staff/<int:pk>/apply/", staff.staff_apply, name="staff_apply"),
    inside("schools/<slug:school>/staff/<int:pk>/drop/", staff.staff_drop, name="staff_drop"),
    inside("roles/", roles.roles, name="roles"),
    inside("roles/<int:pk>/end/", roles.role_end, name="role_end"),
    path("staff-list.xlsx", staff_files.staff_template_xlsx, name="staff_template_xlsx"),
    inside("schools/<slug:school>/staff/list.csv", staff_files.staff_csv, name="staff_csv"),
    inside("schools/<slug:school>/staff/list.xlsx", staff_files.staff_xlsx, name="staff_xlsx"),
    inside("schools/<slug:school>/staff/<int:pk>/changes.csv", staff_files.staff_import_csv, name="staff_import_csv"),
    inside("schools/<slug:school>/staff/add/", staff_by_hand.staff_add, name="staff_add"),
    inside("schools/<slug:school>/staff/people/<int:pk>/", staff_by_hand.staff_person, name="staff_person"),
    inside("schools/<slug:school>/staff/people/<int:pk>/left/", staff_by_hand.staff_left, name="staff_left"),
    inside("schools/<slug:school>/staff/people/<int:pk>/return/", staff_by_hand.staff_return, name="staff_return"),
]
