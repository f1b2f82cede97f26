// Nodes of a study by name, or by a part of it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace steppe::cli {

/// Indices into `names`: of exactly this name, or else of those that have it in them.
std::vector<std::size_t> nodes_like(const std::vector<std::string>& names,
                                    const std::string& wanted);

/// A sentence for a name that no node has in its own, with the nearest name or word of a name.
std::string no_such_node(const std::vector<std::string>& names, const std::string& wanted);

}  // namespace steppe::cli
