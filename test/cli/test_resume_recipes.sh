# Every recipe, stopped and resumed with other threads and kernels, ends with the bits of a run that was not stopped; on small data.
source "$SOURCE_DIR/test/cli/lib.sh"
make_data data

for recipe in fast mnist fashion smnist notebook randman patterns yinyang latency_eventprop oxford pattern store_recall evidence; do
    small_recipe $recipe
    expect_exit 0 "${train[@]}" --epochs 4 --threads 2 --out "$recipe-whole"
    expect_exit 0 "${train[@]}" --epochs 2 --threads 1 --cpu scalar --out "$recipe-parts"
    expect_exit 0 "${train[@]}" --epochs 4 --threads 3 --resume --out "$recipe-parts"
    expect_same "$recipe-whole/model.h5" "$recipe-parts/model.h5"
    expect_same_metrics "$recipe-whole" "$recipe-parts"
done
