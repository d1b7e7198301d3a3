# Texto que aparece enquanto uma medição corre.
run-started = medidor { $version }
