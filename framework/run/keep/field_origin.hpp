// Where in a pipeline file a field of a key comes from.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace steppe::run {

struct FieldOrigin {
  std::string setting;              ///< "attack.fgsm.epsilon" or "attack.fgsm"; empty: none
  std::optional<std::size_t> item;  ///< of a list
  std::string words;                ///< what it is, where the name does not say it
};

/// `field`: of a node, such as "training.data.reader.jets.path.0.events.csv". `owner`: the heading
/// that asks for the node, for what has no heading in its name: "trainer.fit", "distribution.mass".
FieldOrigin origin_of(std::string field, const std::string& owner);

/// The field without the node that it came in by: a training and its scores differ in the same.
/// "training.attack.fgsm.epsilon" -> "attack.fgsm.epsilon".
std::string own_name(std::string field);

}  // namespace steppe::run
