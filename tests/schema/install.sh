#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs the npm packages of package-lock.json, whose hashes npm checks: install.sh FOLDER
# Says nothing and touches nothing where they are there already.  Where npm's registry cannot be reached the judges are
# skipped, and say so (exit 77); anything else that goes wrong fails the tests.
set -eu
here=$(dirname "$(readlink -f "$0")")
folder=$1
wanted=$(cat "$here/package.json" "$here/package-lock.json" | sha256sum)

[ "$(cat "$folder/installed" 2>/dev/null || true)" != "$wanted" ] || exit 0
mkdir -p "$folder"
rm -f "$folder/installed"
cp "$here/package.json" "$here/package-lock.json" "$folder"
if ! npm view ajv version --fetch-retries=0 --fetch-timeout=20000 >"$folder/reach.log" 2>&1; then
    echo "skipped: npm's registry cannot be reached: $(grep -m 1 -E 'reason|code' "$folder/reach.log" || true)"
    exit 77
fi
npm ci --prefix "$folder" --no-audit --no-fund --ignore-scripts --fetch-retries=2 --fetch-timeout=60000
echo "$wanted" >"$folder/installed"
