// What is true of the library as a whole.
#include "framework/verify/checks.hpp"

#include <algorithm>
#include <utility>

#include <boost/dll/library_info.hpp>
#include <fmt/format.h>

namespace steppe::verify {

std::vector<Check> library_checks(const std::filesystem::path& library) {
  return {{"the library", "exports its entry point and nothing else", [library] {
             constexpr const char* entry = "steppe_plugin_entry";
             auto symbols = boost::dll::library_info{library}.symbols();
             std::erase(symbols, entry);
             if (symbols.empty()) return std::string{};
             // What the author wrote before what the compiler made of templates.
             std::ranges::sort(symbols, {}, [](const std::string& symbol) {
               return std::pair{symbol.starts_with("_Z"), symbol};
             });
             return fmt::format(
                 "it also exports '{}'{}; build it with steppe_add_plugin()", symbols.front(),
                 symbols.size() > 1 ? fmt::format(" and {} more", symbols.size() - 1) : "");
           }}};
}

}  // namespace steppe::verify
