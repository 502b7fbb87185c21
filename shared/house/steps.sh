#!/bin/sh
# Runs `make TARGET` in each folder, says what it does and how long it took, and ends with one line each.
#   sh shared/house/steps.sh TARGET FOLDER...
# HOUSE_SECONDS: a file to which it adds a line for each folder that went well, "TARGET FOLDER SECONDS".
set -u
target=$1
shift
failed=
summary=
for folder in "$@"; do
    grep -qE "^$target:|^include ../shared/house/level.mk" "$folder/Makefile" || continue
    printf '\n== %s: make %s\n' "$folder" "$target"
    started=$(date +%s)
    result=ok
    make --no-print-directory -C "$folder" "$target" || { result=FAILED; failed="$failed $folder"; }
    seconds=$(($(date +%s) - started))
    [ "$result" != ok ] || [ -z "${HOUSE_SECONDS:-}" ] || echo "$target $folder $seconds" >>"$HOUSE_SECONDS"
    summary="$summary$(printf '   %-18s %-7s %4d s' "$folder" "$result" "$seconds")
"
done
printf '\n== make %s\n%s' "$target" "$summary"
[ -z "$failed" ] || { echo "   look above at:$failed (one alone: make -C FOLDER $target)"; exit 1; }
