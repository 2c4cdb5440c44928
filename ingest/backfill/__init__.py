"""Sources of a backfill: what each holds, in parts that are done and resumed on their own."""
