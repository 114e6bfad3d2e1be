"""How the vectors of coherence are called."""

from alongside.science import coherence
from alongside.science.tallies import Tally


def dispersion(counts):
    d = coherence.dispersion(Tally(counts))
    return {"D": d, "coherence_points": 100 * (1 - d), "l_squared": 1 - d}


def index(counts, weights="equal per perspective"):
    assert weights == "equal per perspective"
    found = coherence.coherence({i: Tally(each) for i, each in enumerate(counts)})
    return {
        "coherence": found.value,
        "lost_within": found.within,
        "lost_between": found.between,
        "lost_within_by_perspective": list(found.within_by.values()),
        "lost_between_by_perspective": list(found.between_by.values()),
    }


def nested(schools):
    found = coherence.nested({i: {j: Tally(p) for j, p in enumerate(school)} for i, school in enumerate(schools)})
    return {
        "coherence": found.value,
        "lost_within_perspective": found.within_perspectives,
        "lost_between_perspectives_within_school": found.between_perspectives,
        "lost_between_schools": found.between_schools,
    }


def corrected(counts, population):
    people = dict(enumerate(population))
    found = coherence.corrected({i: Tally(each) for i, each in enumerate(counts)}, people)
    return {"coherence": found.value, "lost_within": found.within, "lost_between": found.between}


def gap(a, b):
    found = coherence.gap(Tally(a), Tally(b))
    return {
        "wasserstein": found.steps,
        "signed_mean_gap": found.value,
        "energy_squared": found.energy,
        "between_points_equal_weights": found.points,
    }


def gap_test(a, b):
    found = coherence.gap_test(Tally(a), Tally(b))
    return {"statistic_sum_sq_cdf_diff": found.value, "p": found.p}


def agreement(counts):
    found = coherence.agreement(Tally(counts))
    return {
        "mean": found.mean,
        "variance": found.variance,
        "rwg_uniform": found.rwg,
        "rwg_truncated": found.value,
        "awg": found.awg,
        "ad_mean": found.ad_mean,
        "ad_median": found.ad_median,
    }


def krippendorff(unit_counts):
    levels = ("nominal", "ordinal", "interval")
    return {level: coherence.krippendorff(unit_counts, level).value for level in levels}


CALLS = {
    "consensus_tastle_wierman": lambda counts: {"consensus": coherence.consensus(Tally(counts)).value},
    "agreement_van_der_eijk": lambda counts: {"A": coherence.layered_agreement(Tally(counts)).value},
    "ordinal_dispersion": dispersion,
    "coherence_index": index,
    "coherence_index_nested": nested,
    "coherence_index_finite_corrected": corrected,
    "perspective_gap": gap,
    "gap_permutation_exact": gap_test,
    "within_group_agreement": agreement,
    "rwg_j": lambda item_variances, options: {"rwg_j": coherence.rwg_items(item_variances, options).value},
    "krippendorff_alpha_from_counts": krippendorff,
    "kendall_w": lambda ranks: {"W": coherence.kendall_w(ranks).value},
}
