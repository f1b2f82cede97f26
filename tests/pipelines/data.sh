# Read by tests on real Monte-Carlo jets: finds `data`, a folder with jets in RS3L layout. It is
# STEPPE_DATA, or ../shared/data beside the sources, whose folder is `source`. Without them the test is
# skipped, unless STEPPE_REQUIRE_DATA is set.
data=${STEPPE_DATA:-$source/../shared/data}

if ! ls "$data"/*_train.h5 >/dev/null 2>&1; then
  echo "skipped: no *_train.h5 in $data; set STEPPE_DATA to a folder with jets in RS3L layout"
  [ -z "${STEPPE_REQUIRE_DATA:-}" ] && exit 77
  exit 1
fi
data=$(cd "$data" && pwd)
