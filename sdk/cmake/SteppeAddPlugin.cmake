# steppe_add_plugin(<name> SOURCES <file>... [LINK <target>...])
#
# A library Steppe can load: `<name>.so`, exporting one symbol. Point `--plugin-path` or
# STEPPE_PLUGIN_PATH at the folder it lands in (STEPPE_PLUGIN_OUTPUT_DIRECTORY, or the build folder).
function(steppe_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
  if(NOT arg_SOURCES)
    message(FATAL_ERROR "steppe_add_plugin(${name}): SOURCES is missing")
  endif()
  set(map ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map)
  add_library(${name} MODULE ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE steppe::sdk ${arg_LINK})
  # The same bits on every compiler: no contraction to fused multiply-adds behind our back.
  target_compile_options(${name} PRIVATE -ffp-contract=off)
  # Nothing but the entry point is visible, whatever the sources and their libraries export.
  target_link_options(${name} PRIVATE LINKER:--version-script=${map})
  if(NOT STEPPE_SANITIZED)   # the program brings what Clang's sanitizers call
    target_link_options(${name} PRIVATE LINKER:-z,defs)
  endif()
  set_target_properties(${name} PROPERTIES
    PREFIX "" CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS ${map})
  if(STEPPE_PLUGIN_OUTPUT_DIRECTORY)
    set_target_properties(${name} PROPERTIES
      LIBRARY_OUTPUT_DIRECTORY ${STEPPE_PLUGIN_OUTPUT_DIRECTORY})
  endif()
endfunction()
