# The floors of the framework. A floor sees its own headers and those of the floors below it that
# it links, and no others: each floor's headers are reached through an include root of its own that
# holds nothing but that floor, so an include upwards does not compile.

add_library(steppe_warnings INTERFACE)
target_compile_options(steppe_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Werror)

# Arithmetic is the same in every build: no contraction to fused multiply-adds behind our back.
add_library(steppe_numerics INTERFACE)
target_compile_options(steppe_numerics INTERFACE -ffp-contract=off)

# What a fuzzer has to see of the code it feeds. Plugins are left as they are: a library of theirs may
# not ask for symbols of a program.
add_library(steppe_fuzzed INTERFACE)
if(STEPPE_FUZZ)
  target_compile_options(steppe_fuzzed INTERFACE
    -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  target_link_options(steppe_fuzzed INTERFACE -fsanitize=address,undefined)
endif()

# Under a sanitizer, headers are half of the work: those of the standard library that most files have,
# read once for all targets with the same flags. Other builds show that each file asks for what it needs.
if(STEPPE_SANITIZED AND NOT STEPPE_FUZZ)
  file(CONFIGURE OUTPUT headers.cpp CONTENT "extern int empty;\n")
  add_library(steppe_headers OBJECT ${CMAKE_CURRENT_BINARY_DIR}/headers.cpp)
  target_link_libraries(steppe_headers PRIVATE steppe_warnings steppe_numerics)
  target_precompile_headers(steppe_headers PRIVATE
    <algorithm> <cmath> <filesystem> <fstream> <functional> <map> <memory> <optional> <set> <sstream>
    <stdexcept> <string> <variant> <vector>)
endif()
function(steppe_reuse_headers)
  if(TARGET steppe_headers)
    foreach(name ${ARGN})
      target_precompile_headers(${name} REUSE_FROM steppe_headers)
    endforeach()
  endif()
endfunction()

# steppe_add_floor(<name> SOURCES <file>... [BELOW <floor>...] [LINK <target>...] [LOOPS])
#
# LOOPS: what most of the time of all tests is spent in, and so is optimised for a sanitizer too.
function(steppe_add_floor name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "LOOPS" "" "SOURCES;BELOW;LINK")
  set(root ${CMAKE_BINARY_DIR}/floors/${name})
  file(MAKE_DIRECTORY ${root}/framework)
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${root}/framework/${name} SYMBOLIC)
  add_library(steppe_${name} STATIC ${arg_SOURCES})
  add_library(steppe::${name} ALIAS steppe_${name})
  target_include_directories(steppe_${name} PUBLIC ${root})
  list(TRANSFORM arg_BELOW PREPEND steppe::)
  target_link_libraries(steppe_${name}
    PUBLIC steppe::sdk ${arg_BELOW} ${arg_LINK}
    PRIVATE steppe_warnings steppe_numerics steppe_fuzzed)
  if(arg_LOOPS AND STEPPE_SANITIZED)
    target_compile_options(steppe_${name} PRIVATE -O1)
  else()
    steppe_reuse_headers(steppe_${name})
  endif()
endfunction()
