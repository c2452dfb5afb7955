"""Tables larger than memory: blocks of Parquet, read and counted one by one on any executor."""
