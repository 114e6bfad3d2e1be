from alongside.kit.addresses import inside
from alongside.network import views

urlpatterns = [
    inside("clusters/", views.clusters, name="clusters"),
    inside("clusters/new/", views.cluster_new, name="cluster_new"),
    inside("contacts/", views.contacts, name="contacts"),
]
