# The room of GPUs: sources, and the texts of its kernels in a source of their own.
set(gpu_sources
  gpu/card.cpp
  gpu/found.cpp
  gpu/gpu.cpp
  gpu/launch.cpp
  gpu/opencl.cpp
  gpu/products.cpp
  gpu/programs.cpp
  gpu/queue.cpp
  gpu/queue_batch_norm.cpp
  gpu/queue_elementwise.cpp
  gpu/queue_layer_norm.cpp
  gpu/queue_losses.cpp
  gpu/queue_reductions.cpp
  gpu/queue_selection.cpp
  gpu/storage.cpp
  ${CMAKE_CURRENT_BINARY_DIR}/gpu_sources.cpp)

file(GLOB kernels CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/gpu/kernels/*.cl)
set(sources "")
foreach(kernel ${kernels})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${kernel})
  cmake_path(GET kernel STEM name)
  file(READ ${kernel} text)
  string(APPEND sources "    {\"${name}\", R\"cl(${text})cl\"},\n")
endforeach()
configure_file(gpu/sources.cpp.in gpu_sources.cpp @ONLY)
