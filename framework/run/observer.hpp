// Who watches a run. Calls come from any thread.
#pragma once

#include <cstdint>
#include <string>

namespace steppe::run {

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void started(const std::string& /*node*/) {}
  /// `done` of `total` (0: not known) in a unit such as "events".
  virtual void progress(const std::string& /*node*/, std::uint64_t /*done*/,
                        std::uint64_t /*total*/, const char* /*unit*/) {}
  /// It was made before and is taken from the store; told before it is finished.
  virtual void found(const std::string& /*node*/) {}
  virtual void finished(const std::string& /*node*/, double /*seconds*/,
                        const std::string& /*detail*/) {}
  virtual void failed(const std::string& /*node*/, const std::string& /*sentence*/) {}
  /// Something odd but legal, or worth keeping in the record.
  virtual void note(const std::string& /*sentence*/) {}
};

}  // namespace steppe::run
