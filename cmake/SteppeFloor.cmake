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

# steppe_add_floor(<name> SOURCES <file>... [BELOW <floor>...] [LINK <target>...])
function(steppe_add_floor name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;BELOW;LINK")
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
endfunction()
