// The nodes of a study and a store: what of them was made before, by this or by another process,
// and what was made now and is kept. Without a store nothing is found and nothing kept.
#pragma once

#include "framework/pipeline/plan.hpp"
#include "framework/run/keep/keys.hpp"
#include "framework/run/keep/stored_checkpoint.hpp"
#include "framework/run/observer.hpp"
#include "framework/run/task_graph.hpp"
#include "framework/store/store.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace steppe::run {

/// Where a node has its place.
struct Place {
  std::string name;                     ///< of the node
  std::optional<store::KeyMaker> key;   ///< none: there is no store
  std::optional<store::Object> object;  ///< what was found; readable even when it is cleared away
  bool is_leased = false;               ///< by us: nobody else makes it now

  bool found() const { return object.has_value(); }
};

class Shelf {
 public:
  /// Looks for every node. `store` may be null. Both outlive this object.
  /// @throws StoreError when a key cannot be made.
  Shelf(const pipeline::Plan& plan, store::Store* store, const Computing& computing,
        Observer& observer);

  // In the order of the plan.
  std::vector<Place> data, trainings, scores, sharpness, distributions;

  /// What a node gives, found or made: `restore` takes an object in, `make` does the work and says
  /// a line about it, `artifact` is what to keep of it. @throws Later when another process makes it
  /// now; what `make` throws. [any thread]
  std::string find_or_make(Place& place, const std::function<void(const store::Object&)>& restore,
                           const std::function<std::string()>& make,
                           const std::function<store::Artifact()>& artifact);

  /// Of each data set whether something is to be made of it; asked before anything is restored.
  std::vector<bool> needed_data(const pipeline::Plan& plan) const;

  /// Takes in what was found. @returns false when there is nothing, or nothing that fits.
  bool restore(Place& place, const std::function<void(const store::Object&)>& take_in);
  /// Where a training leaves its state while it is made; null where nobody else would be kept from
  /// doing so too. `every`: seconds.
  std::unique_ptr<StoredCheckpoint> checkpoint(const Place& place, double every);
  /// Keeps what was made; its checkpoint goes. Where that fails, a note says so, once.
  void keep(const Place& place, store::Artifact artifact);

  /// How many nodes were found.
  std::size_t found() const { return found_; }
  /// Of each node by name its key, as 32 digits; none without a store.
  std::map<std::string, std::string> keys() const;

 private:
  void name_places(const pipeline::Plan& plan);
  void look(const pipeline::Plan& plan, const Computing& computing);
  std::optional<store::Lease> lease(const Place& place);
  void complain(const std::string& sentence);

  store::Store* store_;
  Observer& observer_;
  std::atomic<std::size_t> found_ = 0;
  std::once_flag complained_;
};

/// The fields of a key as an object has them among its texts, "made_of".
std::string fields_text(const store::KeyMaker& key);
std::vector<store::Field> fields_of(const std::string& text);

}  // namespace steppe::run
