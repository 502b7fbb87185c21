#!/bin/sh
# Runs `make TARGET` in each folder, says what it does and how long it took, and ends with one line each.
#   sh shared/house/steps.sh TARGET FOLDER...
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
    summary="$summary$(printf '   %-18s %-7s %4d s' "$folder" "$result" $(($(date +%s) - started)))
"
done
printf '\n== make %s\n%s' "$target" "$summary"
[ -z "$failed" ] || { echo "   look above at:$failed (one alone: make -C FOLDER $target)"; exit 1; }
