"""When and where things run: the pipeline's steps in order, Prefect flows, the command line."""
