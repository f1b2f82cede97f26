// The commands, one function and one file each, with what they are told. `arguments.cpp` alone
// knows how a command line looks.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace steppe::cli {

/// What the program says to the shell.
enum ExitCode : int {
  success = 0,
  run_failed = 1,   ///< something failed while running, or the run was stopped
  bad_input = 2,    ///< the command line or the pipeline file is wrong
  gate_failed = 3,  ///< everything ran, and a [[require]] gate says no
};

/// A pipeline file as commands take it.
struct PipelineOptions {
  std::filesystem::path file;
  std::vector<std::string> sets;
  std::vector<std::filesystem::path> plugin_folders;
};

/// What looks at a pipeline file and says something about it.
struct FileOptions {
  PipelineOptions pipeline;
  bool json = false;
};

/// Where results are kept and found again.
inline constexpr auto default_store = ".steppe";

struct KeepingOptions {
  std::filesystem::path store;  ///< empty: the default one, where it can be used
  bool no_store = false;
};

struct RunOptions {
  PipelineOptions pipeline;
  KeepingOptions keeping;
  std::filesystem::path out;     ///< empty: runs/<name>
  int threads = 0;               ///< 0: all cores
  double checkpoint_every = 30;  ///< seconds; 0: after every epoch
  std::uint64_t memory = 0;      ///< bytes that nodes may need side by side; 0: no limit
  bool fail_fast = false;
  std::filesystem::path junit;  ///< file for the gates' verdicts; empty: none
  bool no_report = false;
  bool profile = false;
  bool json = false;  ///< events on stdout
};

struct PlanOptions {
  PipelineOptions pipeline;
  KeepingOptions keeping;
  bool json = false;
};

struct BenchOptions {
  PipelineOptions pipeline;
  std::uint64_t steps = 1000;  ///< to time of each training
  int threads = 1;             ///< of a training
  bool profile = false;
  bool json = false;
};

struct WhyOptions {
  PipelineOptions pipeline;
  std::string node;  ///< its name or a part of it; empty: all that are to be done
  std::filesystem::path store = default_store;
  bool json = false;
};

struct ListOptions {
  std::vector<std::filesystem::path> plugin_folders;
  std::string kind;  ///< empty: all
  bool json = false;
  bool names = false;  ///< of stages alone, a line each
  bool kinds = false;  ///< names of kinds alone
};

struct DescribeOptions {
  std::vector<std::filesystem::path> plugin_folders;
  std::string stage;  ///< "fgsm", "attack.fgsm", a kind, or a heading such as "matrix"
  bool json = false;
};

struct SchemaOptions {
  std::vector<std::filesystem::path> plugin_folders;
  std::filesystem::path out;  ///< empty: stdout
};

struct DocsOptions {
  std::vector<std::filesystem::path> plugin_folders;
  std::filesystem::path out;
  std::filesystem::path keys;  ///< a page with marks, to write the keys of files into; empty: none
};

struct DoctorOptions {
  std::vector<std::filesystem::path> plugin_folders;
  bool json = false;
};

struct DevicesOptions {
  bool json = false;
};

struct VersionOptions {
  bool json = false;
};

struct ApplyOptions {
  std::filesystem::path run;      ///< folder of a run, or a weight file
  std::string training;           ///< "train=pythia,attack=none"
  std::vector<std::string> data;  ///< files, or the name of a data set of the pipeline
  std::filesystem::path out;
  std::string device = "cpu";
  std::vector<std::string> sets;
  std::vector<std::filesystem::path> plugin_folders;
};

struct ExportOptions {
  std::filesystem::path run;
  std::string training;
  std::filesystem::path out;  ///< ".onnx"
};

struct StoreOptions {
  std::string action;  ///< "list", "verify", "gc", "export"
  std::string key;     ///< of "export": its first digits; empty: all weights
  std::filesystem::path store = default_store;
  std::filesystem::path out;
  std::optional<std::uint64_t> size;  ///< bytes that "gc" leaves
  bool json = false;
};

struct NewOptions {
  std::string kind, name;
  std::filesystem::path folder = ".";  ///< the project becomes a folder in it
};

struct VerifyOptions {
  std::filesystem::path plugin;
  std::vector<std::string> settings;  ///< "epsilon=0.1", of the plugin's stages that have it
  double seconds = 60;                ///< a check may take
  bool json = false;
  std::size_t first = 0;          ///< of the checks, in the process that runs them
  std::vector<std::string> hung;  ///< stages given up, for that process: "attack 'tilt'"
  bool in_process = false;        ///< this is that process
};

struct WatchOptions {
  std::filesystem::path run;  ///< folder of a run
  bool json = false;
  bool once = false;  ///< how things are, and no more
};

struct ReportOptions {
  KeepingOptions keeping;
  std::filesystem::path run;  ///< folder of a run
};

struct RunsOptions {
  std::filesystem::path folder = "runs";
  bool json = false;
};

struct DiffOptions {
  std::filesystem::path first, second;  ///< folders of runs, or files in them
  bool json = false;
};

// Each returns the exit code.
int run(const RunOptions& options);
int check(const FileOptions& options);
int show_plan(const PlanOptions& options);
int why(const WhyOptions& options);
int show_graph(const PipelineOptions& options);
int bench(const BenchOptions& options);
int list(const ListOptions& options);
int describe(const DescribeOptions& options);
int apply(const ApplyOptions& options);
int export_network(const ExportOptions& options);
int use_store(const StoreOptions& options);
int make_project(const NewOptions& options);
int verify_plugin(const VerifyOptions& options);
int schema(const SchemaOptions& options);
int docs(const DocsOptions& options);
int doctor(const DoctorOptions& options);
int devices(const DevicesOptions& options);
int version(const VersionOptions& options);
int report(const ReportOptions& options);
int watch(const WatchOptions& options);
int runs(const RunsOptions& options);
/// 0 where the results are the same, else 1.
int diff(const DiffOptions& options);

/// Reads the command line and runs its command.
int run_command_line(int argc, char** argv);

}  // namespace steppe::cli
