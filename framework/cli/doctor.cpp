// steppe doctor: whether everything is there and works, and what to do where it does not. What may
// be left out (optional libraries, gnuplot) is named and is no illness.
#include "framework/cli/checked.hpp"
#include "framework/cli/devices.hpp"
#include "framework/cli/libraries.hpp"
#include "framework/cli/say.hpp"
#include "framework/compute/matmul.hpp"

#include <thread>

#include <fmt/format.h>
#include <unistd.h>

namespace steppe::cli {

namespace {

struct Findings {
  std::vector<Library> libraries;
  OutsideProgram plotter;
  compute::MatmulLibrary cpu;
  std::vector<DeviceCheck> devices;
  plugin::Catalogue catalogue;
  std::string folder;             ///< the working folder
  bool writable = false;          ///< a file can be made in it
  std::vector<std::string> ills;  ///< what is not right, and what to do
};

/// Asked by making a file: permissions alone do not know of full disks and read-only mounts.
bool can_write(const std::string& folder) {
  auto name = folder + "/steppe-doctor-XXXXXX";
  const int file = ::mkstemp(name.data());
  if (file < 0) return false;
  ::close(file);
  ::unlink(name.c_str());
  return true;
}

Findings examine(const DoctorOptions& options) {
  Findings out;
  out.libraries = libraries();
  out.plotter = gnuplot();
  out.cpu = compute::matmul_library();
  out.devices = check_devices();
  out.catalogue = plugin::Catalogue::load(plugin::search_path(options.plugin_folders, {}));
  out.folder = std::filesystem::current_path().string();
  out.writable = can_write(out.folder);
  for (const auto& device : out.devices)
    if (device.there && !device.works())
      out.ills.push_back(fmt::format("device '{}': {}", device.name, device.trouble));
  if (out.catalogue.stages().empty())
    out.ills.emplace_back(
        "no plugins were found; give their folder with --plugin-path or STEPPE_PLUGIN_PATH");
  for (const auto& aside : out.catalogue.set_aside())
    out.ills.push_back(
        fmt::format("plugin {} was set aside: {}", aside.library.string(), aside.reason));
  if (!out.writable)
    out.ills.push_back(fmt::format(
        "nothing can be written in '{}'; go elsewhere or give 'steppe run' an --out", out.folder));
  return out;
}

Json findings_json(const Findings& found) {
  Json out = version_json();
  out["missing"] = Json::array();
  for (const auto& library : found.libraries)
    if (library.version.empty())
      out["missing"].push_back(
          {{"name", library.name}, {"package", library.package}, {"use", library.use}});
  out["gnuplot"] = found.plotter.found ? Json(found.plotter.version) : Json(nullptr);
  out["cpu"] = {{"instruction_set", found.cpu.instruction_set},
                {"threads", std::thread::hardware_concurrency()}};
  out["devices"] = devices_json(found.devices);
  out["plugins"] = {{"stages", found.catalogue.stages().size()},
                    {"set_aside", Json::array()},
                    {"path", Json::array()}};
  for (const auto& aside : found.catalogue.set_aside())
    out["plugins"]["set_aside"].push_back(
        {{"library", aside.library.string()}, {"reason", aside.reason}});
  for (const auto& folder : found.catalogue.path())
    out["plugins"]["path"].push_back(
        {{"folder", folder.folder.string()}, {"origin", folder.origin}, {"exists", folder.exists}});
  out["folder"] = {{"path", found.folder}, {"writable", found.writable}};
  out["ills"] = found.ills;
  out["healthy"] = found.ills.empty();
  return out;
}

void print_text(const Findings& found) {
  show(stdout, "steppe {}\n\nlibraries\n", STEPPE_VERSION);
  for (const auto& library : found.libraries)
    if (library.version.empty())
      show(stdout, "  {:<14} missing: {} left out; install {} and build again\n", library.name,
           library.use, library.package);
    else
      show(stdout, "  {:<14} {}\n", library.name, library.version);
  show(stdout, "\nprograms\n");
  if (found.plotter.found)
    show(stdout, "  {:<14} {}\n", found.plotter.name, found.plotter.version);
  else
    show(stdout, "  {:<14} not found: for {}; install {}\n", found.plotter.name, found.plotter.use,
         found.plotter.package);
  show(stdout, "\ndevices (instruction set {}, {} threads)\n{}", found.cpu.instruction_set,
       std::thread::hardware_concurrency(), devices_text(found.devices));
  show(stdout, "\nplugins: {} stages, {} libraries set aside\n", found.catalogue.stages().size(),
       found.catalogue.set_aside().size());
  print_search_path(stdout, found.catalogue);
  show(stdout, "\nworking folder: {}{}\n", found.folder, found.writable ? "" : " (not writable)");
  show(stdout, "\n");
  if (found.ills.empty()) show(stdout, "everything that is needed is there and works\n");
  for (const auto& ill : found.ills) show(stdout, "not right: {}\n", ill);
}

}  // namespace

int doctor(const DoctorOptions& options) {
  const auto found = examine(options);
  if (options.json)
    print(findings_json(found));
  else
    print_text(found);
  return found.ills.empty() ? success : run_failed;
}

}  // namespace steppe::cli
