// Failures on the plugin's side of the boundary: thrown in C++, turned into a status and a sentence
// before they reach it.
#pragma once

#include <steppe/abi.h>

#include <exception>
#include <new>
#include <stdexcept>
#include <string>

namespace steppe {

/// What a plugin throws when it cannot go on. The message is one finished sentence: lower case, no
/// full stop, names in '...'. The default status says that the user can mend it.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& sentence, steppe_status status = STEPPE_INVALID)
      : std::runtime_error{sentence}, status_{status} {}

  steppe_status status() const { return status_; }

 private:
  steppe_status status_;
};

namespace detail {

/// A call into the host failed; the host knows the sentence already.
struct HostFailure {
  steppe_status status;
};

inline void check(steppe_status status) {
  if (status != STEPPE_OK) throw HostFailure{status};
}

/// Runs `work` so that nothing escapes; every function a plugin hands to the host is wrapped in it.
template <class Work>
steppe_status guard(const steppe_host* host, Work&& work) noexcept {
  try {
    work();
    return STEPPE_OK;
  } catch (const HostFailure& failure) {
    return failure.status;
  } catch (const Error& error) {
    host->set_error(host, error.what());
    return error.status();
  } catch (const std::bad_alloc&) {
    host->set_error(host, "out of memory");
    return STEPPE_NO_MEMORY;
  } catch (const std::exception& error) {
    host->set_error(host, error.what());
  } catch (...) {
    host->set_error(host, "an exception of unknown type");
  }
  return STEPPE_INTERNAL;
}

}  // namespace detail
}  // namespace steppe
