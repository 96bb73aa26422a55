#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what is missing, on Debian 12: setup.sh build, or setup.sh build test
#   build   compiler, CMake and the libraries: what examples/quickstart.sh needs
#   test    what tests/run.sh needs beside them
# Says nothing and touches nothing where all of it is there.
set -eu

build='gcc libc6-dev cmake ninja-build pkg-config libcurl4-openssl-dev libyaml-dev libcjson-dev libssl-dev
    libmicrohttpd-dev liblua5.4-dev'
test='libcmocka-dev clang clang-format clang-tidy libclang-rt-14-dev valgrind python3 jq graphviz chromium'

wanted=
for part in "$@"; do
    case $part in
    build) wanted="$wanted $build" ;;
    test)
        wanted="$wanted $test"
        # Node.js from elsewhere has npm in it, and refuses Debian's beside it.
        command -v node >/dev/null && command -v npm >/dev/null || wanted="$wanted nodejs npm"
        ;;
    *) echo "setup.sh: '$part' is neither build nor test" >&2 && exit 64 ;;
    esac
done

if ! command -v dpkg-query >/dev/null; then
    echo "setup.sh: not a Debian system; install the equivalents of:" $wanted >&2
    exit 0
fi
# shellcheck disable=SC2086  # words on purpose
there=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' $wanted 2>/dev/null || true)
missing=
for package in $wanted; do
    case "
$there
" in
    *"
installed $package
"*) ;;
    *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "setup.sh: these packages are missing, and there is neither root nor sudo to install them:" >&2
        echo "    apt-get install --no-install-recommends$missing" >&2
        exit 1
    fi
    as_root=sudo
fi
echo "setup.sh: installing$missing" >&2
# shellcheck disable=SC2086
{
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends $missing
} </dev/null >&2
