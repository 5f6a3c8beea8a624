# Makes length_of_stay.csv: 400 simulated stays, some censored, and what survival::survreg
# makes of them. test_demand.py reads the same numbers from length_of_stay.npz.
library(survival)
set.seed(5)
n <- 400
stay <- round(rgamma(n, shape = 1.6, scale = 7))
seen <- sample(3:40, n, replace = TRUE)
left <- stay < seen
days <- pmin(stay, seen)
lower <- ifelse(left, pmax(days - 0.5, 1e-9), pmax(days - 0.5, 1e-9))
upper <- ifelse(left, days + 0.5, Inf)
fit <- function(dist) {
  model <- survreg(Surv(lower, upper, type = "interval2") ~ 1, dist = dist)
  c(coef(model)[[1]], model$scale, model$loglik[1])
}
out <- rbind(fit("weibull"), fit("lognormal"))
write.csv(data.frame(days = days, left = left), "stays.csv", row.names = FALSE)
write.csv(out, "fits.csv", row.names = FALSE)
