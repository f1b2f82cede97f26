// Matrix products in shards.
#pragma once

#include "framework/compute/host_operations.hpp"
#include "framework/compute/matmul.hpp"

namespace steppe::compute::host {

/// `Queue::matmul` on memory the host can reach.
void matmul(Matmul& engine, Scratch& scratch, const View& a, const View& b, const View& c,
            Transpose transpose, MatmulOptions how);

}  // namespace steppe::compute::host
