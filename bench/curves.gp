# Draws curves.csv and curves-fit.csv of `folder` as curves.KIND, where `kind` is svg or png.
set datafile separator ","
csv = folder . "/curves.csv"
fits = folder . "/curves-fit.csv"
pick(curve, column) = sprintf("awk -F, '$1 == \"%s\" { print $%d }' '%s'", curve, column, fits)
exponent(curve) = real(system(pick(curve, 2)))
factor(curve) = real(system(pick(curve, 3)))
last(curve) = real(system(pick(curve, 4)))
points(curve) = sprintf("< awk -F, '$1 == \"%s\"' '%s'", curve, csv)

first(column) = system(sprintf("awk -F, 'NR == 2 { print $%d }' '%s'", column, csv))

set style line 1 linecolor rgb "#1f5f9f" pointtype 7 pointsize 0.7 linewidth 1.4
set style line 2 linecolor rgb "#999999" linewidth 1.4 dashtype 2
set style line 3 linecolor rgb "#e4e4e4" linewidth 0.8
set grid linestyle 3
set border 3 linewidth 0.8
set tics nomirror
set key bottom right Left reverse samplen 2
set format "%g"
array names[4] = ["steps", "neurons", "density", "batch"]
array titles[4] = ["steps T", "hidden neurons N", "input density", "samples of a batch"]
array conditions[6]
conditions[1] = "Microseconds of a training step for one sample,"
conditions[2] = "against one thing at a time. The point that all share:"
conditions[3] = "784-128-10, 100 steps, density 0.002, batch 256,"
conditions[4] = "1 thread. Bars: quartiles. Dashed: power law fitted."
conditions[5] = first(12) . ", " . first(9) . " kernels"
conditions[6] = "commit " . first(11) . ", " . first(10)

if (kind eq "svg") {
    set terminal svg size 1080,640 font "sans,12" background rgb "white"
} else {
    set terminal pngcairo size 1080,640 font "sans,10" background rgb "white"
}
set output folder . "/curves." . kind
set multiplot layout 2,3
set logscale xy
set yrange [1:*]
set ylabel "µs a sample"
do for [i = 1:4] {
    set xlabel titles[i]
    a = factor(names[i])
    b = exponent(names[i])
    plot points(names[i]) using 2:3:4:5 with yerrorlines linestyle 1 notitle, \
         a * x**b with lines linestyle 2 title sprintf("exponent %.2f; last two %.2f", b, last(names[i]))
}
unset logscale
set xlabel "threads"
set ylabel "times as fast as one thread"
set yrange [0:*]
set xrange [1:2<*]
set xtics 1
one = real(system(sprintf("awk -F, '$1 == \"threads\" && $2 == 1 { print $3 }' '%s'", csv)))
plot points("threads") using 2:(one / $3) with linespoints linestyle 1 notitle, \
     x with lines linestyle 2 title "ideal"
set xrange [0:1]
set yrange [0:1]
unset xlabel
unset ylabel
unset border
unset tics
do for [i = 1:6] {
    set label i conditions[i] at 0, 0.95 - 0.1 * i
}
plot -1 notitle
unset multiplot
