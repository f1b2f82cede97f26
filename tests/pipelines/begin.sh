# Read first by every test here, which is called as NAME.sh <steppe> <source folder> <work folder>: gives
# these names, `quickstart`, and goes to the work folder, made anew.
set -eu
steppe=$1
source=$2
work=$3
quickstart=$source/pipelines/quickstart.toml

rm -rf "$work"
mkdir -p "$work"
cd "$work"
