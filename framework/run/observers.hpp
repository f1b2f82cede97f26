// Several observers of one run, told one after the other.
#pragma once

#include "framework/run/observer.hpp"

#include <utility>
#include <vector>

namespace steppe::run {

class Observers final : public Observer {
 public:
  /// They outlive this object.
  explicit Observers(std::vector<Observer*> all) : all_{std::move(all)} {}

  void started(const std::string& node) override {
    for (auto* one : all_) one->started(node);
  }
  void progress(const std::string& node, std::uint64_t done, std::uint64_t total,
                const char* unit) override {
    for (auto* one : all_) one->progress(node, done, total, unit);
  }
  void found(const std::string& node) override {
    for (auto* one : all_) one->found(node);
  }
  void finished(const std::string& node, double seconds, const std::string& detail) override {
    for (auto* one : all_) one->finished(node, seconds, detail);
  }
  void failed(const std::string& node, const std::string& sentence) override {
    for (auto* one : all_) one->failed(node, sentence);
  }
  void note(const std::string& sentence) override {
    for (auto* one : all_) one->note(sentence);
  }

 private:
  std::vector<Observer*> all_;
};

}  // namespace steppe::run
