"""Zeek's logs at the command line: log files as input, log writes as output."""
