# Text that appears while a measurement runs.
run-started = medidor { $version }
