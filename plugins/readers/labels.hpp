// Target columns of readers whose files say a class by its number.
#pragma once

#include <steppe/columns.hpp>

#include <cmath>
#include <string>

namespace steppe {

/// `classes`: how many there are, 0: the target is a real value.
inline Column label_column(int classes) {
  const auto kind = classes == 0   ? ColumnKind::real
                    : classes == 2 ? ColumnKind::flag
                                   : ColumnKind::integer;
  return {"label", "", Role::target, "", -1, kind, classes};
}

/// Refuses what is no class. `where()`: "row 3 of 'y' of 'jets.npz'". @throws Error
template <class Where>
void require_label(float label, int classes, const Where& where) {
  const bool good = classes == 0 ? std::isfinite(label)
                                 : label >= 0 && label < static_cast<float>(classes) &&
                                       label == std::floor(label);
  if (good) return;
  throw Error{where() + " has the label " + std::to_string(label) +
              (classes == 0 ? ", which is no finite number"
                            : "; with " + std::to_string(classes) + " classes it is one of 0 to " +
                                  std::to_string(classes - 1))};
}

}  // namespace steppe
