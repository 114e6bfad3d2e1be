"""How the vectors of geography are called."""

from alongside.science import geography
from alongside.science.gatherings import gatherings


def places(points):
    return [geography.Point(*point) for point in points]


def great_circle_km(a, b, radius_km):
    return {"km": geography.distance(*places([a, b])) * radius_km / geography.EARTH}


def proximity_groups(points, eps_km, min_schools_including_self):
    return {"labels": list(geography.neighbourhoods(places(points), eps_km, min_schools_including_self).labels)}


def capacitated_k_medoids(points, k, min_size, max_size):
    found = gatherings(places(points), k, min_size, max_size)
    sizes = sorted(len(group) for group in found.groups)
    return {"total_km": found.value, "medoids": list(found.middles), "sizes": sizes}


CALLS = {
    "great_circle_km": great_circle_km,
    "proximity_groups": proximity_groups,
    "capacitated_k_medoids": capacitated_k_medoids,
}
