// The C table behind a session: each verb guarded, so that no exception crosses the boundary.
#include "framework/run/train/session.hpp"

#include <exception>

namespace steppe::run {

namespace {

template <class Work>
steppe_status guarded(plugin::StageHost& host, Work&& work) noexcept {
  try {
    work();
    return STEPPE_OK;
  } catch (const plugin::Cancelled&) {
    return STEPPE_CANCELLED;
  } catch (const std::exception& error) {
    host.set_error(error.what());
    return STEPPE_INVALID;
  }
}

}  // namespace

// A table with a row for each verb. NOLINTNEXTLINE(readability-function-size)
steppe_session Session::make_table() {
  static constexpr auto verb = [](void* self, auto&& work) {
    auto& session = *static_cast<Session*>(self);
    return guarded(session.trainer_host_, [&] { work(session); });
  };

  steppe_session table{};
  table.size = sizeof table;
  table.self = this;
  table.train_rows = rows_.train.size();
  table.validation_rows = rows_.validation.size();
  table.attacks = static_cast<std::int32_t>(node_.attacks.size());
  table.plan = [](void* self, std::uint64_t batch, std::uint64_t epochs, std::int32_t drop_last) {
    return verb(self, [&](Session& s) { s.plan(batch, epochs, drop_last != 0); });
  };
  table.keep = [](void* self, const char* name, void* bytes, std::size_t count) {
    return verb(self, [&](Session& s) { s.keep(name, bytes, count); });
  };
  table.next_batch = [](void* self, std::uint64_t* rows) {
    return verb(self, [&](Session& s) { *rows = s.next_batch(); });
  };
  table.attack = [](void* self, std::int32_t index, double fraction) {
    return verb(self, [&](Session& s) { s.attack(index, fraction); });
  };
  table.gradient = [](void* self) { return verb(self, [](Session& s) { s.gradient(); }); };
  table.clip = [](void* self, double norm) {
    return verb(self, [&](Session& s) { s.clip(norm); });
  };
  table.step = [](void* self, double factor) {
    return verb(self, [&](Session& s) { s.step(factor); });
  };
  table.mean_loss = [](void* self, double* loss) {
    return verb(self, [&](Session& s) { *loss = s.mean_loss(); });
  };
  table.evaluate = [](void* self, steppe_split split, steppe_evaluation* out) {
    return verb(self, [&](Session& s) { out->loss = s.evaluate(split, out->rows); });
  };
  table.log = [](void* self, const char* name, double value) {
    return verb(self, [&](Session& s) { s.log(name, value); });
  };
  table.store = [](void* self, const char* name) {
    return verb(self, [&](Session& s) { s.store(name); });
  };
  table.load = [](void* self, const char* name) {
    return verb(self, [&](Session& s) { s.load(name); });
  };
  table.average = [](void* self, const char* name, double keep) {
    return verb(self, [&](Session& s) { s.average(name, keep); });
  };
  table.renew_statistics = [](void* self) {
    return verb(self, [](Session& s) { s.renew_statistics(); });
  };
  table.batches = [](void* self, std::uint64_t* count) {
    return verb(self, [&](Session& s) {
      s.require_plan();
      *count = s.batches_per_epoch();
    });
  };
  table.attacked_space = [](void* self, std::int32_t index, steppe_space* space) {
    return verb(self, [&](Session& s) {
      *space = s.attacker(index).moves_weights() ? STEPPE_WEIGHTS : STEPPE_INPUTS;
    });
  };
  return table;
}

}  // namespace steppe::run
