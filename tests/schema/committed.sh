#!/bin/sh
# SPDX-License-Identifier: MIT
# Are the committed schemas those of the decode tables?  committed.sh PROGRAM [--bless]
# --bless writes them anew; the diff is reviewed.
set -eu
program=$1
folder=$(dirname "$(readlink -f "$0")")/../../schema
status=0

for pair in plan:restore-plan world:world; do
    file=$folder/${pair#*:}.schema.json
    if [ "${2-}" = --bless ]; then
        "$program" schema "${pair%:*}" >"$file"
    elif ! "$program" schema "${pair%:*}" | diff -u "$file" - >&2; then
        echo "schema/${pair#*:}.schema.json is not what \`restorectl schema ${pair%:*}\` says:" \
            "tests/schema/committed.sh PROGRAM --bless" >&2
        status=1
    fi
done
exit $status
