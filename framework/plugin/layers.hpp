// Layers that plugins bring, as operations of models.
#pragma once

#include "framework/network/graph.hpp"
#include "framework/plugin/catalogue.hpp"

namespace steppe::plugin {

/// Every layer of a catalogue, for `network::Graph`. A layer's settings are the operation's
/// attributes. Making and running one throws PluginError with the plugin's sentence.
network::OperationList layer_operations(const Catalogue& catalogue);

}  // namespace steppe::plugin
