from alongside.kit.addresses import inside
from alongside.network.views import clusters, contacts, words

urlpatterns = [
    inside("clusters/", clusters.clusters, name="clusters"),
    inside("clusters/new/", clusters.cluster_new, name="cluster_new"),
    inside("contacts/", contacts.contacts, name="contacts"),
    inside("words/", words.words, name="words"),
]
