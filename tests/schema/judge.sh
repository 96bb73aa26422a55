#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs one judge with the packages of install.sh: judge.sh FOLDER SCRIPT [ARGUMENT…]; skipped (77) where there are none.
set -eu
folder=$1
script=$2
shift 2
if [ ! -f "$folder/installed" ]; then
    echo "skipped: the npm packages are not there (see the test schema.packages)"
    exit 77
fi
exec node "$(dirname "$(readlink -f "$0")")/$script" "$folder" "$@"
