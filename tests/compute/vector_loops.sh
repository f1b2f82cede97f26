#!/bin/sh
# Loops that are to be vector instructions call nothing: a loop with a call in it is done one value at a time.
#
#   vector_loops.sh OBJDUMP LIBRARY BUILD
#
# Looks at the machine code of every kernel (kernel.hpp) in its versions for x86-64-v3 and v4. A compiler that stops
# inlining a function of such a loop changes no bit of any result, and a step takes nearly twice as long.
set -eu

# What a build has no such versions of, or has not optimised, says nothing.
case $3 in
  *sanitized) reason="a sanitizer's loops are not optimised" ;;
  "GNU x86_64 Rel"*) reason="" ;;
  *) reason="kernels have versions in optimised builds by GCC for x86-64 alone, and this is '$3'" ;;
esac
if [ -z "$reason" ] && ! command -v "$1" > /dev/null; then reason="there is no objdump; try package binutils"; fi
if [ -n "$reason" ]; then
  echo "skipped: $reason"
  exit 77
fi

# A call is an instruction of this name, or a jump out of the function. Where it goes is in the line behind it if it
# leaves the section.
"$1" --disassemble --reloc --no-show-raw-insn "$2" | awk '
/^[0-9a-f]+ <.*>:$/ {
  own = $2
  gsub(/[<>:]/, "", own)
  inside = own ~ /\.arch_x86_64_v[34]/
  kernels += inside
  next
}
inside && (/R_X86_64_PLT32/ || /[ \t](call|jmp) /) {
  target = $NF
  gsub(/[<>]/, "", target)
  sub(/\+0x[0-9a-f]+$/, "", target)
  if (target == own) next
  print own " calls " target
  calls++
}
END {
  print kernels + 0 " kernels, " calls + 0 " calls"
  exit !kernels || calls
}'
