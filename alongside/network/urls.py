from alongside.kit.addresses import inside
from alongside.network.views import clusters, contacts

urlpatterns = [
    inside("clusters/", clusters.clusters, name="clusters"),
    inside("clusters/new/", clusters.cluster_new, name="cluster_new"),
    inside("contacts/", contacts.contacts, name="contacts"),
]
