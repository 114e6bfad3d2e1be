from alongside.kit.addresses import inside
from alongside.network.views import clusters, contacts, flows, groupings, joining, profile, registers, schools, words

urlpatterns = [
    inside("clusters/", clusters.clusters, name="clusters"),
    inside("contacts/", contacts.contacts, name="contacts"),
    inside("clusters/<slug:cluster>/change/", clusters.cluster_change, name="cluster_change"),
    inside("clusters/<slug:cluster>/profile/<slug:question>/", profile.profile_question, name="profile_question"),
    inside("schools/<slug:school>/strengths/", schools.strengths, name="strengths"),
    inside("schools/<slug:school>/partners/", schools.partner_schools, name="partner_schools"),
    inside("flows/", flows.feeder_flows, name="flows"),
    inside("flows/bring/", flows.flows_bring, name="flows_bring"),
    inside("asks/", joining.asks, name="asks"),
    inside("asks/findable/", joining.findable, name="findable"),
    inside("joining/", joining.joining, name="joining"),
    inside("joining/<int:pk>/answer/", joining.joining_answer, name="joining_answer"),
    inside("joining/<int:pk>/back/", joining.joining_back, name="joining_back"),
    inside("leaving/", joining.leave, name="leave"),
    inside("leaving/<int:pk>/back/", joining.leave_back, name="leave_back"),
    inside("words/", words.words, name="words"),
]

urlpatterns += [
    inside("register/", registers.register, name="register"),
    inside("register/bring/", registers.register_upload, name="register_upload"),
    inside("register/<int:pk>/", registers.register_import, name="register_import"),
    inside("register/<int:pk>/apply/", registers.register_apply, name="register_apply"),
    inside("register/<int:pk>/drop/", registers.register_drop, name="register_drop"),
]

urlpatterns += [
    inside("groupings/", groupings.groupings, name="groupings"),
    inside("groupings/new/", groupings.grouping_new, name="grouping_new"),
    inside("groupings/<slug:grouping>/change/", groupings.grouping_change, name="grouping_change"),
    inside("groupings/<slug:grouping>/end/", groupings.grouping_end, name="grouping_end"),
]
