#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs restorectl against recorded Azure traffic: run.sh RESTORECTL [RECORDING [VARIANT]]
# The recordings and their server stand beside the checkout, in ../shared or in $RESTORECTL_SHARED; elsewhere this is
# skipped (exit 77).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
shared=${RESTORECTL_SHARED:-$here/../../../shared}
if [ ! -f "$shared/tools/replay/replay.py" ]; then
    echo "skipped: no recordings at $shared"
    exit 77
fi
exec python3 -B "$here/drill.py" --shared "$shared" --program "$@"
