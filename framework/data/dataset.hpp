// A data set: events with columns that have roles, in the memory of the host or in a file that is
// mapped there (growing.hpp).
//
// Features lie in one matrix, one row an event, rows padded with zeros to a multiple of 16 floats,
// so that a batch is gathered by copying rows. Labels, event weights, ids and masks lie beside it;
// side columns have served the transforms by then: those are kept that somebody still asks for.
#pragma once

#include "framework/compute/tensor.hpp"
#include "framework/data/growing.hpp"

#include <steppe/columns.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace steppe::data {

/// Data that cannot be used. The message is a finished sentence.
class DataError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What a data set is for: a network that is only applied to events needs no labels of them.
enum class Purpose { study, apply };

/// What a file gave, for the record.
struct FileRecord {
  std::string path;
  std::uint64_t rows = 0;    ///< as the reader says
  std::uint64_t events = 0;  ///< of them, those the reader handed on
};

/// What was done about values that are not finite.
struct GapRecord {
  std::uint64_t dropped = 0;  ///< events left out
  std::uint64_t imputed = 0;  ///< values put in
};

class Dataset {
 public:
  /// `kept`: names of the side columns that are kept.
  explicit Dataset(Columns columns, const std::vector<std::string>& kept = {},
                   Keeping keeping = {});

  /// `values`: rows x columns().size(), row-major, in the order of the columns. @throws DataError
  /// for a label that is none of 0 ... classes() - 1, or a real target that is not finite, naming
  /// row, value and column; when there is no room for them.
  void append(std::size_t rows, const float* values, const std::uint64_t* event_ids);
  /// There are no more rows; only now may they be looked at where they lie in a file.
  void finish();
  bool in_file() const { return in_file_; }
  void add_file(FileRecord file) { files_.push_back(std::move(file)); }
  void set_gaps(const GapRecord& gaps) { gaps_ = gaps; }

  /// Checks that can only be made at the end: there are rows, for a study of every class, finite
  /// features, no event twice. @throws DataError with counts and names.
  void check(const std::string& name, Purpose purpose = Purpose::study) const;

  std::size_t rows() const { return event_ids_.size(); }
  const Columns& columns() const { return columns_; }
  /// Classes of the target: labels are 0 ... classes() - 1. 0: it is a real value.
  std::size_t classes() const { return classes_; }
  /// Indices into columns() of the features, in order: column c of `features()`.
  std::span<const std::size_t> feature_columns() const { return feature_columns_; }

  /// The columns of `features()`.
  Columns feature_table() const;

  compute::HostMatrix features() const;
  /// Whether there is a target column.
  bool labelled() const { return labelled_; }
  /// rows x 1 each; labels are 0 where there is no target column, weights are 1 where the data have
  /// no weight column.
  compute::HostMatrix labels() const { return column_of(labels_); }
  compute::HostMatrix weights() const { return column_of(weights_); }
  std::span<const std::uint64_t> event_ids() const { return event_ids_; }
  /// 1 where a slot is filled, one column a mask column; `mask_of()[feature]` names the column of
  /// a feature's slot, or -1.
  compute::HostMatrix masks() const;
  std::span<const int> mask_of() const { return mask_of_; }
  /// Column `column` of columns() in the given rows; without those in which its slot is empty,
  /// which `rows` loses too. @pre a feature, a mask, or a side column that is kept.
  std::vector<float> filled_values(std::size_t column, std::vector<std::uint32_t>& rows) const;
  const std::vector<FileRecord>& files() const { return files_; }
  const GapRecord& gaps() const { return gaps_; }
  /// Events of each class; empty where the target is a real value, or there is none.
  std::vector<std::size_t> class_rows() const;

 private:
  /// Columns that lie side by side, in a row that comes and in one that is kept.
  struct Run {
    std::size_t from, to, count;
  };
  /// A value that is not finite.
  struct Gap {
    std::size_t row, column;
    float value;
  };

  static std::vector<Run> runs_of(const std::vector<std::size_t>& columns);
  void copy(const std::vector<Run>& runs, std::size_t rows, const float* values, float* to,
            std::size_t stride) const;
  void make_room(std::size_t rows);
  void remember_gap(std::size_t rows, const float* values);
  int mask_for(const Column& column) const;
  void refuse_gap(const std::string& name) const;
  void refuse_label(std::size_t row, float label) const;
  compute::HostMatrix column_of(const std::vector<float>& values) const {
    return {values.data(), values.size(), 1, 1};
  }

  Columns columns_;
  std::vector<std::size_t> feature_columns_, mask_columns_, kept_columns_;
  std::vector<int> mask_of_;
  std::size_t target_column_ = 0, weight_column_ = 0;
  std::size_t classes_ = 2;
  bool labelled_ = false;
  std::size_t feature_stride_ = 0;
  std::vector<Run> feature_runs_, mask_runs_, kept_runs_;
  Keeping keeping_;
  bool in_file_ = false;
  Growing features_, masks_, kept_;
  std::vector<float> labels_, weights_;
  std::optional<Gap> gap_;  ///< the first
  std::vector<std::uint64_t> event_ids_;
  std::vector<FileRecord> files_;
  GapRecord gaps_;
};

}  // namespace steppe::data
