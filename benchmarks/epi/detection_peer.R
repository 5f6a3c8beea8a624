# Runs farringtonFlexible (nbPlugin) or EARS C1 on the columns of a CSV of weekly counts.
# Arguments: input, output, method, first week to judge (from 1), alpha, dates ("1" or "0").
suppressMessages(library(surveillance))
Sys.setenv(TZ = "UTC")
given <- commandArgs(trailingOnly = TRUE)
counts <- as.matrix(read.csv(given[1]))
range <- as.integer(given[4]):nrow(counts)
days <- if (given[6] == "1") as.Date("2004-01-05") + 7 * (seq_len(nrow(counts)) - 1) else NULL
series <- if (is.null(days)) sts(counts, frequency = 52) else sts(counts, epoch = days, frequency = 52)
before <- proc.time()
if (given[3] == "ears") {
  found <- earsC(series, control = list(range = range, method = "C1", baseline = 7, alpha = as.numeric(given[5])))
} else {
  found <- suppressWarnings(farringtonFlexible(series, control = list(
    range = range, b = 4, w = 3, noPeriods = 10, pastWeeksNotIncluded = 26, weightsThreshold = 2.58,
    pThresholdTrend = 1, thresholdMethod = "nbPlugin", alpha = as.numeric(given[5]))))
}
spent <- (proc.time() - before)[["user.self"]]
write.csv(data.frame(seconds = spent, alarm = as.integer(found@alarm), upper = as.numeric(found@upperbound)),
  given[2], row.names = FALSE)
