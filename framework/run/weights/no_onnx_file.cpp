// Stands in for onnx_file.cpp in programs built without ONNX.
#include "framework/data/dataset.hpp"
#include "framework/run/weights/onnx_file.hpp"

namespace steppe::run {

std::string to_onnx(const SavedNetwork&) {
  throw data::DataError{
      "this program was built without ONNX; install libonnx-dev and libprotobuf-dev and build "
      "again"};
}

}  // namespace steppe::run
