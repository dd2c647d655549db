# Sourced by tools that train.

# The best epoch by validation accuracy (the lower loss of those that tie), or the last, from a metrics.csv.
best() { # best FILE -> epoch,validation_accuracy,test_accuracy
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; validated = "validation_accuracy" in at; next }
        { a = validated ? $at["validation_accuracy"] : 0; l = validated ? $at["validation_loss"] : 0 }
        NR == 2 || !validated || a > top || (a == top && l < low) { top = a; low = l; row = $1 "," (validated ? a : "") "," $at["test_accuracy"] }
        END { print row }' "$1"
}
