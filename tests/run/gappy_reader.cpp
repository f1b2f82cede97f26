// A reader of 100 events from three files: every tenth event has a gap, the second file has nothing
// that it takes.
#include <steppe/reader.hpp>

#include <cmath>
#include <vector>

namespace {

struct Gappy {
  steppe::Columns columns(const steppe::Host&) const {
    return {{{"x"}, {"label", "", steppe::Role::target}}, "nowhere"};
  }

  void read(const steppe::Host&, const steppe::RowSink& sink) const {
    events(0, 60, sink);
    sink.file("some/a.dat", 60, 60);
    sink.file("some/b.dat", 5, 5);
    events(60, 100, sink);
    sink.file("some/c.dat", 40);
  }

 private:
  static void events(std::uint64_t first, std::uint64_t last, const steppe::RowSink& sink) {
    std::vector<float> values;
    std::vector<std::uint64_t> ids;
    for (auto n = first; n < last; ++n) {
      const float x = n % 10 == 0 ? std::nanf("") : static_cast<float>(n);
      values.insert(values.end(), {x, static_cast<float>(n % 2)});
      ids.push_back(n);
    }
    sink.append(values, ids);
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::reader<Gappy>({.name = "gappy", .summary = "events with gaps"}))
