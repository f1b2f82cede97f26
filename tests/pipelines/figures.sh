#!/bin/sh
# A figure is drawn once: an unchanged second run starts no gnuplot and leaves the same page, but for
# times; without the store the same figures are drawn again.
. "$2/tests/pipelines/begin.sh"
tiny="--set values.jets=400 --set values.epochs=1 --set matrix.trial=2"
real=$(command -v gnuplot) || exit 77

mkdir -p programs
touch marks
cat >programs/gnuplot <<END
#!/bin/sh
echo drawn >>'$work/marks'
exec '$real' "\$@"
END
chmod +x programs/gnuplot
PATH=$work/programs:$PATH

drawn() { wc -l <marks; }
# The record holds times; what stands above it does not, but for the moment in the head.
above_the_record() { sed -e '/<section id="record">/,$d' -e '/^<p class="by">Steppe /d' "$1"; }

"$steppe" run "$quickstart" $tiny --store kept --out first >/dev/null 2>&1
first=$(drawn)
[ "$first" -ge 10 ]
[ "$first" -eq "$(ls first/figures/*.svg | wc -l)" ]
"$steppe" store list --store kept | grep -c " figure " | grep -qx "$first"
"$steppe" store verify --store kept | grep -q "^0 of "

"$steppe" run "$quickstart" $tiny --store kept --out second >/dev/null 2>&1
[ "$(drawn)" -eq "$first" ] || { echo "an unchanged run drew figures again"; exit 1; }
diff -r first/figures second/figures
diff -r first/tables second/tables
above_the_record first/report.html >first.html
above_the_record second/report.html >second.html
[ "$(wc -c <first.html)" -gt 10000 ]
cmp first.html second.html

# The report alone, with and without what was kept.
cp second/report.html second.html
"$steppe" report second --store kept
[ "$(drawn)" -eq "$first" ]
cmp second.html second/report.html
"$steppe" report second --no-store
[ "$(drawn)" -eq $((2 * first)) ]
cmp second.html second/report.html
diff -r first/figures second/figures
"$steppe" report second
[ ! -e .steppe ] || { echo "a report left a store behind"; exit 1; }

# A damaged figure and another gnuplot are no reason to show an old or a wrong one.
marks=$(drawn)
"$steppe" store list --store kept | awk '$2 == "figure" { print $1 }' | head -1 | while read -r key; do
  file=kept/objects/$(echo "$key" | cut -c1-2)/$key
  printf 'X' | dd of="$file" bs=1 seek=3000 conv=notrunc 2>/dev/null
done
"$steppe" report second --store kept 2>notes.txt
grep -q "^note: .*its checksum is wrong" notes.txt
[ "$(drawn)" -eq $((marks + 1)) ]
cmp second.html second/report.html
echo "# another one" >>programs/gnuplot
"$steppe" report second --store kept
[ "$(drawn)" -eq $((marks + 1 + first)) ]
echo "an unchanged run drew none of its $first figures again"
