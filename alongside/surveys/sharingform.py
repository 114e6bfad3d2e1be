"""Text from outside about who sees a school's figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from alongside.network.models import Organisation


class SharingForm(forms.Form):
    """Who sees a school's own figures beside those who see them anyway. cluster, network: their names, "" for none; networks:
    those that a pulse of the school's own may be lent to."""

    staff = forms.BooleanField(
        label="Our own staff",
        required=False,
    )
    cluster = forms.BooleanField(label="Leaders of the other schools of our cluster", required=False)
    network = forms.BooleanField(label="Leaders of all schools of the network", required=False)

    def __init__(
        self,
        *args: Any,
        cluster: str,
        network: str,
        now: set[str],
        networks: Sequence[Organisation] = (),
        **kwargs: Any,
    ) -> None:
        start = {"staff": "kept" not in now, "cluster": "cluster" in now, "network": "network" in now}
        start |= {f"network-{each.pk}": f"network-{each.pk}" in now for each in networks}
        super().__init__(*args, **{"initial": start, **kwargs})
        for name, label in (("cluster", cluster), ("network", network)):
            if label:
                self.fields[name].label = f"Leaders of the other schools of {label}"
            else:
                del self.fields[name]

        self.networks = {f"network-{each.pk}": each for each in networks}
        for name, each in self.networks.items():
            label = f"Leaders, chairs, coaches and the officer of {each.name}"
            self.fields[name] = forms.BooleanField(label=label, required=False)

    def lent(self) -> list[Organisation]:
        """The networks that were ticked."""
        return [network for name, network in self.networks.items() if self.cleaned_data.get(name)]

    def whom(self) -> set[str]:
        """What holds then, as `Sharing.Whom` calls it."""
        chosen = {name for name in ("cluster", "network") if self.cleaned_data.get(name)}
        return chosen | (set() if self.cleaned_data["staff"] else {"kept"})
