// Matrix products on the host, by oneDNN.
#pragma once

#include "framework/compute/bf16_terms.hpp"
#include "framework/compute/device.hpp"

#include <memory>
#include <string>
#include <vector>

namespace steppe::compute {

/// The products one device has met so far. Making a primitive takes milliseconds (it compiles
/// itself), running it microseconds, so each is made once a shape and kept. [any thread]
class Matmul {
 public:
  Matmul();
  ~Matmul();

  /// One call of oneDNN; operands as in `Queue::matmul`. @throws DeviceError
  void run(const View& a, const View& b, const View& c, Transpose transpose, bool accumulate);
  /// The same of bfloat16; sums and result are float32. @throws DeviceError: oneDNN has it on some
  /// processors alone.
  void run(const bf16::Matrix& a, const bf16::Matrix& b, const View& c, Transpose transpose,
           bool accumulate);

 private:
  template <class Operand>
  void multiply(const Operand& a, const Operand& b, const View& c, Transpose transpose,
                bool accumulate);

  struct Primitives;
  std::unique_ptr<Primitives> primitives_;
};

/// The library that does the products, as it is while the program runs.
struct MatmulLibrary {
  std::string version;          ///< "2.6.3"
  std::string instruction_set;  ///< "avx512_core": the best that it uses here
};
MatmulLibrary matmul_library();

/// What did the products of this process so far, by the library's own names ("brgemm:avx512_core"),
/// each once, sorted. [any thread]
std::vector<std::string> matmul_implementations();

/// Version and instruction set of the library that does the products.
std::string matmul_description();

}  // namespace steppe::compute
