"""What a score is worth: intervals, paired tests, strata, readers' agreement, rank correlation.

Knows arrays of per-case numbers and the patient each belongs to; not what was scored. Reading
order: `statistic` (a score as a function of summed counts, so that resampling never scores a text
twice), `bootstrap` (intervals by patient), `paired` (is A better than B; Holm), `strata`,
`agreement` (Krippendorff, ICC, Gwet), `correlation` (metric against readers).
"""
