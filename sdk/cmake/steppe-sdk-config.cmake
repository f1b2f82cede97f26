include(${CMAKE_CURRENT_LIST_DIR}/steppe-sdk-targets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/SteppeAddPlugin.cmake)
# The program that this SDK came with, for tests of plugins: lib/cmake/ or lib/<machine>/cmake/.
find_program(STEPPE_PROGRAM steppe NO_CACHE NO_DEFAULT_PATH HINTS
  ${CMAKE_CURRENT_LIST_DIR}/../../../bin ${CMAKE_CURRENT_LIST_DIR}/../../../../bin)
