// The commands about what was made before.
#include "framework/cli/arguments.hpp"

namespace steppe::cli {

void add_why(CLI::App& program, Action& action) {
  const auto options = std::make_shared<WhyOptions>();
  auto& command =
      add(program, action, "why",
          "say whether a node is in the store, and if not, what is not as it was", why, options);
  add_pipeline(command, options->pipeline);
  command
      .add_option("node", options->node,
                  "its name or a part of it; without one all that are to be done")
      ->type_name("NODE");
  add_store_folder(command, options->store);
  add_json(command, options->json);
  example(command, "steppe why study.toml 'fit (attack=fgsm, trial=0)'");
}

}  // namespace steppe::cli
