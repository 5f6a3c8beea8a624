# Nowcasts of the R package surveillance, method of Lawless, for benchmarks/epi/nowcast.py:
#   Rscript nowcast.R rows.csv DATE,DATE,... out.csv
# rows.csv: event, report, count. Writes quantiles by date and prints CPU seconds a nowcast.
suppressMessages(library(surveillance))
args <- commandArgs(trailingOnly = TRUE)
rows <- read.csv(args[1])
rows$event <- as.Date(rows$event)
rows$report <- as.Date(rows$report)
nows <- as.Date(strsplit(args[2], ",")[[1]])
levels <- c(.025, .1, .25, .5, .75, .9, .975)
out <- list()
start <- proc.time()
for (now in as.list(nows)) {
  part <- rows[rows$report <= now & rows$event > now - 84, ]
  lines <- part[rep(seq_len(nrow(part)), part$count), c("event", "report")]
  when <- seq(now - 28, now, by = "day")
  control <- list(N.tInf.max = 5000, predPMF = TRUE, dRange = c(now - 83, now))
  invisible(capture.output(found <- suppressMessages(suppressWarnings(nowcast(
    now = now, when = when, data = lines, dEventCol = "event", dReportCol = "report", D = 40,
    method = "lawless", control = control)))))
  for (day in as.list(when)) {
    reached <- cumsum(found@predPMF[[as.character(day)]][["lawless"]])
    values <- sapply(levels, function(level) which(reached >= level)[1] - 1)
    out[[length(out) + 1]] <- c(now = as.numeric(now), age = as.numeric(now - day), values)
  }
}
used <- proc.time() - start
write.csv(do.call(rbind, out), args[3], row.names = FALSE)
cat((used["user.self"] + used["sys.self"]) / length(nows), "\n")
