"""How the vectors of tallies and pulse are called: method → function of its inputs that returns what is compared."""

from alongside.science import pulse, tallies
from alongside.science.permutation import tails
from alongside.science.pulse.runlength import ewma_run_length, xmr_false_alarms
from alongside.science.tallies import Tally, merge


def summarise(counts):
    found = tallies.summary(Tally(counts))
    return {
        "n": found.n,
        "mean": found.mean,
        "variance_n_minus_1": found.variance,
        "favourable": found.favourable,
        "unfavourable": found.unfavourable,
    }


def merged(a, b):
    both = merge([Tally(a), Tally(b)])
    found = tallies.summary(both)
    return {"counts": list(both.counts), "mean": found.mean, "favourable": found.favourable, "n": found.n}


def wilson(k, n, confidence):
    found = pulse.wilson(k, n, confidence)
    return {"low": found.low, "high": found.high, "published_4dp": [round(found.low, 4), round(found.high, 4)]}


def wilson_fpc(k, n, population, confidence):
    found = pulse.wilson_fpc(k, n, population, confidence)
    return {
        "low": found.low_unclipped,
        "high": found.high_unclipped,
        "low_clipped": found.low,
        "high_clipped": found.high,
    }


def bounds(k, n, population):
    found = pulse.response_bounds(k, n, population)
    return {"low": found.low, "high": found.high, "response_rate": found.response}


def newcombe(k1, n1, k2, n2, confidence):
    found = pulse.share_difference(k1, n1, k2, n2, confidence)
    return {"diff": found.value, "low": found.low, "high": found.high}


def change(now, before):
    found = tails(Tally(now), Tally(before))
    return {"p_two_sided": found.two_sided, "p_now_ge": found.at_least, "p_now_le": found.at_most}


def xmr(x):
    found = pulse.moving_range_limits(x)
    return {
        "centre": found.value,
        "mr_bar": found.mr_bar,
        "upper": found.high,
        "lower": found.low,
        "mr_upper": found.mr_high,
    }


def ewma(x, start, sigma, L, **rest):  # noqa: N803 (the vectors' own names)
    found = pulse.ewma(x, rest["lambda"], start, sigma, L)
    return {"ewma": list(found.averages), "ucl_asymptotic": found.high, "lcl_asymptotic": found.low}


class RunLengths(dict):
    """Looked up by key: "arl0" or "arl_shift_<standard deviations>"."""

    def __init__(self, weight, width):
        self.chart = weight, width

    def __contains__(self, key):
        return key == "arl0" or key.startswith("arl_shift_")

    def __getitem__(self, key):
        return ewma_run_length(*self.chart, float(key.removeprefix("arl_shift_")) if key != "arl0" else 0.0).value


def pool_normal(y, v):
    found = pulse.pool_estimates(y, v)
    return {
        "tau2_dl": found.tau2_dl,
        "mu_dl": found.mu_dl,
        "se_dl": found.se_dl,
        "tau2_paule_mandel": found.tau2,
        "mu_pm": found.value,
        "shrunk": list(found.shrunk),
    }


def pool_counts(counts):
    found = pulse.pool([Tally(each) for each in counts])
    return {
        "mean": list(found.means),
        "pooled_variance": found.within,
        "tau2": found.tau2,
        "grand_mean": found.value,
        "shrunk": list(found.shrunk),
        "posterior_sd": list(found.sd),
        "weight_on_grand_mean": list(found.weights),
    }


def trend(x):
    found = pulse.trend(x)
    return {"S": found.s, "p_two_sided_exact": found.p, "theil_sen_slope": found.value}


def staff_mean(counts, population, prior_counts):
    found = pulse.staff_mean(Tally(counts), population, prior_counts)
    return {"mean": found.value, "sd": found.sd}


def majority(k, n, population, prior="Jeffreys 0.5,0.5"):
    a, b = (float(part) for part in prior.split()[-1].split(","))
    return {"p": pulse.majority(k, n, population, (a, b)).value}


def prior(counts):
    found = pulse.prior([Tally(each) for each in counts])
    return {"alpha": list(found.alpha), "strength": found.value, "log_likelihood": found.log_likelihood}


def anhoej(n):
    limits = [pulse.run_limits(points) for points in n]
    return {
        "longest_run_limit": [each.longest_run for each in limits],
        "crossings_lower_limit": [each.fewest_crossings for each in limits],
    }


def discoveries(p, q=0.05):
    found = pulse.discoveries(p, q)
    return {
        "adjusted": list(found.adjusted),
        "rejected": found.value,
        "bonferroni_rejected": found.stands_under_bonferroni,
    }


CALLS = {
    "summarise_histogram": summarise,
    "merge_histograms": merged,
    "wilson_interval": wilson,
    "wilson_interval_finite_population": wilson_fpc,
    "nonresponse_bounds_favourable": bounds,
    "difference_of_proportions_newcombe": newcombe,
    "change_exact_permutation": change,
    "probability_of_superiority": lambda now, before: {"p_superior": pulse.change(Tally(now), Tally(before)).value},
    "xmr_limits": xmr,
    "run_rule_false_alarm": lambda points, run_length: {"p_any_run": pulse.run_false_alarm(points, run_length)},
    "ewma": ewma,
    "ewma_average_run_length": lambda L, **rest: RunLengths(rest["lambda"], L),  # noqa: N803
    "partial_pool_normal": pool_normal,
    "partial_pool_from_histograms": pool_counts,
    "benchmark_percentile": lambda x, reference: {"percentile": pulse.percentile(x, reference)},
    "trend_mann_kendall_exact": trend,
    "finite_population_mean_polya": staff_mean,
    "probability_majority_favourable": majority,
    "dirichlet_multinomial_prior_ml": prior,
    "xmr_false_alarm_by_baseline": lambda baseline_points, limits: {
        "p_next_point_outside": list(xmr_false_alarms(baseline_points).chances)
    },
    "anhoej_limits": anhoej,
    "anhoej_false_signal": lambda n: {"p": [pulse.run_limits(points).value for points in n]},
    "benjamini_hochberg": discoveries,
}
