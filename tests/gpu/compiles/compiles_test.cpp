// Everything Steppe runs on a GPU, compiled by Intel's own driver for a family of its GPUs that is
// not there. The driver writes down what it would send to the device (NEOReadDebugKeys,
// SetCommandStreamReceiver); nothing is executed.
#include "framework/compute/gpu/sources.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

namespace steppe {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;

/// What a child process compiled, and what it did not.
struct Report {
  std::string device;
  std::vector<std::string> made, kernels, of_onednn;
  std::map<std::string, std::string> bad;
};

/// Reads what one child tells; the name of the task it ended at, or "".
std::string read(std::FILE* child, Report& report, std::size_t& tried) {
  std::string task;
  char* line = nullptr;
  std::size_t room = 0;
  while (getline(&line, &room, child) > 0) {
    std::istringstream words{line};
    std::string word, text;
    words >> word;
    words.ignore(1);
    std::getline(words, text);
    if (word == "device") report.device = text;
    if (word == "kernel") report.kernels.push_back(text);
    if (word == "failed") report.bad["gpu_compile"] = text;
    if (word == "try") task = text, ++tried;
    if (word == "made") report.made.push_back(task), task.clear();
    if (word == "bad") report.bad[task] = text, task.clear();
    // onednn_verbose,create:cache_miss,gpu,matmul,...,128x602:602x128:128x128,0.5
    if (word.starts_with("onednn_verbose,create") && word.find(",gpu,") != std::string::npos)
      report.of_onednn.push_back(word + " " + text);
  }
  std::free(line);
  return task;
}

std::string end_of(int status) {
  if (WIFSIGNALED(status)) return "ends the process: " + std::string{strsignal(WTERMSIG(status))};
  return "ends the process with " + std::to_string(WEXITSTATUS(status));
}

/// Another child goes on behind what one ended at.
Report compiled(const std::string& what, const std::string& environment = "") {
  Report report;
  for (std::size_t tried = 0;;) {
    const auto command =
        environment + " exec " STEPPE_GPU_COMPILE " " + what + " " + std::to_string(tried);
    std::FILE* child = popen(command.c_str(), "r");
    if (!child) throw std::runtime_error{"no child process"};
    const auto task = read(child, report, tried);
    const int status = pclose(child);
    if (task.empty()) {
      if (status != 0 && !report.bad.count("gpu_compile"))
        report.bad["gpu_compile"] = end_of(status);
      return report;
    }
    report.bad[task] = end_of(status);
  }
}

/// Kernels in the texts, by the words that begin one. Those that a macro makes are not among them.
std::set<std::string> kernels_in_the_texts() {
  const std::regex beginning{
      "(?:^|\n)(?:\\w*KERNEL\\((\\w+)\\)|kernel [^\n]*void steppe_(\\w+)\\()"};
  std::set<std::string> out;
  for (const auto& [name, text] : compute::gpu::kernel_sources()) {
    if (std::ranges::count(compute::gpu::shared_parts, name) > 0) continue;
    const std::string whole{text};
    for (std::sregex_iterator found{whole.begin(), whole.end(), beginning}, end; found != end;
         ++found)
      out.insert(std::string{name} + "." + (*found)[1].str() + (*found)[2].str());
  }
  return out;
}

std::vector<std::string> files() {
  std::vector<std::string> out;
  for (const auto& source : compute::gpu::kernel_sources())
    if (std::ranges::count(compute::gpu::shared_parts, source.name) == 0)
      out.push_back(std::string{source.name} + ".cl");
  return out;
}

void expect_all_kernels(const Report& report) {
  for (const auto& [task, why] : report.bad) ADD_FAILURE() << task << ": " << why;
  EXPECT_THAT(report.made, IsSupersetOf(files()));
  const std::set<std::string> there{report.kernels.begin(), report.kernels.end()};
  for (const auto& kernel : kernels_in_the_texts())
    EXPECT_TRUE(there.count(kernel)) << kernel << " was not compiled";
  EXPECT_THAT(report.kernels, Contains("activations.silu_activate"));
}

class Compiles : public testing::Test {
 protected:
  static std::size_t count(const Report& report, std::string_view opening) {
    return static_cast<std::size_t>(std::ranges::count_if(
        report.made, [&](const std::string& task) { return task.starts_with(opening); }));
  }
};

TEST_F(Compiles, AllOfTheProduct) {
  const auto report = compiled("product", "DNNL_VERBOSE=2");
  expect_all_kernels(report);
  EXPECT_EQ(count(report, "training "), 5U);
  EXPECT_THAT(report.device, Not(HasSubstr("oneDNN makes none")));
  // What oneDNN made, and made of nothing but known products.
  EXPECT_FALSE(report.of_onednn.empty());
  for (const auto& primitive : report.of_onednn) {
    const auto last = primitive.rfind(','), before = primitive.rfind(',', last - 1);
    const auto shape = primitive.substr(before + 1, last - before - 1);
    EXPECT_THAT(primitive, HasSubstr(",gpu,matmul,"));
    if (shape == "16x16:16x16:16x16") continue;  // by which it is tried whether there are any
    EXPECT_THAT(report.made, Contains(HasSubstr("product " + shape))) << primitive;
  }
  std::printf("%s: %zu programs with %zu kernels, %zu primitives for %zu products, %zu trainings\n",
              report.device.c_str(), files().size(), report.kernels.size(), report.of_onednn.size(),
              count(report, "product "), count(report, "training "));
}

TEST_F(Compiles, KernelsWithoutDoublePrecision) {
  if (compiled("nothing").device.find("pairs of floats") != std::string::npos)
    GTEST_SKIP() << "this family has none: AllOfTheProduct is about it";
  const auto report = compiled("kernels", "OverrideDefaultFP64Settings=0");
  expect_all_kernels(report);
  EXPECT_THAT(report.device, HasSubstr("pairs of floats"));
}

TEST_F(Compiles, TellsWhatDoesNot) {
  const auto report = compiled("planted");
  EXPECT_THAT(report.made, testing::ElementsAre("right.cl"));
  EXPECT_THAT(report.kernels, testing::ElementsAre("right.zero"));
  ASSERT_EQ(report.bad.size(), 2U);
  EXPECT_THAT(report.bad.at("broken.cl"),
              testing::AllOf(HasSubstr("'broken.cl'"), HasSubstr("flaot")));
  EXPECT_THAT(report.bad.at("end of the process"), HasSubstr("Aborted"));
}

/// The table of docs/gpu.md, which is about this version of each.
TEST_F(Compiles, NotWhatSteppeDoesWithout) {
  const auto report = compiled("unused", "2>/dev/null");
  if (report.device.find("oneDNN 2.6.3") == std::string::npos ||
      report.device.find(" 22.43.") == std::string::npos)
    GTEST_SKIP() << "docs/gpu.md tells of oneDNN 2.6.3 and the driver 22.43, not of "
                 << report.device;
  for (const char* task :
       {"softmax", "change of layout", "copy on the device", "concatenation of odd columns"}) {
    ASSERT_TRUE(report.bad.count(task)) << task;
    EXPECT_THAT(report.bad.at(task), HasSubstr("Aborted"));
  }
  EXPECT_THAT(report.bad.at("product, then a row added"), HasSubstr("could not create"));
  EXPECT_THAT(report.made,
              testing::ElementsAre("concatenation of 64 columns", "product, then an activation"));
}

/// The driver's record of what it would send, gigabytes of it, goes nowhere: its file is looked up
/// by a first child, and becomes a way to /dev/null.
class Folder : public testing::Environment {
 public:
  void SetUp() override {
    fs::remove_all(here_);
    fs::create_directories(here_);
    fs::current_path(here_);
    compiled("nothing");
    std::vector<fs::path> records;
    for (const auto& entry : fs::directory_iterator{here_}) records.push_back(entry.path());
    ASSERT_FALSE(records.empty()) << "the driver does not record";
    for (const auto& record : records) {
      fs::remove(record);
      fs::create_symlink("/dev/null", record);
    }
  }
  void TearDown() override {
    fs::current_path("/");
    fs::remove_all(here_);
  }

 private:
  fs::path here_ = fs::temp_directory_path() / ("steppe_compiles_" + std::to_string(getpid()));
};

}  // namespace
}  // namespace steppe

int main(int count, char** arguments) {
  testing::InitGoogleTest(&count, arguments);
  const char* driver = std::getenv("OCL_ICD_VENDORS");
  if (!driver || !std::filesystem::exists(driver)) {
    std::puts("skipped: Intel's OpenCL driver is missing; install 'intel-opencl-icd'");
    return 77;
  }
  testing::AddGlobalTestEnvironment(new steppe::Folder);
  return RUN_ALL_TESTS();
}
