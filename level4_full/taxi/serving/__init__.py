"""The service: which model answers whom, how both are asked, and what is written down. Read `live` last."""
