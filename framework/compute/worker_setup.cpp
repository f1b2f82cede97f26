#include "framework/compute/worker_setup.hpp"

#include <omp.h>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace steppe::compute {

void prepare_thread() {
#if defined(__x86_64__)
  constexpr unsigned flush_to_zero = 0x8000U, denormals_are_zero = 0x0040U;
  const unsigned wanted = _mm_getcsr() | flush_to_zero | denormals_are_zero;
  if (wanted != _mm_getcsr()) _mm_setcsr(wanted);
#endif
  thread_local bool alone = false;
  if (!alone) omp_set_num_threads(1);
  alone = true;
}

}  // namespace steppe::compute
