// What a program says that a plugin crashes: the stage and the node that the thread was at, and
// what finds the fault. Then the signal takes its course.
#pragma once

#include "framework/pipeline/plan.hpp"
#include "framework/plugin/catalogue.hpp"

namespace steppe::cli {

/// For SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT, where nobody else handles them. The plan and
/// the catalogue tell which library a stage comes from; what is needed of them is copied.
void leave_last_words(const pipeline::Plan& plan, const plugin::Catalogue& catalogue);

}  // namespace steppe::cli
