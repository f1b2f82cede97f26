// Attacks with a state that they cannot save.
#include <steppe/attack.hpp>

#include <span>

namespace {

struct Forgetful {
  static constexpr steppe::AttackTraits traits{.uses = 0};

  struct Count {
    std::uint64_t calls = 0;
    std::span<std::byte> bytes() { return std::as_writable_bytes(std::span{&calls, 1}); }
  };
  Count state(const steppe::Host&, const steppe::Point&) const { return {}; }

  void perturb(steppe::Point& point, const steppe::Objective&, const steppe::Moment&,
               Count& count) const {
    point.values().scale(1.0F + 0.01F * static_cast<float>(++count.calls % 3));
  }
};

class WithoutSave final : public steppe::Stage {
 public:
  WithoutSave(std::unique_ptr<steppe::Stage> whole, decltype(steppe_attack::save) instead)
      : whole_{std::move(whole)},
        attack_{*static_cast<const steppe_attack*>(whole_->table()->table)},
        stage_{*whole_->table()} {
    attack_.save = instead;
    stage_.table = &attack_;
  }
  const steppe_stage* table() const override { return &stage_; }

 private:
  std::unique_ptr<steppe::Stage> whole_;
  steppe_attack attack_;
  steppe_stage stage_;
};

}  // namespace

STEPPE_PLUGIN(
    std::make_unique<WithoutSave>(steppe::attack<Forgetful>({.name = "forgetful",
                                                             .summary = "cannot save its state"}),
                                  nullptr),
    std::make_unique<WithoutSave>(
        steppe::attack<Forgetful>({.name = "reluctant", .summary = "fails to save its state"}),
        [](const void*, void*, std::size_t*) -> steppe_status { return STEPPE_INTERNAL; }))
