#include "framework/compute/matmul.hpp"

#include "framework/compute/onednn.hpp"
#include "framework/compute/worker_setup.hpp"

#include <steppe/random.hpp>

#include <array>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <unordered_map>

#include <fmt/format.h>
#include <oneapi/dnnl/dnnl_debug.h>

namespace steppe::compute {

namespace {

using Dimension = dnnl::memory::dim;

using Type = dnnl::memory::data_type;

constexpr Type type_of(const View&) { return Type::f32; }
constexpr Type type_of(const bf16::Matrix&) { return Type::bf16; }

/// What a primitive is made for.
struct Product {
  Dimension rows, inner, columns;  ///< c: rows x columns; the sum runs over `inner`
  Dimension a_stride, b_stride, c_stride;
  Transpose transpose;
  bool accumulate;
  Type operands;

  bool operator==(const Product&) const = default;
};

struct ProductHash {
  std::size_t operator()(const Product& p) const {
    return stream_key(p.rows, p.inner, p.columns, p.a_stride, p.b_stride, p.c_stride,
                      static_cast<int>(p.transpose), p.accumulate, static_cast<int>(p.operands));
  }
};

template <class Operand>
Product product(const Operand& a, const Operand& b, const View& c, Transpose transpose,
                bool accumulate) {
  const auto dimension = [](std::size_t value) { return static_cast<Dimension>(value); };
  return {dimension(c.rows),
          dimension(transpose == Transpose::first ? a.rows : a.columns),
          dimension(c.columns),
          dimension(a.stride),
          dimension(b.stride),
          dimension(c.stride),
          transpose,
          accumulate,
          type_of(a)};
}

/// Host devices share it: an engine of the CPU has no state worth two of them.
const dnnl::engine& host_engine() {
  static const dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  return engine;
}

dnnl::memory::desc matrix(Dimension rows, Dimension columns, Dimension stride, bool transposed,
                          Type type) {
  const dnnl::memory::dims strides =
      transposed ? dnnl::memory::dims{1, stride} : dnnl::memory::dims{stride, 1};
  return {{rows, columns}, type, strides};
}

/// Names of implementations: the library chooses one for each shape.
class Chosen {
 public:
  void add(const char* name) {
    const std::lock_guard lock{mutex_};
    names_.emplace(name);
  }
  std::vector<std::string> names() {
    const std::lock_guard lock{mutex_};
    return {names_.begin(), names_.end()};
  }

 private:
  std::mutex mutex_;
  std::set<std::string> names_;
};

Chosen& chosen() {
  static Chosen names;
  return names;
}

/// Ends the sentence on a product that failed.
std::string no_bf16() {
  return fmt::format(
      "; bfloat16 operands need avx512_core or more and this processor has {}: try "
      "precision 'f32'",
      matmul_library().instruction_set);
}

struct Primitive {
  explicit Primitive(const Product& p)
      : a{matrix(p.rows, p.inner, p.a_stride, p.transpose == Transpose::first, p.operands)},
        b{matrix(p.inner, p.columns, p.b_stride, p.transpose == Transpose::second, p.operands)},
        c{matrix(p.rows, p.columns, p.c_stride, false, Type::f32)} {
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    // Whatever the environment asks for: a float product is a float product.
    attributes.set_fpmath_mode(dnnl::fpmath_mode::strict);
    if (p.accumulate) {
      dnnl::post_ops sum;
      sum.append_sum(1.0F);
      attributes.set_post_ops(sum);
    }
    const auto description = onednn::matmul(host_engine(), a, b, c, attributes);
    scratchpad = description.scratchpad_desc();
    chosen().add(description.impl_info_str());
    matmul = dnnl::matmul{description};
  }

  dnnl::memory::desc a, b, c, scratchpad;
  dnnl::matmul matmul;
};

/// A primitive with its operands, as one thread calls it: all that a call needs is there, and
/// operands that lie where they lay the last time are not told again.
class Call {
 public:
  explicit Call(const Primitive& of)
      : matmul_{of.matmul}, scratch_bytes_{of.scratchpad.get_size()} {
    const dnnl::memory::desc* const shapes[] = {&of.a, &of.b, &of.c, &of.scratchpad};
    constexpr int roles[] = {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST, DNNL_ARG_SCRATCHPAD};
    for (std::size_t i = 0; i < operands; ++i) {
      memories_[i] = dnnl::memory{*shapes[i], host_engine(), DNNL_MEMORY_NONE};
      arguments_[i] = {roles[i], memories_[i].get()};
    }
  }

  std::size_t scratch_bytes() const { return scratch_bytes_; }

  void run(const dnnl::stream& stream, const std::array<void*, 4>& at) {
    for (std::size_t i = 0; i < operands; ++i) {
      if (at[i] == at_[i]) continue;
      memories_[i].set_data_handle(at[i]);
      at_[i] = at[i];
    }
    // The C++ face would make a list of the operands each time.
    dnnl::error::wrap_c_api(
        dnnl_primitive_execute(matmul_.get(), stream.get(), operands, arguments_.data()),
        "it could not be run");
  }

 private:
  static constexpr std::size_t operands = 4;

  dnnl::matmul matmul_;
  std::size_t scratch_bytes_;
  std::array<dnnl::memory, operands> memories_;
  std::array<void*, operands> at_{};
  std::array<dnnl_exec_arg_t, operands> arguments_{};
};

/// What a thread has for products. Memory for what a primitive needs while it runs is its own: the
/// library's is shared between threads and gives silently wrong results under oneTBB.
class Workspace {
 public:
  /// `primitive()` is asked for a product this thread has not met.
  template <class MakePrimitive>
  void run(const Product& wanted, const MakePrimitive& primitive, void* a, void* b, void* c) {
    auto found = calls_.find(wanted);
    if (found == calls_.end()) found = calls_.try_emplace(wanted, primitive()).first;
    Call& call = found->second;
    call.run(stream_, {a, b, c, memory_.at_least(call.scratch_bytes())});
  }

 private:
  GrowingMemory memory_;
  dnnl::stream stream_{host_engine()};
  std::unordered_map<Product, Call, ProductHash> calls_;
};

Workspace& own_workspace() {
  thread_local Workspace workspace;
  return workspace;
}

}  // namespace

struct Matmul::Primitives {
  const Primitive& get(const Product& wanted) {
    {
      const std::shared_lock lock{mutex};
      if (const auto found = made.find(wanted); found != made.end()) return found->second;
    }
    const std::unique_lock lock{mutex};
    return made.try_emplace(wanted, wanted).first->second;
  }

  std::shared_mutex mutex;
  std::unordered_map<Product, Primitive, ProductHash> made;  // never erased: references last
};

Matmul::Matmul() : primitives_{std::make_unique<Primitives>()} {}
Matmul::~Matmul() = default;

void Matmul::run(const View& a, const View& b, const View& c, Transpose transpose,
                 bool accumulate) {
  multiply(a, b, c, transpose, accumulate);
}

void Matmul::run(const bf16::Matrix& a, const bf16::Matrix& b, const View& c, Transpose transpose,
                 bool accumulate) {
  multiply(a, b, c, transpose, accumulate);
}

template <class Operand>
void Matmul::multiply(const Operand& a, const Operand& b, const View& c, Transpose transpose,
                      bool accumulate) {
  const Product wanted = product(a, b, c, transpose, accumulate);
  try {
    own_workspace().run(
        wanted, [&]() -> const Primitive& { return primitives_->get(wanted); }, a.data, b.data,
        c.data);
  } catch (const std::exception& error) {  // its code generator throws past its own error type
    throw DeviceError{fmt::format("oneDNN failed at a product of {} x {} by {} x {}: {}{}",
                                  wanted.rows, wanted.inner, wanted.inner, wanted.columns,
                                  error.what(), wanted.operands == Type::bf16 ? no_bf16() : "")};
  }
}

namespace {

/// "avx512_core"; elsewhere than on x86-64 the bits of oneDNN mean something else than their names.
std::string instruction_set() {
#if defined(__x86_64__)
  std::string_view isa = dnnl_cpu_isa2str(dnnl_get_effective_cpu_isa());
  constexpr std::string_view opening = "cpu_isa_";
  if (isa.starts_with(opening)) isa.remove_prefix(opening.size());
  return std::string{isa};
#else
  return fmt::format("{:#x}", static_cast<unsigned>(dnnl::get_effective_cpu_isa()));
#endif
}

}  // namespace

MatmulLibrary matmul_library() {
  const dnnl_version_t* version = dnnl_version();
  return {fmt::format("{}.{}.{}", version->major, version->minor, version->patch),
          instruction_set()};
}

std::vector<std::string> matmul_implementations() { return chosen().names(); }

std::string matmul_description() {
  return fmt::format("oneDNN {} ({:#x})", matmul_library().version,
                     static_cast<unsigned>(dnnl::get_effective_cpu_isa()));
}

}  // namespace steppe::compute
