# Reproduction numbers of EpiEstim for benchmarks/epi/reproduction.py:
#   Rscript reproduction.R counts.csv weights.csv out.csv
# One column of counts a series. Writes t_end, mean, sd and seven quantiles of the first series,
# and prints CPU seconds for it, for all series, and for Wallinga-Teunis with 100 trees.
suppressMessages(library(EpiEstim))
args <- commandArgs(trailingOnly = TRUE)
counts <- as.matrix(read.csv(args[1]))
weights <- read.csv(args[2])[[1]]
seconds <- function(code) {
  used <- system.time(code)
  used[["user.self"]] + used[["sys.self"]]
}
quiet <- function(code) suppressMessages(suppressWarnings(code))
one <- seconds(found <- quiet(estimate_R(counts[, 1], "non_parametric_si", config = make_config(list(si_distr = weights)))))
all <- seconds(for (i in seq_len(ncol(counts)))
  quiet(estimate_R(counts[, i], "non_parametric_si", config = make_config(list(si_distr = weights)))))
short <- counts[1:100, 1]
windows <- list(t_start = 2:94, t_end = 8:100, si_distr = weights, n_sim = 100)
trees <- seconds(quiet(wallinga_teunis(short, "non_parametric_si", config = windows)))
write.csv(format(as.matrix(found$R[, 2:11]), digits = 17), args[3], row.names = FALSE, quote = FALSE)
cat(one, all, trees, "\n")
