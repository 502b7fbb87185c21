#!/bin/sh
# Writes every requirements.txt from one resolution, so that a package has the same version at every level.
#   sh shared/house/lock.sh           keeps the versions that are there, adds what is new
#   UPGRADE=1 sh shared/house/lock.sh takes the newest that fit
set -eu
cd "$(dirname "$0")/../.."
uv=$PWD/shared/.uv/bin/uv # the one that setup.sh pins; a system's own may resolve otherwise
[ -x "$uv" ] || uv=$(command -v uv) || { echo "lock: no uv yet. Run: make setup" >&2; exit 2; }

place=$(mktemp -d "${TMPDIR:-/tmp}/lock.XXXXXX")
all=$place/all.txt # uv reads what is there as a preference when its name ends so
trap 'rm -rf "$place"' EXIT
folders="shared $(ls -d level[0-9]_*)"
set --
for folder in $folders; do set -- "$@" "$folder/pyproject.toml" --group "$folder/pyproject.toml:dev"; done
[ -n "${UPGRADE:-}" ] || for folder in $folders; do
    [ ! -f "$folder/requirements.txt" ] || sed -n 's/^\([a-z0-9._-]*==[^\\]*\) \\$/\1/p' "$folder/requirements.txt" >>"$all"
done
sort -u -o "$all" "$all"

compile() { "$uv" pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 --no-emit-package taxi-shared "$@"; }
compile --no-annotate --no-header "$@" -o "$all"
for folder in $folders; do
    (cd "$folder" && compile --generate-hashes --no-annotate --custom-compile-command "make lock" -c "$all" --group dev pyproject.toml -o requirements.txt)
    [ ! -f "$folder/Dockerfile" ] || # what the image installs: the level without its notebooks and tests
        (cd "$folder" && compile --generate-hashes --no-annotate --custom-compile-command "make lock" -c "$all" pyproject.toml -o requirements-image.txt)
    echo "lock: $folder/requirements.txt, $(grep -c '==' "$folder/requirements.txt") packages"
done
