// A test device that behaves as hardware at the far end of a bus does.
//
// Its memory cannot be read except while the host has it mapped or one of its operations runs;
// every tensor lies at an offset inside a bigger buffer; nothing runs before `wait`, unless there
// is very much of it, and what is gathered ahead comes as late as it may. Code that forgets to
// wait, to join, to map, or to unmap fails here at once, and not first on a real device.
#include "framework/compute/host_queue.hpp"
#include "framework/compute/rooms.hpp"
#include "framework/compute/worker_setup.hpp"

#include <algorithm>
#include <functional>
#include <mutex>
#include <tuple>

#include <fmt/format.h>
#include <sys/mman.h>

namespace steppe::compute {

namespace {

/// Pages of its own, unreadable while nobody holds them open. [any thread]
class FarStorage final : public Storage {
 public:
  FarStorage(std::shared_ptr<const Device> device, std::size_t floats)
      : Storage{std::move(device), floats},
        bytes_{std::max<std::size_t>(floats, 1) * sizeof(float)} {
    void* pages = mmap(nullptr, bytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
      throw DeviceError{fmt::format("'far' has no {} bytes left for a tensor", bytes_)};
    data_ = static_cast<float*>(pages);
  }
  ~FarStorage() override { munmap(data_, bytes_); }

  float* data() const { return data_; }

  void open() {
    const std::lock_guard lock{mutex_};
    if (holders_++ == 0) protect(PROT_READ | PROT_WRITE);
  }
  void close() {
    const std::lock_guard lock{mutex_};
    if (--holders_ == 0) protect(PROT_NONE);
  }

 private:
  void protect(int access) {
    if (mprotect(data_, bytes_, access) != 0) throw DeviceError{"'far' cannot protect its memory"};
  }

  std::size_t bytes_;
  float* data_ = nullptr;
  std::mutex mutex_;
  std::size_t holders_ = 0;
};

FarStorage& storage_of(const Tensor& tensor) { return static_cast<FarStorage&>(*tensor.storage); }

View view_of(const Tensor& tensor) {
  if (!tensor) return {};
  return {storage_of(tensor).data() + tensor.offset, tensor.rows, tensor.columns, tensor.stride,
          tensor.segments.get()};
}

/// Holds a tensor's pages open.
class Opened {
 public:
  explicit Opened(const Tensor& tensor) : storage_{tensor ? &storage_of(tensor) : nullptr} {
    if (storage_) storage_->open();
  }
  ~Opened() {
    if (storage_) storage_->close();
  }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;

 private:
  FarStorage* storage_;
};

class FarRoom {
 public:
  explicit FarRoom(const Device&) {}
  ~FarRoom() {
    for (FarStorage* storage : mapped_) storage->close();
  }

  template <class Work, class... Tensors>
  void run(Work work, const Tensors&... tensors) {
    (refuse_mapped(tensors), ...);
    if (pending_.size() >= most_pending) run_pending();
    (aside_ ? ahead_ : pending_).push_back([work = std::move(work), kept = std::tuple{tensors...}] {
      std::apply(
          [&](const auto&... tensor) {
            const Opened opened[] = {Opened{tensor}...};
            work(view_of(tensor)...);
          },
          kept);
    });
  }

  template <class Value>
  std::vector<Value> keep(std::span<const Value> values) {
    return {values.begin(), values.end()};
  }

  void finish() {
    ++traffic_.waits;
    run_pending();
  }

  /// What is run goes beside what comes after it, and as late as that may be: to `join`.
  class Aside {
   public:
    explicit Aside(FarRoom& room) : room_{room} { room_.aside_ = true; }
    ~Aside() { room_.aside_ = false; }
    Aside(const Aside&) = delete;
    Aside& operator=(const Aside&) = delete;

   private:
    FarRoom& room_;
  };
  void join() { std::ranges::move(std::exchange(ahead_, {}), std::back_inserter(pending_)); }

  void sent(std::size_t bytes) { traffic_.up += bytes; }
  void received(std::size_t bytes) { traffic_.down += bytes; }
  Traffic traffic() const { return traffic_; }

  /// A mapped storage comes to the host as a whole, and goes back as a whole.
  View map(const Tensor& tensor) {
    if (!is_mapped(tensor)) received(storage_of(tensor).floats() * sizeof(float));
    storage_of(tensor).open();
    mapped_.push_back(&storage_of(tensor));
    return view_of(tensor);
  }

  void unmap(const Tensor& tensor) {
    const auto found = std::ranges::find(mapped_, &storage_of(tensor));
    if (found == mapped_.end()) throw DeviceError{"'unmap' of a tensor that is not mapped"};
    mapped_.erase(found);
    storage_of(tensor).close();
    if (!is_mapped(tensor)) sent(storage_of(tensor).floats() * sizeof(float));
  }

 private:
  /// More than are ever submitted before it is waited for, but by the trainings of whole studies.
  static constexpr std::size_t most_pending = 1U << 16U;

  bool is_mapped(const Tensor& tensor) const {
    return std::ranges::find(mapped_, &storage_of(tensor)) != mapped_.end();
  }
  void refuse_mapped(const Tensor& tensor) const {
    if (tensor) require_unmapped(is_mapped(tensor));
  }

  void run_pending() {
    prepare_thread();
    // What is left of a queue after a failure has lost its meaning: it goes with the exception.
    const auto submitted = std::exchange(pending_, {});
    for (const auto& operation : submitted) operation();
  }

  std::vector<std::function<void()>> pending_, ahead_;
  bool aside_ = false;
  Traffic traffic_;
  std::vector<FarStorage*> mapped_;  // one entry a `map`
};

class Far final : public Device {
 public:
  std::string_view name() const override { return "far"; }
  std::string description() const override { return "far, " + matmul_description(); }
  bool is_far() const override { return true; }

  std::shared_ptr<Storage> allocate(std::size_t floats) override {
    return std::make_shared<FarStorage>(shared_from_this(), floats);
  }

  std::unique_ptr<Queue> queue() override {
    return std::make_unique<HostQueue<FarRoom>>(shared_from_this(), products_);
  }

 private:
  std::size_t lead() const override { return 3 * alignment; }

  std::shared_ptr<Matmul> products_ = std::make_shared<Matmul>();
};

}  // namespace

std::shared_ptr<Device> open_far() { return std::make_shared<Far>(); }

}  // namespace steppe::compute
