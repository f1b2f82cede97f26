// How much arithmetic a pass cannot do without: the products of the dense layers.
#include "framework/network/plan.hpp"

namespace steppe::network {

namespace {

constexpr std::uint64_t flops_of_product = 2;  // a multiplication and an addition

}  // namespace

std::uint64_t Network::forward_flops() const {
  std::uint64_t products = 0;
  for (std::size_t i = 1; i <= graph_.output(); ++i)
    if (layers_->alive[i]) products += layers_->made[i]->products();
  return flops_of_product * products;
}

// As `Passes::State::walk_back` walks: a gradient is handed down where somebody below wants it.
std::uint64_t Network::backward_flops(Need need) const {
  std::uint64_t products = 0;
  for (std::size_t i = 1; i <= graph_.output(); ++i) {
    if (!layers_->alive[i]) continue;
    const auto own = layers_->made[i]->products();
    const bool hands_down =
        need.inputs || (need.weights && layers_->trainable[graph_.nodes()[i].inputs[0]]);
    products += (need.weights ? own : 0) + (hands_down ? own : 0);
  }
  return flops_of_product * products;
}

}  // namespace steppe::network
