#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds a preset in a folder of the caller's choice: nested_build.sh PRESET FOLDER TARGET
set -eu
cd "$(dirname "$0")/.."
cmake --preset "$1" -B "$2" >"$2.log" 2>&1 || { cat "$2.log" && exit 1; }
cmake --build "$2" --parallel 2 --target "$3"
