// steppe devices: what there is to compute on, and whether it computes.
#include "framework/cli/devices.hpp"

#include "framework/cli/commands.hpp"
#include "framework/cli/say.hpp"
#include "framework/compute/device.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace steppe::cli {

namespace {

constexpr std::size_t rows = 5, inner = 3, columns = 4;

/// Small integers: their products and sums are exact in every precision there is.
float first(std::size_t r, std::size_t k) { return static_cast<float>(r + 2 * k) - 3.0F; }
float second(std::size_t k, std::size_t c) {
  return static_cast<float>(3 * k) - static_cast<float>(c);
}

template <class Value>
void fill(compute::Queue& queue, const compute::Tensor& to, Value value) {
  const compute::Mapped mapped{queue, to};
  for (std::size_t r = 0; r < to.rows; ++r)
    for (std::size_t c = 0; c < to.columns; ++c) mapped->row(r)[c] = value(r, c);
}

/// Entries of the product that are not what they must be.
std::size_t wrong_products(compute::Device& device, compute::Precision precision) {
  const auto queue = device.queue();
  const auto a = device.matrix(rows, inner), b = device.matrix(inner, columns);
  const auto product = device.matrix(rows, columns);
  fill(*queue, a, first);
  fill(*queue, b, second);
  queue->matmul(a, b, product, compute::Transpose::none, {.precision = precision});
  const compute::Mapped mapped{*queue, product};
  std::size_t wrong = 0;
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) {
      float expected = 0;
      for (std::size_t k = 0; k < inner; ++k) expected += first(r, k) * second(k, c);
      wrong += mapped->row(r)[c] != expected ? 1U : 0U;
    }
  return wrong;
}

}  // namespace

DeviceCheck check_device(const std::string& name) {
  DeviceCheck out;
  out.name = name;
  try {
    const auto device = compute::open_device(name);
    out.description = device->description();
    for (const auto& wanted : compute::precision_names()) {
      const auto precision = *compute::precision_called(wanted);
      if (compute::precision_here(precision, name) != precision) {
        out.idle.push_back(wanted);
      } else if (const auto wrong = wrong_products(*device, precision); wrong > 0) {
        out.trouble = fmt::format("{} of {} entries of a product of matrices in {} are wrong",
                                  wrong, rows * columns, wanted);
      } else {
        out.precisions.push_back(wanted);
      }
    }
  } catch (const compute::DeviceError& error) {
    out.trouble = error.what();
  }
  return out;
}

std::vector<DeviceCheck> check_devices() {
  std::vector<DeviceCheck> out{check_device("cpu"), check_device("far")};
  out.back().for_tests = true;
  std::string gpu = "gpu";
  auto why = compute::device_trouble(gpu);
  if (!why.empty()) {
    DeviceCheck missing;
    missing.name = gpu;
    missing.there = false;
    missing.trouble = why;
    out.push_back(std::move(missing));
  }
  for (std::size_t next = 1; why.empty(); why = compute::device_trouble(gpu)) {
    out.push_back(check_device(gpu));
    gpu = fmt::format("gpu:{}", next++);
  }
  return out;
}

Json devices_json(const std::vector<DeviceCheck>& devices) {
  Json out = Json::array();
  for (const auto& device : devices)
    out.push_back({{"name", device.name},
                   {"there", device.there},
                   {"works", device.works()},
                   {"for_tests", device.for_tests},
                   {"precisions", device.precisions},
                   {"idle_precisions", device.idle},
                   {"description", device.description},
                   {"trouble", device.trouble}});
  return out;
}

std::string devices_text(const std::vector<DeviceCheck>& devices) {
  std::string out;
  for (const auto& device : devices) {
    if (device.works())
      out += fmt::format("  {:<14} works in {}; {}{}\n", device.name,
                         fmt::join(device.precisions, ", "), device.description,
                         device.for_tests ? "; for tests: slow memory that is far away" : "");
    else
      out += fmt::format("  {:<14} {}\n", device.name, device.trouble);
  }
  if (const auto idle =
          std::ranges::find_if(devices, [](const auto& d) { return !d.idle.empty(); });
      idle != devices.end())
    out += fmt::format("  precision {} {}\n", fmt::join(idle->idle, " or "),
                       compute::why_no_bf16(idle->name));
  return out;
}

int devices(const DevicesOptions& options) {
  const auto checked = check_devices();
  if (options.json)
    print(devices_json(checked));
  else
    show(stdout, devices_text(checked));
  for (const auto& device : checked)
    if (device.there && !device.works()) return run_failed;
  return success;
}

}  // namespace steppe::cli
