// Where a setting of a pipeline was written.
#pragma once

#include "framework/pipeline/document.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace steppe::pipeline {

struct SettingPlace {
  std::vector<Position> values;  ///< of the names in it: `epochs` of [values] for "{epochs}"
  Position setting;
  bool is_default = false;  ///< nobody wrote it: `setting` is its heading
};

/// `path`: "attack.fgsm.epsilon", or a heading; `item` of a list. Nothing where there is not even
/// the heading.
std::optional<SettingPlace> place_of_setting(const Document& document, std::string_view path,
                                             std::optional<std::size_t> item = {});

/// "study.toml:5:9, used at study.toml:31:11"; "default of study.toml:12:2".
std::string to_text(const SettingPlace& place);

/// A setting as it was written, with everything merged in.
struct WrittenSetting {
  std::string path;   ///< "attack.fgsm.epsilon"
  std::string value;  ///< as TOML
};

/// All of them, in the order of the document. Blocks such as [[require]] are there once each,
/// under one path.
std::vector<WrittenSetting> written_settings(const Document& document);

}  // namespace steppe::pipeline
