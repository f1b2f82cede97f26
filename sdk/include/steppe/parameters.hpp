// Settings that describe themselves: a plain struct whose members are the settings, and a schema
// that names them. The host checks files and prints documentation from the schema alone.
//
//   struct Parameters {
//     double epsilon = 0.05;
//     static auto schema() {
//       return steppe::schema(steppe::field<&Parameters::epsilon>(
//           "radius of the max-norm ball", steppe::at_least(0.0), steppe::unit("of the columns")));
//     }
//   };
//
// Member types: double, float, any integer, bool, std::string, std::filesystem::path, an enum
// (with `choices`), `Reference`, and std::vector of these. Defaults are the members' own.
#pragma once

#include <steppe/abi.h>
#include <steppe/error.hpp>

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace steppe {

/// The name of another stage; its kind is given by `of_kind` in the schema.
struct Reference {
  std::string name;
};

/// What a field may say beside its text.
struct FieldOption {
  std::function<void(steppe_parameter&, std::vector<std::string>&)> apply;
};

inline FieldOption at_least(double minimum) {
  return {[=](steppe_parameter& p, auto&) { p.minimum = minimum; }};
}
inline FieldOption at_most(double maximum) {
  return {[=](steppe_parameter& p, auto&) { p.maximum = maximum; }};
}
inline FieldOption between(double minimum, double maximum) {
  return {[=](steppe_parameter& p, auto&) { p.minimum = minimum, p.maximum = maximum; }};
}
inline FieldOption above(double minimum) {
  return {[=](steppe_parameter& p, auto&) { p.minimum = minimum, p.above_minimum = 1; }};
}
inline FieldOption required() {
  return {[](steppe_parameter& p, auto&) { p.required = 1; }};
}
inline FieldOption unit(const char* name) {
  return {[=](steppe_parameter& p, auto&) { p.unit = name; }};
}
inline FieldOption of_kind(const char* kind) {
  return {[=](steppe_parameter& p, auto&) { p.reference_kind = kind; }};
}
/// Allowed texts. For an enum: the names of its values 0, 1, 2, ...
inline FieldOption choices(std::initializer_list<const char*> names) {
  return {[list = std::vector<std::string>(names.begin(), names.end())](
              steppe_parameter& p, std::vector<std::string>& out) {
    if (p.type == STEPPE_TEXT) p.type = STEPPE_CHOICE;
    out = list;
  }};
}

namespace detail {

template <class T>
struct ItemOf {
  using type = T;
  static constexpr bool is_array = false;
};
template <class T>
struct ItemOf<std::vector<T>> {
  using type = T;
  static constexpr bool is_array = true;
};

template <class T>
constexpr steppe_type type_of() {
  if constexpr (std::is_same_v<T, bool>)
    return STEPPE_BOOLEAN;
  else if constexpr (std::is_enum_v<T>)
    return STEPPE_CHOICE;
  else if constexpr (std::is_integral_v<T>)
    return STEPPE_INTEGER;
  else if constexpr (std::is_floating_point_v<T>)
    return STEPPE_REAL;
  else if constexpr (std::is_same_v<T, std::filesystem::path>)
    return STEPPE_PATH;
  else if constexpr (std::is_same_v<T, Reference>)
    return STEPPE_REFERENCE;
  else {
    static_assert(std::is_same_v<T, std::string>, "no setting can have this type");
    return STEPPE_TEXT;
  }
}

/// `epsilon` from the pointer &Parameters::epsilon, as the compiler spells it.
template <auto Member>
constexpr std::string_view member_name() {
  std::string_view text = __PRETTY_FUNCTION__;  // "... [with auto Member = &Struct::epsilon; ...]"
  text = text.substr(text.find("Member = "));
  text = text.substr(0, text.find_first_of(";]"));
  return text.substr(text.rfind("::") + 2);
}

struct NameProbe {
  int some_member;
};
static_assert(member_name<&NameProbe::some_member>() == "some_member",
              "this compiler spells member pointers in another way");

template <class Struct, class Member>
Struct struct_of(Member Struct::*);
template <class Struct, class Member>
Member member_of(Member Struct::*);

}  // namespace detail

/// One setting of `Struct`: what the host is told, and how a value gets into the member.
template <class Struct>
struct Field {
  steppe_parameter parameter{};
  std::string name;
  std::vector<std::string> choice_names;
  std::vector<std::string> texts;  ///< keeps default texts alive
  std::function<void(Struct&, const steppe_value&)> assign;
  std::function<std::vector<steppe_scalar>(const Struct&, Field&)> fallback;
};

namespace detail {

template <class T>
T from_scalar(const steppe_scalar& item, const std::vector<std::string>& names) {
  if constexpr (std::is_same_v<T, bool>)
    return item.boolean != 0;
  else if constexpr (std::is_enum_v<T>) {
    for (std::size_t i = 0; i < names.size(); ++i)
      if (names[i] == item.text) return static_cast<T>(i);
    throw Error{"'" + std::string{item.text} + "' is no choice"};
  } else if constexpr (std::is_integral_v<T>) {
    if (!std::in_range<T>(item.integer))
      throw Error{std::to_string(item.integer) + " does not fit"};
    return static_cast<T>(item.integer);
  } else if constexpr (std::is_floating_point_v<T>)
    return static_cast<T>(item.real);
  else
    return T{item.text};
}

template <class T, class Owner>
steppe_scalar to_scalar(const T& value, Owner& field) {
  steppe_scalar out{};
  const auto text = [&](std::string s) {
    field.texts.push_back(std::move(s));
    out.text = nullptr;  // pointed at the kept text once all are in place
  };
  if constexpr (std::is_same_v<T, bool>)
    out.boolean = value ? 1 : 0;
  else if constexpr (std::is_enum_v<T>)
    text(field.choice_names.at(static_cast<std::size_t>(value)));
  else if constexpr (std::is_integral_v<T>)
    out.integer = static_cast<std::int64_t>(value);
  else if constexpr (std::is_floating_point_v<T>)
    out.real = static_cast<double>(value);
  else if constexpr (std::is_same_v<T, Reference>)
    text(value.name);
  else if constexpr (std::is_same_v<T, std::filesystem::path>)
    text(value.string());
  else
    text(value);
  return out;
}

}  // namespace detail

/// Describes one member. `text`: what it does, one line.
template <auto Member, class... Options>
auto field(const char* text, Options... options) {
  using Struct = decltype(detail::struct_of(Member));
  using Value = decltype(detail::member_of(Member));
  using Item = typename detail::ItemOf<Value>::type;
  constexpr bool is_array = detail::ItemOf<Value>::is_array;

  Field<Struct> out;
  out.name = detail::member_name<Member>();
  auto& p = out.parameter;
  p.size = sizeof p;
  p.type = detail::type_of<Item>();
  p.is_array = is_array;
  p.minimum = -std::numeric_limits<double>::infinity();
  p.maximum = std::numeric_limits<double>::infinity();
  p.unit = "";
  p.text = text;
  p.reference_kind = "";
  (options.apply(p, out.choice_names), ...);

  out.assign = [names = out.choice_names](Struct& target, const steppe_value& value) {
    if constexpr (is_array) {
      (target.*Member).clear();
      for (std::size_t i = 0; i < value.count; ++i)
        (target.*Member).push_back(detail::from_scalar<Item>(value.items[i], names));
    } else {
      target.*Member = detail::from_scalar<Item>(value.items[0], names);
    }
  };
  out.fallback = [](const Struct& defaults, Field<Struct>& self) {
    std::vector<steppe_scalar> items;
    if constexpr (is_array) {
      for (const auto& item : defaults.*Member)
        items.push_back(detail::to_scalar(static_cast<const Item&>(item), self));
    } else {
      items.push_back(detail::to_scalar(defaults.*Member, self));
    }
    return items;
  };
  return out;
}

template <class Struct>
using Schema = std::vector<Field<Struct>>;

template <class Struct, class... More>
Schema<Struct> schema(Field<Struct> first, More... more) {
  Schema<Struct> out;
  out.reserve(1 + sizeof...(more));
  out.push_back(std::move(first));
  (out.push_back(std::move(more)), ...);
  return out;
}

namespace detail {

template <class Struct>
concept Described = requires {
  Struct::schema();
};

/// The schema of a parameter struct as the C tables the host reads. Lives as long as the library.
template <class Struct>
class ParameterTable {
 public:
  ParameterTable() {
    if constexpr (Described<Struct>) fields_ = Struct::schema();
    for (auto& field : fields_) add(field);
  }

  const std::vector<steppe_parameter>& parameters() const { return parameters_; }

  Struct read(const steppe_value* values, std::size_t count) const {
    Struct out{};
    for (std::size_t i = 0; i < count; ++i)
      for (const auto& field : fields_)
        if (field.name == values[i].name) assign(field, out, values[i]);
    return out;
  }

 private:
  static void assign(const Field<Struct>& field, Struct& out, const steppe_value& value) {
    try {
      field.assign(out, value);
    } catch (const Error& error) {
      throw Error{"'" + field.name + "': " + error.what()};
    }
  }

  void add(Field<Struct>& field) {
    auto& items = defaults_.emplace_back(field.fallback(Struct{}, field));
    const auto type = field.parameter.type;
    if (type == STEPPE_TEXT || type == STEPPE_CHOICE || type == STEPPE_PATH ||
        type == STEPPE_REFERENCE)
      for (std::size_t i = 0; i < items.size(); ++i) items[i].text = field.texts[i].c_str();
    auto& names = choices_.emplace_back();
    for (const auto& name : field.choice_names) names.push_back(name.c_str());
    names.push_back(nullptr);

    auto& p = parameters_.emplace_back(field.parameter);
    p.name = field.name.c_str();
    p.fallback = items.data();
    p.fallback_count = items.size();
    p.choices = names.data();
  }

  Schema<Struct> fields_;
  std::deque<std::vector<steppe_scalar>> defaults_;
  std::deque<std::vector<const char*>> choices_;
  std::vector<steppe_parameter> parameters_;
};

}  // namespace detail
}  // namespace steppe
