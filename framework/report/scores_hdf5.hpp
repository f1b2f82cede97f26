// Scores as an HDF5 file; only in programs built with HDF5.
#pragma once

#include "framework/report/scores_file.hpp"

#include <string>

namespace steppe::report {

/// Data sets `event_id` (unsigned 64 bit), `label`, `weight` (float32, one an event), `logit` and
/// `score` (float32, events x outputs), the attribute `network`. @throws DataError.
std::string hdf5_bytes(const EventScores& scores);

}  // namespace steppe::report
