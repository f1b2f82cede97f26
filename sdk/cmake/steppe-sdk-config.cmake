include(${CMAKE_CURRENT_LIST_DIR}/steppe-sdk-targets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/SteppeAddPlugin.cmake)
