#include "framework/cli/libraries.hpp"

#include "framework/cli/outside_program.hpp"
#include "framework/compute/matmul.hpp"

#include <steppe/abi.h>

#include <chrono>
#include <string_view>

#include <fmt/format.h>
#include <tbb/version.h>

namespace steppe::cli {

std::vector<Library> libraries() {
  return {
      {"oneDNN", compute::matmul_library().version, true, "libdnnl-dev", "matrix products"},
      {"oneTBB", TBB_runtime_version(), true, "libtbb-dev", "all parallelism"},
      {"Boost", STEPPE_BOOST_VERSION, true, "libboost-dev", "loading plugins, Student's t"},
      {"toml++", STEPPE_TOML_VERSION, true, "libtomlplusplus-dev", "reading pipeline files"},
      {"fmt", STEPPE_FMT_VERSION, true, "libfmt-dev", "messages and tables"},
      {"CLI11", STEPPE_CLI11_VERSION, true, "libcli11-dev", "the command line"},
      {"nlohmann-json", STEPPE_JSON_VERSION, true, "nlohmann-json3-dev", "results and records"},
      {"xxHash", STEPPE_XXHASH_VERSION, true, "libxxhash-dev", "keys and checksums of the store"},
      {"HDF5", STEPPE_HDF5_VERSION, false, "libhdf5-dev",
       "the readers 'rs3l' and 'hdf5_table', scores as .h5"},
      {"zlib", STEPPE_ZLIB_VERSION, false, "zlib1g-dev", "the readers 'csv', 'idx' and 'npz'"},
      {"libzip", STEPPE_LIBZIP_VERSION, false, "libzip-dev", "the reader 'npz'"},
      {"ONNX", STEPPE_ONNX_VERSION, false, "libonnx-dev libprotobuf-dev", "'steppe export'"},
  };
}

std::string version_text() {
  auto out = fmt::format("steppe {}\nplugin interface {}.{}\n", STEPPE_VERSION, STEPPE_ABI_MAJOR,
                         STEPPE_ABI_MINOR);
  for (const auto& library : libraries())
    out += fmt::format("{} {}\n", library.name,
                       library.version.empty() ? "not built in" : library.version);
  return out;
}

Json version_json() {
  Json out = {{"steppe", STEPPE_VERSION},
              {"abi", {{"major", STEPPE_ABI_MAJOR}, {"minor", STEPPE_ABI_MINOR}}},
              {"libraries", Json::object()}};
  for (const auto& library : libraries())
    out["libraries"][library.name] =
        library.version.empty() ? Json(nullptr) : Json(library.version);
  return out;
}

OutsideProgram gnuplot() {
  OutsideProgram out{"gnuplot", "gnuplot-nox", "drawing figures", false, ""};
  const auto said = output_of({"gnuplot", "--version"}, std::chrono::seconds{10});
  if (!said) return out;
  out.found = true;
  out.version = said->substr(0, said->find('\n'));
  constexpr std::string_view name = "gnuplot ";
  if (out.version.starts_with(name)) out.version.erase(0, name.size());
  return out;
}

}  // namespace steppe::cli
