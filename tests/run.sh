#!/bin/sh
# SPDX-License-Identifier: MIT
# Sets up, builds and runs every test; the last lines are ctest's.  What is up to date is not made again.
set -eu
cd "$(dirname "$0")/.."
tests/setup.sh build test
cmake --preset ci
cmake --build --preset ci --parallel 2
exec ctest --test-dir build/ci --output-on-failure -j2 </dev/null
