// Small data sets whose answers are known in closed form, for studies of several classes and of
// real targets.
#include <steppe/random.hpp>
#include <steppe/reader.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace {

steppe::Column feature(int index) {
  steppe::Column out;
  out.name = "x" + std::to_string(index);
  return out;
}

steppe::Column target(const char* name, int classes) {
  steppe::Column out;
  out.name = name;
  out.role = steppe::Role::target;
  out.classes = classes;
  return out;
}

/// Hands over rows of `columns` values that `fill(stream, row)` appends.
template <class Fill>
void send(const steppe::RowSink& sink, std::int64_t events, const Fill& fill) {
  std::vector<float> values;
  std::vector<std::uint64_t> ids;
  for (std::uint64_t row = 0; row < static_cast<std::uint64_t>(events); ++row) {
    steppe::Stream stream{77, 0, row};
    fill(stream, row, values);
    ids.push_back(row);
  }
  sink.append(values, ids);
}

/// One Gaussian blob a class, around `distance` along an axis of its own.
struct Blobs {
  struct Parameters {
    std::int64_t events = 300;
    int classes = 3;
    double distance = 3.0;

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::events>("events of all classes", steppe::at_least(1)),
          steppe::field<&Parameters::classes>("classes, and features", steppe::between(2, 100)),
          steppe::field<&Parameters::distance>("of a blob from the origin"));
    }
  } parameters;

  steppe::Columns columns(const steppe::Host&) const {
    steppe::Columns out;
    for (int f = 0; f < parameters.classes; ++f) out.items.push_back(feature(f));
    out.items.push_back(target("class", parameters.classes));
    return out;
  }
  void read(const steppe::Host&, const steppe::RowSink& sink) const {
    const auto distance = static_cast<float>(parameters.distance);
    send(sink, parameters.events, [&](auto& stream, std::uint64_t row, auto& values) {
      const auto own = static_cast<int>(row) % parameters.classes;
      for (int f = 0; f < parameters.classes; ++f)
        values.push_back(stream.normal() + (f == own ? distance : 0.0F));
      values.push_back(static_cast<float>(own));
    });
  }
};

/// y = 2 x0 - x1 + 1/2 and some noise, with event weights of 1, 2 and 3.
struct Plane {
  struct Parameters {
    std::int64_t events = 300;
    double noise = 0.25;

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::events>("events", steppe::at_least(1)),
          steppe::field<&Parameters::noise>("standard deviation of the target around the plane"));
    }
  } parameters;

  steppe::Columns columns(const steppe::Host&) const {
    steppe::Column weight;
    weight.name = "weight";
    weight.role = steppe::Role::weight;
    return {{feature(0), feature(1), target("y", 0), weight}, ""};
  }
  void read(const steppe::Host&, const steppe::RowSink& sink) const {
    const auto noise = static_cast<float>(parameters.noise);
    send(sink, parameters.events, [&](auto& stream, std::uint64_t row, auto& values) {
      const float x0 = stream.normal(), x1 = stream.normal();
      const float y = 2 * x0 - x1 + 0.5F + noise * stream.normal();
      values.insert(values.end(), {x0, x1, y, static_cast<float>(1 + row % 3)});
    });
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::reader<Blobs>({.name = "test_blobs", .summary = "one Gaussian blob a class"}),
              steppe::reader<Plane>({.name = "test_plane",
                                     .summary = "a linear target with noise and event weights"}))
