// What a plan gives: for every row of its table the numbers measured there. Holds results only, no
// times, hosts or paths, so that it can be compared byte by byte.
#pragma once

#include "framework/data/dataset.hpp"
#include "framework/data/histogram.hpp"
#include "framework/data/quantity.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace steppe::pipeline {

/// One row of the plan with its numbers.
struct MeasuredRow {
  std::vector<std::string> coordinates;  ///< one a name in StudyResults::axes
  std::vector<data::Quantity> quantities;
  std::vector<data::Curve> curves;
  std::string trained_on, tested_on;  ///< domains of the data
};

/// What a metric made of all points, at one of them or as a whole.
struct MeasuredComparison {
  std::string metric;                    ///< the stage's name
  std::vector<std::string> coordinates;  ///< one a name in StudyResults::axes but `trial`; none:
                                         ///< of the whole study
  std::size_t trials = 0;                ///< measured there; of the whole study 0
  std::vector<data::Quantity> quantities;
  std::vector<data::Curve> curves;
};

/// One sharpness measure of one trained network.
struct MeasuredSharpness {
  std::string measure;                   ///< the stage's name
  std::vector<std::string> coordinates;  ///< one a name in StudyResults::axes but `test`
  std::vector<data::Quantity> quantities;
  std::vector<data::Curve> curves;
};

/// A histogram of one data set.
struct MeasuredHistogram {
  std::string data;    ///< the data set's name
  std::string events;  ///< "signal", "background", "class 3", or "all"
  data::Histogram histogram;
};

/// How far two of the histograms of a column are apart.
struct HistogramComparison {
  std::string events, of, to;  ///< data sets; `to` is the reference
  std::vector<data::Quantity> quantities;
};

/// One column of some data sets.
struct MeasuredDistribution {
  std::string name;                                              ///< of its heading
  std::vector<std::pair<std::string, std::string>> coordinates;  ///< as in its node
  std::string split, column, unit;
  std::vector<double> edges;
  std::vector<MeasuredHistogram> histograms;  ///< by class, then by data set
  std::vector<HistogramComparison> comparisons;
};

/// One number an epoch, as the trainer logged it.
struct History {
  std::vector<std::string> names;
  std::vector<std::vector<double>> epochs;  ///< [epoch][name]
};

/// One training of the plan.
struct TrainingRecord {
  std::vector<std::pair<std::string, std::string>> coordinates;  ///< of its first point
  std::size_t parameters = 0;
  std::size_t train_rows = 0, validation_rows = 0;
  History history;
};

struct DataRecord {
  std::string name, domain;
  std::size_t rows = 0;
  std::vector<std::size_t> class_rows;  ///< events of each class; empty: there are no classes
  data::GapRecord gaps;                 ///< values of the reader that were not finite
};

struct StudyResults {
  std::string name;
  std::vector<std::string> extends;  ///< presets and other files the pipeline stands on
  std::uint64_t seed = 0;
  std::vector<std::string> axes;
  std::vector<MeasuredRow> rows;
  std::vector<MeasuredSharpness> sharpness;
  std::vector<MeasuredComparison> comparisons;
  std::vector<MeasuredDistribution> distributions;
  std::vector<TrainingRecord> trainings;
  std::vector<DataRecord> data;
};

}  // namespace steppe::pipeline
