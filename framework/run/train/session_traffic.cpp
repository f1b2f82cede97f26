// Which stages of a session its traffic is counted for.
#include "framework/network/operations.hpp"
#include "framework/run/train/session.hpp"

#include <fmt/format.h>

namespace steppe::run {

void Session::watch_traffic() {
  traffic_.watch_nothing();
  const auto watch = [&](const plugin::StageHost& host) {
    traffic_.watch(fmt::format("{} '{}'", host.kind(), host.name()),
                   [&host] { return host.traffic(); });
  };
  watch(trainer_host_);
  watch(optimizer_host_);
  for (const auto& attacker : attackers_)
    for (const auto* host : attacker.hosts()) watch(*host);
  // Layers of plugins compute on the host, and know no device.
  std::vector<std::string> layers;
  for (const auto& one : node_.graph.nodes())
    if (!one.inputs.empty() && !network::find_operation(one.op))
      layers.push_back(fmt::format("layer '{}'", one.op));
  if (!layers.empty()) traffic_.name_rest(fmt::format("{}", fmt::join(layers, ", ")));
}

}  // namespace steppe::run
