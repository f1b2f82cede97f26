// What a stage is held to: one check, one fact. The tests of this program hold its own plugins to
// the same facts; `steppe verify` holds anybody's.
#pragma once

#include "framework/plugin/catalogue.hpp"

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace steppe::verify {

struct Check {
  std::string subject;  ///< "attack 'tilt' on far"
  std::string fact;     ///< "stays inside its ball"
  /// What is wrong, a finished sentence; "" when nothing is. @throws LeftOut; whatever else it
  /// throws is wrong too.
  std::function<std::string()> fault;
};

/// A check that cannot be made of this stage; the message says why.
class LeftOut : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A stage under check, with settings that its author chose.
struct Subject {
  const plugin::Catalogue& catalogue;  ///< outlives the checks, as the stage does
  const plugin::StageInfo& stage;
  std::vector<std::string> settings;  ///< "epsilon=0.1": those the stage has
  /// Where its data may be. What threads could change is looked at on the first of them.
  std::vector<std::string> devices{"cpu", "far"};

  /// The stage's settings for a document: under the heading [<kind>.it], or another one.
  std::vector<std::string> sets(const std::string& heading, const std::string& without = "") const;
  std::string title(const std::string& device = "") const;
  /// @throws LeftOut where a setting is required and not given.
  void need_settings() const;
};

/// Of the library itself: what it exports.
std::vector<Check> library_checks(const std::filesystem::path& library);
/// All checks of one stage; those that every stage has come first.
std::vector<Check> checks_of(const Subject& subject);

// By kind.
std::vector<Check> stage_checks(const Subject& subject);
std::vector<Check> attack_checks(const Subject& subject);
std::vector<Check> projector_checks(const Subject& subject);
std::vector<Check> layer_checks(const Subject& subject);
std::vector<Check> metric_checks(const Subject& subject);
std::vector<Check> reader_checks(const Subject& subject);
std::vector<Check> transform_checks(const Subject& subject);
std::vector<Check> sharpness_checks(const Subject& subject);
/// Of models, optimizers and trainers.
std::vector<Check> training_checks(const Subject& subject);

}  // namespace steppe::verify
