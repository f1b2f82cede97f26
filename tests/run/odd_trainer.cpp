// A trainer that leaves a step half done at the ends of some epochs, or begins one without a batch.
#include <steppe/trainer.hpp>

namespace {

struct Odd {
  struct Parameters {
    bool hasty = false;
    static auto schema() {
      return steppe::schema(steppe::field<&Parameters::hasty>("take a gradient before a batch"));
    }
  } parameters;

  void begin(steppe::Session& session) { session.plan(64, 4); }

  bool epoch(steppe::Session& session, std::uint64_t epoch) {
    if (epoch % 2 == 1) {
      if (parameters.hasty) session.gradient();
      session.step();  // along the gradient of the epoch before
    }
    while (session.next_batch() > 0) {
      session.gradient();
      session.step();
    }
    if (epoch % 2 == 0) session.gradient();
    return epoch + 1 == 4;
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::trainer<Odd>({.name = "odd", .summary = "leaves steps half done"}))
