# Sourced by tools that train.

# The best epoch by held-out accuracy (the lower loss of those that tie), or the last, from a metrics.csv.
best() { # best FILE -> epoch,held_out_accuracy,test_accuracy
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; held = "held_accuracy" in at; next }
        { a = held ? $at["held_accuracy"] : 0; l = held ? $at["held_loss"] : 0 }
        NR == 2 || !held || a > top || (a == top && l < low) { top = a; low = l; row = $1 "," (held ? a : "") "," $at["test_accuracy"] }
        END { print row }' "$1"
}
