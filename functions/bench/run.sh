#!/usr/bin/env bash
# Measures the community as it is shipped; see README.md beside this file.
#   run.sh              everything, as it is released
#   run.sh PROGRAM      everything, with another build of the program, to compare
#   run.sh --build      how long authors wait; --lessons=10000 for a community of that size
#   run.sh --lambdas    how the Lambda functions start, and how large they are
#   run.sh --digest     the draft of a digest beside a million comments
set -euo pipefail
cd "$(dirname "$0")/../.."

PATH="$PATH:/usr/sbin"
for tool in nginx wrk; do
    if ! command -v "$tool" >/dev/null; then
        echo "bench: $tool is missing, so reading is not compared; apt-get install nginx-light wrk" >&2
    fi
done

if [[ $# -gt 0 && $1 != --* ]]; then
    set -- "$(realpath "$1")"
fi

# Everything that the run makes lies here, and goes when it ends, however it ends; so do the servers.
TMPDIR="$(mktemp -d)"
export TMPDIR
clean() {
    local file
    for file in "$TMPDIR"/.tmp*/*.pid; do
        if [[ -f $file ]]; then
            kill "$(<"$file")" 2>/dev/null || true
        fi
    done
    rm -rf "$TMPDIR"
}
trap clean EXIT
trap 'exit 130' INT TERM

echo "bench: building (some minutes the first time)" >&2
if [[ " $* " != *" --build "* ]]; then
    cargo build --locked --quiet --profile function --package sodium-app --bins --features lean
fi
cargo build --locked --quiet --release --package sodium-cli --bin sodium --bench community
cargo bench --locked --quiet --profile release --package sodium-cli --bench community -- "$@"
