# Sourced by tools that train.

# The best epoch by validation metric (the lower loss of those that tie), or the last, from a metrics.csv. The metric is
# what stands in test_ beside the loss; of mse the lower is better.
best() { # best FILE -> epoch,validation_accuracy,test_accuracy, or another metric in their places
    awk -F, 'NR == 1 {
            for (i = 1; i <= NF; i++) {
                at[$i] = i
                if ($i ~ /^test_/ && $i != "test_loss") metric = substr($i, 6)
            }
            sign = metric == "mse" ? -1 : 1
            validated = ("validation_" metric) in at
            next
        }
        { a = validated ? sign * $at["validation_" metric] : 0; l = validated ? $at["validation_loss"] : 0 }
        NR == 2 || !validated || a > top || (a == top && l < low) {
            top = a; low = l; row = $1 "," (validated ? $at["validation_" metric] : "") "," $at["test_" metric]
        }
        END { print row }' "$1"
}
