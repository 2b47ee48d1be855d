"""Supply data of a signalised junction as planners exchange them: OCIT-C supply XML and the project's own YAML."""
