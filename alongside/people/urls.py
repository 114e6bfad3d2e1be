from django.urls import path

from alongside.kit.addresses import inside
from alongside.people.views import journal, roles, signing_in, staff

urlpatterns = [
    path("sign-in/", signing_in.sign_in, name="sign_in"),
    path("sign-out/", signing_in.sign_out, name="sign_out"),
    path("forgotten/", signing_in.forgotten, name="forgotten"),
    path("password/<str:uid>/<str:token>/", signing_in.set_password, name="set_password"),
    path("account/", signing_in.account, name="account"),
    path("home/", signing_in.home, name="home"),
    path("staff-list.csv", staff.staff_template, name="staff_template"),
    inside("schools/<slug:school>/staff/", staff.staff_list, name="staff_list"),
    inside("schools/<slug:school>/staff/bring/", staff.staff_upload, name="staff_upload"),
    inside("schools/<slug:school>/staff/domains/", staff.domain_confirm, name="domain_confirm"),
    inside("schools/<slug:school>/staff/mail-again/", staff.mail_again, name="mail_again"),
    inside("schools/<slug:school>/staff/<int:pk>/", staff.staff_import, name="staff_import"),
    inside("schools/<slug:school>/staff/<int:pk>/apply/", staff.staff_apply, name="staff_apply"),
    inside("schools/<slug:school>/staff/<int:pk>/drop/", staff.staff_drop, name="staff_drop"),
    inside("roles/", roles.roles, name="roles"),
    inside("roles/<int:pk>/end/", roles.role_end, name="role_end"),
    inside("journal/", journal.journal, name="journal"),
    inside("journal.csv", journal.journal_csv, name="journal_csv"),
]
