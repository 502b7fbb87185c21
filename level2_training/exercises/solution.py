"""The tag data.2021-03 differs between the two runs; all other data tags are equal. Version 1 has the smaller error."""

MONTH = "2021-03"
VERSION = "1"
