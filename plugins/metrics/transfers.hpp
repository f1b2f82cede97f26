// The points of a study as transfers: an attack in training on one domain, tested on another, with
// the reference that has no attack and the one that was trained where it is tested.
#pragma once

#include <steppe/study.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace steppe::metrics {

/// Why there is no number.
struct Undefined {
  std::string reason;
};

/// The three scores of one trial: with the attack, without, and without but trained on the other
/// domain.
struct Trial {
  Number method, reference, optimum;
};

/// One attack, trained on one domain and tested on another.
struct Transfer {
  std::size_t point;  ///< of its first trial
  std::string from, to;
  std::vector<Trial> trials;
  std::string missing;  ///< what the first trial lacks that lacks something
};

/// How a study spells all this.
struct TransferAxes {
  std::string score;      ///< the value that is compared
  std::string attack;     ///< axis of the attacks
  std::string reference;  ///< its value for none
  std::string train;      ///< axis of what was trained on; empty: the one that decides the domain
  std::string test;  ///< axis whose values are compared with those of `train`; empty: domains are
};

/// The points of a study by their coordinates. The study outlives it.
class TransferTable {
 public:
  /// @throws Undefined when the study has no two domains, or not the axes.
  TransferTable(const Study& study, TransferAxes axes) : study_{study}, axes_{std::move(axes)} {
    for (std::size_t p = 0; p < study.points(); ++p) index_[study.coordinates(p)] = p;
    attack_ = axis(axes_.attack, "attack");
    train_ = axes_.train.empty() ? train_axis() : axis(axes_.train, "train");
    if (!axes_.test.empty()) test_ = axis(axes_.test, "test");
    for (std::size_t p = 0; p < study.points(); ++p) {
      auto& values = trained_on_[from(p)];
      const auto value = study.coordinates(p)[train_];
      if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
    }
  }

  /// In the order of the study. @throws Undefined when there is none.
  std::vector<Transfer> transfers() const {
    std::vector<Transfer> out;
    std::map<std::vector<std::string>, std::size_t> known;
    for (std::size_t p = 0; p < study_.points(); ++p) {
      auto place = study_.coordinates(p);
      if (place[attack_] == axes_.reference || from(p) == to(p)) continue;
      if (const auto trial = study_.axis("trial")) place[*trial].clear();
      const auto [found, is_new] = known.emplace(std::move(place), out.size());
      if (is_new) out.push_back({p, from(p), to(p), {}, {}});
      add_trial(p, out[found->second]);
    }
    if (out.empty())
      throw Undefined{"no network was trained with an attack on one domain and tested on another"};
    return out;
  }

 private:
  std::size_t axis(const std::string& name, const char* setting) const {
    if (const auto found = study_.axis(name)) return *found;
    throw Undefined{"the study has no axis '" + name + "'; '" + setting + "' names it"};
  }

  /// The axis that decides on what domain a network was trained.
  std::size_t train_axis() const {
    for (std::size_t a = 0; a < study_.axes().size(); ++a) {
      if (a == attack_ || study_.axes()[a] == "trial" || study_.axes()[a] == "test") continue;
      std::map<std::string, std::string> domains;
      bool decides = true;
      bool several = false;
      for (std::size_t p = 0; p < study_.points(); ++p) {
        const auto domain = study_.trained_on(p);
        decides =
            decides && domains.emplace(study_.coordinates(p)[a], domain).first->second == domain;
        several = several || domain != study_.trained_on(0);
      }
      if (decides && several) return a;
    }
    throw Undefined{
        "no axis decides on which of several domains a network was trained; name the "
        "axes in 'train' and 'test'"};
  }

  std::string from(std::size_t point) const {
    return test_ ? study_.coordinates(point)[train_] : study_.trained_on(point);
  }
  std::string to(std::size_t point) const {
    return test_ ? study_.coordinates(point)[*test_] : study_.tested_on(point);
  }

  void add_trial(std::size_t point, Transfer& transfer) const {
    try {
      auto place = study_.coordinates(point);
      const auto method = score(place);
      place[attack_] = axes_.reference;
      const auto reference = score(place);
      const auto optimum = trained_on_.find(transfer.to);
      if (optimum == trained_on_.end())
        throw Undefined{"no network was trained on '" + transfer.to + "'"};
      if (optimum->second.size() > 1)
        throw Undefined{"several values of the axis '" + study_.axes()[train_] + "' train on '" +
                        transfer.to + "'; name the axes in 'train' and 'test'"};
      place[train_] = optimum->second.front();
      transfer.trials.push_back({method, reference, score(place)});
    } catch (const Undefined& lack) {
      if (transfer.missing.empty()) transfer.missing = lack.reason;
    }
  }

  Number score(const std::vector<std::string>& place) const {
    const auto point = index_.find(place);
    if (point != index_.end())
      if (const auto number = study_.value(point->second, axes_.score)) return *number;
    std::string where;
    for (const auto& coordinate : place) where += (where.empty() ? "" : ", ") + coordinate;
    throw Undefined{"there is no '" + axes_.score + "' at (" + where + ")"};
  }

  const Study& study_;
  TransferAxes axes_;
  std::size_t attack_ = 0, train_ = 0;
  std::optional<std::size_t> test_;
  std::map<std::vector<std::string>, std::size_t> index_;
  std::map<std::string, std::vector<std::string>> trained_on_;  ///< domain -> values of the axis
};

}  // namespace steppe::metrics
