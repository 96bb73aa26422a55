#!/bin/sh
# SPDX-License-Identifier: MIT
# From a fresh clone to a rehearsed restore: installs what is missing, builds, runs plans/vm-disks.yaml against the
# built-in Azure simulator, and leaves an HTML report in the current folder.  No Azure account is needed.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
report=$PWD/restorectl-report.html
state=$root/build/rehearsal
[ -w "$PWD" ] || report=$state/restorectl-report.html

"$root/tests/setup.sh" build
mkdir -p "$root/build"
echo "building; log: $root/build/quickstart.log" >&2
if ! (cd "$root" && cmake --preset release && cmake --build --preset release) >"$root/build/quickstart.log" 2>&1; then
    cat "$root/build/quickstart.log" >&2
    exit 1
fi
restorectl=$root/build/release/restorectl

status=0
"$restorectl" apply "$root/plans/vm-disks.yaml" --simulate --seed 7 --state "$state" || status=$?
"$restorectl" report --state "$state" --format html -o "$report"
echo "report: $report"
exit $status
