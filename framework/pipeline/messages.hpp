// Every sentence of the checks, one function a family. Grammar: <subject> <what is wrong>[; <what
// to try>] [(<text of the setting>)], lower case, no full stop, names in '...'.
#pragma once

#include "framework/network/loss.hpp"
#include "framework/pipeline/document.hpp"
#include "framework/plugin/catalogue.hpp"

#include <steppe/columns.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace steppe::pipeline::message {

using Names = std::vector<std::string>;

// The form of the file.
std::string file_is_folder(std::string_view file);
/// `reason`: as in errno.
std::string unreadable_file(std::string_view file, int reason);
/// `beside`: pipeline files of the folder.
std::string no_file(const std::filesystem::path& file, const Names& beside);
std::string too_many_dots(std::size_t limit);
std::string text_with_nul();
std::string unknown_heading(std::string_view key, const Names& known);
std::string not_a_table(std::string_view heading);
std::string heading_without_name(std::string_view kind);
std::string bad_heading_name(std::string_view name);
std::string layer_has_no_heading(std::string_view name);
std::string none_is_no_attack();
std::string same_data_name(std::string_view name);
std::string no_pipeline();
std::string bad_pipeline_name(std::string_view name);
std::string unknown_device(std::string_view name);
std::string device_not_there(std::string_view name, std::string_view why);
std::string no_plugin_folder(std::string_view folder);
std::string bad_splits(double sum);
std::string no_training_split();

// {name}
std::string unknown_name(std::string_view name, const Names& known);
std::string axis_out_of_reach(std::string_view name);
std::string value_out_of_reach(std::string_view name);
std::string open_brace();
/// `--set values.name` for a value that the file does not have.
std::string no_such_value(std::string_view name, const Names& known);
std::string value_not_scalar(std::string_view name);

// The matrix.
std::string bad_axis(std::string_view name);
std::string empty_axis(std::string_view name);
std::string repeated_coordinate(std::string_view axis, std::string_view coordinate);
std::string axis_is_value(std::string_view name);
std::string axis_test();
std::string bad_trial();
std::string too_many_points(std::size_t limit);

// Settings. `subject` is "pgd.steps", `title` is "attack 'pgd'".
std::string unknown_setting(std::string_view title, std::string_view key, const Names& known);
std::string missing_setting(std::string_view title, const plugin::Parameter& parameter);
std::string wrong_type(std::string_view subject, const plugin::Parameter& parameter,
                       const Node& got);
std::string out_of_range(std::string_view subject, const plugin::Parameter& parameter,
                         const Node& got);
std::string no_choice(std::string_view subject, const plugin::Parameter& parameter,
                      const std::string& got);

// References.
std::string unknown_stage(std::string_view kind, std::string_view name,
                          const plugin::Catalogue& catalogue);
/// `is`: the kind of stage that has this name; empty when there is none.
std::string unknown_reference(std::string_view kind, std::string_view name, const Names& known,
                              std::string_view is);
/// "features.pythia" where no transform is called 'features'.
std::string no_transform(std::string_view data, std::string_view transform, const Names& known);
std::string needs_heading(std::string_view kind, std::string_view name,
                          const plugin::Parameter& required);
std::string circle_of_data(const Names& names);
std::string same_branch(std::string_view where, std::string_view first, std::string_view second,
                        std::string_view branch);
std::string several_data_sets(std::string_view transform, const Names& names);
std::string named_twice(std::string_view subject, std::string_view name);
std::string empty_list(std::string_view subject);
std::string empty_split(std::string_view split);
std::string settings_of_comparison(std::string_view metric);

// What attacks move. `what`: "feature column" or "tensor of weights".
std::string only_for_events(std::string_view title, std::string_view setting);
std::string scores_are_of_events(std::string_view attack);
std::string idle_pattern(std::string_view subject, std::string_view pattern, std::string_view what,
                         const Names& names, const Names& patterns);
std::string nothing_may_move(std::string_view title, std::string_view what);

// Distributions.
std::string bad_range(std::string_view subject);
std::string too_many_columns(std::string_view subject, std::size_t count, std::size_t limit);
/// `first`: a data set that has it.
std::string missing_column(std::string_view data, std::string_view column, std::string_view first);
std::string other_unit(const Column& column, std::string_view data, const Column& other,
                       std::string_view other_data);

// Columns.
std::string no_target(std::string_view data);
std::string bad_classes(std::string_view data, const Column& target);
/// `kind` is compared with a target it does not suit.
std::string wrong_loss(network::LossKind kind, std::string_view data, const Column& target);
std::string other_target(std::string_view data, const Column& has, std::string_view training,
                         const Column& wants);
std::string not_two_classes(std::string_view setting, std::string_view data, const Column& target);
/// Weights of classes, `count` of them (0: they shall be balanced), for a target with others.
std::string wrong_class_weights(std::size_t count, std::string_view data, const Column& target);
std::string no_features(std::string_view data);
std::string other_features(std::string_view data, const Names& has, std::string_view training,
                           const Names& wants);

// Gates.
std::string bad_requirement(std::string_view expected);
std::string unknown_axis(std::string_view name, const Names& axes);
std::string unknown_coordinate(std::string_view axis, std::string_view coordinate,
                               const Names& known);
std::string axis_selected_twice(std::string_view name);
std::string no_row_selected();
/// `known`: all values there will be, as gates write them.
std::string unknown_value(std::string_view name, const Names& known);
std::string unknown_value_of(std::string_view stage, std::string_view name, const Names& known);
/// "hesian.eigenvalue": what stands before the dot.
std::string unknown_measure(std::string_view name, const Names& known);
/// An axis that the values of a subject ("a metric of the whole study") do not have.
std::string axis_not_there(std::string_view subject, std::string_view axis);
std::string bad_sigmas();
std::string sigmas_of_equality();
std::string nothing_to_require();

// Notes.
std::string unused_heading(std::string_view kind, std::string_view name);
/// `settings`: "epsilon = 0.01"; `moves`: what an attack moves, empty for other stages.
std::string all_defaults(std::string_view kind, std::string_view name, std::string_view settings,
                         std::string_view moves);
std::string unused_axis(std::string_view name);
std::string attack_without_strength(std::string_view strength);
std::string unused_value(std::string_view name);
std::string repeated_gate(const Position& first);
std::string idle_huber_delta();
std::string sigmas_of_one_trial();
std::string scores_of_training_events(std::string_view split);
std::string no_number(std::string_view metric, std::string_view reason);
std::string nothing_measured();
std::string nothing_trained();
/// `why`: of compute::why_no_bf16.
std::string trained_in_f32(const Names& precisions, std::string_view why);

}  // namespace steppe::pipeline::message
