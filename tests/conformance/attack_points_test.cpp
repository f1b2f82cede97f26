// Every attack in the catalogue on the smallest points there are, called through its C table: none
// and one event, one column; one weight. The objective is a bowl, |x - t|^2 / 2 in each row.
#include <array>
#include <cmath>

#include "any_attack.hpp"

namespace steppe {
namespace {

using testing::values_of;

class AttackPoint : public AnyAttack {
 protected:
  AttackPoint()
      : device_{compute::open_device(GetParam().device)},
        queue_{device_->queue()},
        host_{"attack", "it", on(*queue_)} {
    prepare(0.125, "", 1);
  }
  static plugin::Surroundings on(compute::Queue& queue) {
    plugin::Surroundings out;
    out.queue = &queue;
    return out;
  }

  static steppe_status bowl(void* self, const steppe_tensor* point, steppe_quantity,
                            steppe_tensor* values, steppe_tensor* gradient) {
    auto& queue = *static_cast<AttackPoint*>(self)->queue_;
    const auto& x = point->tensor;
    auto& device = queue.device();
    const auto slope = x.segments ? device.flat(x.segments) : device.matrix(x.rows, x.columns);
    const auto target = x.segments ? device.flat(x.segments) : device.matrix(x.rows, x.columns);
    queue.fill(target, -3.0F);
    queue.copy(x, slope);
    queue.axpy(-1.0F, target, slope);
    if (values) queue.row_norms(slope, values->tensor);
    if (gradient) queue.copy(slope, gradient->tensor);
    return STEPPE_OK;
  }

  /// @returns where the attack moves `x`, which is filled with 1.
  std::vector<float> moved(const compute::Tensor& x) {
    queue_->fill(x, 1.0F);
    const auto labels = device_->matrix(x.rows, 1);
    const std::array<std::uint64_t, 2> ids{41, 42};
    steppe_tensor point_handle, labels_handle;
    point_handle.point_at(x);
    labels_handle.point_at(labels);
    steppe_point point{};
    point.size = sizeof point;
    point.values = &point_handle;
    point.row_ids = ids.data();
    steppe_objective objective{};
    objective.size = sizeof objective;
    objective.self = this;
    objective.evaluate = bowl;
    objective.labels = x.segments ? nullptr : &labels_handle;
    const steppe_moment moment{sizeof(steppe_moment), 0, 1, 0, 0};
    const plugin::Instance instance{*stage().info, stage().settings, stage().name};
    const auto functions = instance.functions<steppe_attack>();
    void* state = nullptr;
    if (functions.new_state)
      host_.finish(functions.new_state(instance.get(), host_.get(), &point, &state));
    host_.finish(
        functions.perturb(instance.get(), state, host_.get(), &point, &objective, &moment));
    if (state) functions.free_state(state);
    return values_of(*queue_, x);
  }

  std::shared_ptr<compute::Device> device_;
  std::unique_ptr<compute::Queue> queue_;
  plugin::StageHost host_;
};

class EventAttackPoint : public AttackPoint {};
class WeightAttackPoint : public AttackPoint {};

TEST_P(EventAttackPoint, MayHaveNoRows) {
  EXPECT_TRUE(moved(device_->matrix(2, 3).head(0)).empty());
}

TEST_P(EventAttackPoint, MayBeASingleValue) {
  const float x = moved(device_->matrix(1, 1)).at(0);
  EXPECT_NE(x, 1.0F);
  EXPECT_LE(std::abs(x - 1.0F), 0.125F);
}

TEST_P(EventAttackPoint, HasABallAroundEachEvent) {
  for (const float x : moved(device_->matrix(2, 5))) {
    ASSERT_NE(x, 1.0F);
    ASSERT_LE(std::abs(x - 1.0F), 0.125F);
  }
}

TEST_P(WeightAttackPoint, MayBeASingleValue) {
  const auto layout = std::make_shared<compute::SegmentTable>();
  layout->add("only", 1, 1);
  const auto after = moved(device_->flat(layout));
  EXPECT_GE(after.at(0), 1.0F);
  EXPECT_LE(after.at(0), 1.125F);
  for (std::size_t i = 1; i < after.size(); ++i) ASSERT_EQ(after[i], 0.0F) << "padding " << i;
}

INSTANTIATE_TEST_SUITE_P(Catalogue, EventAttackPoint,
                         ::testing::ValuesIn(attack_cases_if(is_for_events)), name_of_attack);
INSTANTIATE_TEST_SUITE_P(Catalogue, WeightAttackPoint,
                         ::testing::ValuesIn(attack_cases_if(is_for_weights)), name_of_attack);

}  // namespace
}  // namespace steppe
