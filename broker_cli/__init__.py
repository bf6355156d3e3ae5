"""The command ``broker``. Its options, exit codes and ndjson output are what users may rely on."""
