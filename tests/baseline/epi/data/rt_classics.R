# Makes rt_classics_input.csv and rt_classics.csv with EpiEstim 2.2-4 (R 4.2.2):
#   TZ=UTC Rscript tests/baseline/epi/data/rt_classics.R FOLDER
# They are kept as Parquet, every digit: pl.read_csv(...).write_parquet(...).
suppressMessages(library(EpiEstim))
out <- commandArgs(trailingOnly = TRUE)[1]
# Moments of the serial interval as in the documentation of the package.
moments <- list(Flu1918 = c(2.6, 1.5), SARS2003 = c(8.4, 3.8), Smallpox1972 = c(22.4, 6.1))
input <- list()
rows <- list()
keep <- function(name, method, found) {
  R <- found$R
  names(R) <- c("t_start", "t_end", "mean", "sd", paste0("q", seq_len(ncol(R) - 4)))
  for (missing in setdiff(paste0("q", 1:7), names(R))) R[[missing]] <- NA
  rows[[length(rows) + 1]] <<- cbind(set = name, method = method, R)
}
number <- function(x) formatC(x, digits = 17, format = "g", width = 1)
for (name in names(moments)) {
  data(list = name)
  set <- get(name)
  I <- as.numeric(set$incidence)
  si <- as.numeric(set$si_distr)
  m <- moments[[name]]
  input[[length(input) + 1]] <- data.frame(set = name, kind = "incidence", day = seq_along(I) - 1, value = I)
  input[[length(input) + 1]] <- data.frame(set = name, kind = "si", day = seq_along(si) - 1, value = si)
  quiet <- function(...) suppressMessages(suppressWarnings(estimate_R(...)))
  keep(name, "parametric", quiet(I, "parametric_si", config = make_config(list(mean_si = m[1], std_si = m[2]))))
  keep(name, "nonparametric", quiet(I, "non_parametric_si", config = make_config(list(si_distr = si))))
  uncertain <- list(mean_si = m[1], std_mean_si = .2 * m[1], min_mean_si = max(1.01, .5 * m[1]), max_mean_si = 1.5 * m[1],
    std_si = m[2], std_std_si = .15 * m[2], min_std_si = .6 * m[2], max_std_si = 1.4 * m[2], n1 = 200, n2 = 250, seed = 1)
  found <- quiet(I, "uncertain_si", config = make_config(uncertain))
  keep(name, "uncertain", found)
  # The intervals that were drawn, so that only the draws of R differ from ours.
  for (k in 1:2)
    input[[length(input) + 1]] <- data.frame(set = name, kind = c("si_mean", "si_sd")[k], day = 0:199, value = found$SI.Moments[, k])
  T <- length(I)
  first <- which(I > 0)[1] + 1
  windows <- list(t_start = first:(T - 6), t_end = (first + 6):T)
  wt <- function(method, more) suppressMessages(suppressWarnings(
    wallinga_teunis(I, method, config = c(windows, list(n_sim = 0), more))))
  keep(name, "wt_parametric", wt("parametric_si", list(mean_si = m[1], std_si = m[2])))
  keep(name, "wt_nonparametric", wt("non_parametric_si", list(si_distr = si)))
  drawn <- suppressMessages(suppressWarnings(wallinga_teunis(I, "parametric_si",
    config = c(windows, list(n_sim = 500, mean_si = m[1], std_si = m[2], seed = 1)))))
  keep(name, "wt_drawn", drawn)
}
data(mers_2014_15)
mers <- mers_2014_15$incidence
names(mers) <- c("dates", "local", "imported")
for (kind in c("local", "imported"))
  input[[length(input) + 1]] <- data.frame(set = "MERS2014", kind = kind, day = seq_len(nrow(mers)) - 1, value = mers[[kind]])
found <- suppressMessages(suppressWarnings(estimate_R(mers, "parametric_si",
  config = make_config(list(mean_si = 6.8, std_si = 4.1)))))
keep("MERS2014", "parametric", found)
input <- do.call(rbind, input)
input$value <- number(input$value)
rows <- do.call(rbind, rows)
for (column in setdiff(names(rows), c("set", "method", "t_start", "t_end"))) rows[[column]] <- number(rows[[column]])
write.csv(input, file.path(out, "rt_classics_input.csv"), row.names = FALSE, quote = FALSE)
write.csv(rows, file.path(out, "rt_classics.csv"), row.names = FALSE, quote = FALSE)
