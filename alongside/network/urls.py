from alongside.kit.addresses import inside
from alongside.network.views import clusters, contacts, registers

urlpatterns = [
    inside("clusters/", clusters.clusters, name="clusters"),
    inside("clusters/new/", clusters.cluster_new, name="cluster_new"),
    inside("contacts/", contacts.contacts, name="contacts"),
]

urlpatterns += [
    inside("register/", registers.register, name="register"),
    inside("register/bring/", registers.register_upload, name="register_upload"),
    inside("register/<int:pk>/", registers.register_import, name="register_import"),
    inside("register/<int:pk>/apply/", registers.register_apply, name="register_apply"),
    inside("register/<int:pk>/drop/", registers.register_drop, name="register_drop"),
]
