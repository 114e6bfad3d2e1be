"""Who and what the story is about."""

from dataclasses import dataclass

from alongside.network.models import Cluster, Organisation, School
from alongside.people.models import Person


@dataclass(frozen=True, slots=True)
class Cast:
    """The trust, its schools by name and their heads, its officer, the chair of the Avon cluster, and Birch Park's deputy."""

    network: Organisation
    schools: dict[str, School]
    heads: dict[str, Person]
    officer: Person
    chair: Person
    deputy: Person

    def cluster(self, slug: str) -> Cluster:
        return Cluster.objects.get(organisation=self.network, slug=slug)
