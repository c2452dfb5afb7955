"""The words that outcomes are called by: scores, losses, costs, benchmarks, and those that are outcomes sometimes."""

from __future__ import annotations

from hpi.roles.vocabulary import Direction, one_of, words_in


def set_of(words: str) -> frozenset[str]:
    """Return the words between the blanks."""
    return frozenset(words_in(words))


# Heads of names: the last word that is not a suffix decides. Best known first: the order breaks ties.
GOOD = words_in(
    "miou iou accuracy acc f1 fbeta auc auroc auprc roc ap map mcc bacc recall precision sensitivity specificity score "
    "r2 rsquared bleu rouge meteor cider jaccard dice psnr ssim ndcg mrr hit hits elbo likelihood loglik "
    "correlation corr spearman pearson sharpe profit reward rew rewards return returns performance perf fitness "
    "utility success win hypervolume hv yield conversion silhouette purity speedup winrate kappa explained corrcoef "
    "elo concordance pnl ari nmi ami vmeasure completeness homogeneity calinski harabasz trustworthiness mallows "
    "chrf chrfpp sacrebleu bertscore comet mauve qwk gmean tpr tnr ppv npv dsc mdice stoi pesq sisdr mota motp idf1 "
    "hota pck oks nse kge elpd dcg hitrate mar pq sdr sortino calmar cagr efficiency feasible spl correct aupr gini "
    "lift bleurt spice mos vmaf icir picp logl lnl lnz logz ess"
)
BAD = words_in(
    "loss crossentropy ce xent logloss nll brier crps error err mse rmse mae mape smape msle rmsle medae wer cer "
    "perplexity ppl bpc bpb bpd fid regret cost distortion discrepancy divergence deviance residual hamming bouldin "
    "failures misses gap wait waiting mase nrmse rmsse msis owa wql ql pinball wape wmape mdape mdae mrae rae rrmse "
    "wrmsse nmse nmae kid lpips fvd sfid swd hd95 assd hausdorff eer hter mer fpr fnr ece mpjpe epe absrel sqrel aic "
    "bic waic looic aicc makespan tardiness lateness flowtime violations violation drawdown rmsd collision "
    "collisions crashes bpp incorrect mistakes misclassified bce mlogloss merror errors "
    "igd mcd chamfer niqe brisque mdd chi2 chisq rchi2 rhat mpiw rtf wrong falls"
)
# What a trial costs: an outcome, but not what is tuned unless somebody says so.
COSTLY = set_of(
    "time runtime duration walltime wallclock elapsed seconds secs minutes hours latency memory mem ram energy power "
    "emissions flops flos gflops tflops mflops pflops macs gmacs bytes nbytes ttft tpot co2 kwh nfe nfev njev nhev "
    "fevals nfevals"
)
THROUGHPUT = set_of("throughput tput fps speed ips tps qps")
# As much of them may be good (a fast kernel) as bad (a heavy network).
TWO_ENDED = set_of("gflops tflops mflops pflops")
# Names that are outcomes only where the numbers look it, or where there is no other outcome.
GENERIC = set_of("metric value result output objective response target goal metrics values results obj objval")
BARE_ONLY = set_of("y fx z out")
# Two-sided words: outcomes after a split or a metric's word, hyperparameters alone.
NEVER_ALONE = set_of("kappa ce map power speed hit success win return gap wait bytes completeness comet ql")

# Words that are outcomes wherever they stand in a name without a word of a setting: wer_clean, psnr_y.
STRONG = set_of(
    "accuracy rmse mse wer cer lpips fid kid crps auc auroc bleu psnr ssim mape smape ndcg mrr miou hd95 nmi ari "
    "latency utilization util top1 top5"
)

# Benchmarks of language models: outcomes where they hold numbers that look measured.
BENCHMARKS = set_of(
    "mmlu hellaswag winogrande gsm8k truthfulqa humaneval mbpp piqa boolq openbookqa lambada bbh gpqa ifeval arc math "
    "superglue glue squad sst2 mrpc qqp qnli mnli rte stsb cola bench"
)
# What went into a sum of losses: a result, but rarely the one that is meant.
PARTS = set_of(
    "box cls dfl obj seg pose kobj mask policy value actor critic g d gen disc generator discriminator kl recon "
    "reconstruction aux adversarial adv commitment vq"
)

# Whole names that are outcomes though their last word is not; the numbers of parameters have no good end.
WHOLE: dict[tuple[str, ...], Direction | None] = {
    tuple(name.split()): direction
    for direction, names in (
        (
            Direction.MAXIMIZE,
            "c index|em|exact match|g mean|hmean|ll|log lik|v measure|si sdr|dunn index|adjusted rand|acc norm|"
            "kendall tau|spearman rho|pearson r|log l|ln l|ln z",
        ),
        (
            Direction.MINIMIZE,
            "kl|approx kl|mean kl|tour length|quantile loss|min dcf|optimality gap|func val|func vals|fval|fun val|"
            "bits per dim|bits per byte|bits per char|bits per token|residual norm|max dd|chamfer distance|"
            "frechet distance|wasserstein distance",
        ),
        (
            None,
            "entropy|params|n params|num params|n parameters|num parameters|param count|parameter count|params count|"
            "trainable params|model params|total params|num weights|n weights|total parameters|model parameters|"
            "trainable parameters|n trainable params|num trainable params|stop epoch|stopping epoch|p value|pvalue",
        ),
    )
    for name in one_of(names)
}
# Names that are outcomes where the cells look measured, and another column has one of the words, if any are given.
DOUBTFUL: dict[tuple[str, ...], tuple[Direction | None, frozenset[str]]] = {
    ("is",): (Direction.MAXIMIZE, set_of("fid kid lpips inception")),
    ("nd",): (Direction.MINIMIZE, set_of("mase crps nrmse rmse smape wql owa")),
    ("inertia",): (Direction.MINIMIZE, set_of("clusters silhouette bouldin harabasz nmi ari")),
    ("selectivity",): (Direction.MAXIMIZE, set_of("yield conversion purity")),
    ("gap",): (Direction.MINIMIZE, frozenset()),
    ("clip", "fraction"): (None, set_of("kl entropy explained reward rew return")),
    ("clip", "frac"): (None, set_of("kl entropy explained reward rew return")),
    ("weight", "norm"): (None, set_of("grad gradient")),
    ("rel", "l2"): (Direction.MINIMIZE, frozenset()),
    ("path", "length"): (Direction.MINIMIZE, frozenset()),
    ("snr",): (Direction.MAXIMIZE, frozenset()),
    ("si", "snr"): (Direction.MAXIMIZE, frozenset()),
    ("map",): (Direction.MAXIMIZE, frozenset()),
    ("exact",): (Direction.MAXIMIZE, frozenset()),
    ("top", "1"): (Direction.MAXIMIZE, frozenset()),
    ("top", "5"): (Direction.MAXIMIZE, frozenset()),
    ("fun",): (Direction.MINIMIZE, frozenset()),
    ("grad", "norm"): (None, frozenset()),
    ("gradient", "norm"): (None, frozenset()),
    **dict.fromkeys(
        (("ep", "len"), ("ep", "length"), ("episode", "len"), ("episode", "length"), ("coverage",), ("novelty",),
         ("diversity",), ("serendipity",), ("ild",), ("occupancy",), ("ipc",), ("cpi",), ("std",),
         ("stderr",), ("sem",), ("iqr",), ("volatility",), ("turnover",), ("sharpness",),
         ("calibration",), ("drift",), ("acceptance", "rate"), ("policy", "entropy")),
        (None, frozenset[str]()),
    ),
}  # fmt: skip
# The last words of names that count what was spent: outcomes where nearly every cell differs.
COUNTED = set_of("evals evaluations cycles instructions trades tokens")
