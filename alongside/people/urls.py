from django.urls import path

from alongside.kit.addresses import inside
from alongside.people.views import factors, groups, invitations, roles, signing_in, staff

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
    inside("schools/<slug:school>/staff/<int:pk>/", staff.staff_import, name="staff_import"),
    inside("schools/<slug:school>/staff/<int:pk>/apply/", staff.staff_apply, name="staff_apply"),
    inside("schools/<slug:school>/staff/<int:pk>/drop/", staff.staff_drop, name="staff_drop"),
    inside("roles/", roles.roles, name="roles"),
    inside("roles/<int:pk>/end/", roles.role_end, name="role_end"),
    inside("groups/", groups.groups, name="groups"),
    inside("groups/<int:pk>/", groups.group, name="group"),
    inside("groups/<int:pk>/add/", groups.group_add, name="group_add"),
    inside("groups/<int:pk>/leave/", groups.group_leave, name="group_leave"),
    path("sign-in/code/", signing_in.sign_in_code, name="sign_in_code"),
    path("sign-in/enter-code/", signing_in.sign_in_enter, name="sign_in_enter"),
    path("sign-in/work/", signing_in.sign_in_work, name="sign_in_work"),
    # The name by which django-allauth finds it.
    path("sign-in/back/<slug:provider_id>/", signing_in.sign_in_back, name="openid_connect_callback"),
    path("sign-in/second-step/", factors.second_step, name="second_step"),
    path("account/second-step/", factors.step_new, name="step_new"),
    path("account/second-step/app/", factors.step_app, name="step_app"),
    path("account/second-step/passkey/", factors.step_passkey, name="step_passkey"),
    path("account/second-step/<int:pk>/remove/", factors.step_remove, name="step_remove"),
    path("account/recovery-codes/", factors.recovery_codes, name="recovery_codes"),
    path("account/devices/<int:pk>/forget/", factors.device_forget, name="device_forget"),
    path("invitation/<str:token>/", invitations.invitation, name="invitation"),
    inside("invitations/<int:pk>/withdraw/", invitations.invitation_withdraw, name="invitation_withdraw"),
    inside("invitations/<int:pk>/again/", invitations.invitation_again, name="invitation_again"),
    inside("schools/<slug:school>/accounts/", invitations.staff_accounts, name="staff_accounts"),
]
