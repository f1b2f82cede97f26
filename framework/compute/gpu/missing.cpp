// Instead of the room of GPUs, in a program built where OpenCL is missing.
#include "framework/compute/rooms.hpp"

namespace steppe::compute {

std::shared_ptr<Device> open_gpu(std::size_t index) {
  throw DeviceError{"'gpu' is not there: " + gpu_trouble(index)};
}

std::string gpu_trouble(std::size_t) {
  return "this program is built without it: install 'ocl-icd-opencl-dev' and a oneDNN with OpenCL "
         "('libdnnl-dev' of Debian 12 has it, that of later ones has not), then configure and "
         "build "
         "again";
}

std::string gpu_model(std::size_t) { return "gpu"; }

}  // namespace steppe::compute
