// Jets or plain features from NumPy's files: `X` and `y` of an `.npz` archive, or two `.npy` files.
//
//   X (jets, constituents, 4)   pT, rapidity or pseudorapidity, phi, PDG id, zero padded: the
//   layout
//                               of EnergyFlow's quark and gluon jets (arXiv:1810.05165, Zenodo
//                               3164691 and 3066475) and of boosted tops (Zenodo 16986897)
//   X (rows, features)          plain features
//   y (rows)                    classes
#include <steppe/reader.hpp>

#include <cctype>
#include <cmath>
#include <string>
#include <vector>

#include "file_patterns.hpp"
#include "four_vectors.hpp"
#include "labels.hpp"
#include "npy_file.hpp"
#include "row_buffer.hpp"

namespace {

namespace jets = steppe::jets;
namespace npy = steppe::npy;
using steppe::Error;

enum class Angle { rapidity, pseudorapidity };

/// Both arrays of one file, side by side.
struct Arrays {
  std::filesystem::path path;
  npy::Array x, y;

  std::string name() const { return "'" + path.string() + "'"; }
  bool holds_jets() const { return x.shape().size() == 3; }
  std::uint64_t rows() const { return x.rows(); }
};

struct Npz {
  struct Parameters {
    std::vector<std::filesystem::path> path, labels;
    std::string x = "X", y = "y";
    int candidates = 40;
    Angle angle = Angle::rapidity;
    std::vector<std::string> columns;
    int classes = 2;
    std::string domain;
    std::int64_t rows = 0;
    std::int64_t chunk = 4096;

    static auto schema() {
      using P = Parameters;
      using steppe::field;
      return steppe::schema(
          field<&P::path>(".npz files, or .npy files of X; '*' and '?' stand for characters",
                          steppe::required()),
          field<&P::labels>("of .npy files: the files of y, in the same order"),
          field<&P::x>("array of an .npz file with the events"),
          field<&P::y>("array of an .npz file with the classes"),
          field<&P::candidates>("of jets: slots kept of each", steppe::between(1, 1000)),
          field<&P::angle>("of jets: what the second number of a constituent is",
                           steppe::choices({"rapidity", "pseudorapidity"})),
          field<&P::columns>("of plain features: their names; empty: f0, f1, ..."),
          field<&P::classes>("classes that y counts from 0; 0: y is a real value",
                             steppe::between(0, 1000)),
          field<&P::domain>("where the events come from; empty: 'herwig' if the names of the files "
                            "have it in them, or else 'pythia'"),
          field<&P::rows>("rows taken from the front; 0: all", steppe::at_least(0)),
          field<&P::chunk>("rows read at a time; changes no byte of what is read",
                           steppe::between(1, 1e6)));
    }
    void validate() const {
      if (classes == 1) throw Error{"'classes' is 1; there are 2 at least, or 0 for a real value"};
    }
  };
  Parameters parameters;

  steppe::Columns columns(const steppe::Host&) const {
    const auto paths = files();
    return columns_of(open(paths, 0), domain(paths));
  }

  void read(const steppe::Host& host, const steppe::RowSink& sink) const {
    const auto paths = files();
    const auto first = open(paths, 0);
    steppe::RowBuffer rows{sink, columns_of(first, domain(paths)).size(), parameters.rows,
                           parameters.chunk};
    std::uint64_t empty = 0;
    for (std::size_t i = 0; i < paths.size() && !rows.full(); ++i) {
      auto arrays = open(paths, i);
      require_like(arrays, first);
      const auto taken = pass_on(host, arrays, rows, empty);
      rows.flush();
      if (taken < arrays.rows()) {
        sink.file(arrays.path, taken);
        continue;
      }
      arrays.x.finish();
      arrays.y.finish();
      sink.file(arrays.path, taken, static_cast<std::int64_t>(taken));
    }
    if (empty > 0) host.note(std::to_string(empty) + " jets have no constituent and were left out");
  }

 private:
  std::vector<std::filesystem::path> files() const {
    auto out = steppe::files_of(parameters.path);
    steppe::require_own_stems(out);
    return out;
  }

  Arrays open(const std::vector<std::filesystem::path>& paths, std::size_t index) const {
    const auto& path = paths[index];
    Arrays out = is_plain(path) ? Arrays{path, npy::open_npy(path), open_labels(paths, index)}
                                : open_archive(path);
    check(out);
    return out;
  }

  static bool is_plain(const std::filesystem::path& path) {
    return path.extension() == ".npy" || path.string().ends_with(".npy.gz");
  }

  Arrays open_archive(const std::filesystem::path& path) const {
    const npy::Archive archive{path};
    return {path, archive.array(parameters.x), archive.array(parameters.y)};
  }

  npy::Array open_labels(const std::vector<std::filesystem::path>& paths, std::size_t index) const {
    const auto& labels = parameters.labels;
    if (labels.size() != paths.size())
      throw Error{"'labels' has " + std::to_string(labels.size()) + " files, and 'path' has " +
                  std::to_string(paths.size()) + "; each .npy file of events needs one of labels"};
    return npy::open_npy(labels[index]);
  }

  static void check(const Arrays& arrays) {
    const auto& shape = arrays.x.shape();
    const bool good = shape.size() == 2 || (shape.size() == 3 && shape[2] == 4);
    if (!good)
      throw Error{arrays.x.name() + " has shape " + npy::describe_shape(shape) +
                  " instead of (jets, constituents, 4) or (rows, features)"};
    if (arrays.y.row_size() != 1 || arrays.y.rows() != arrays.x.rows())
      throw Error{arrays.y.name() + " has shape " + npy::describe_shape(arrays.y.shape()) +
                  " instead of one class for each of the " + std::to_string(arrays.x.rows()) +
                  " rows of " + arrays.x.name()};
  }

  static void require_like(const Arrays& arrays, const Arrays& first) {
    const bool same =
        arrays.holds_jets() == first.holds_jets() &&
        (arrays.holds_jets() || arrays.x.row_size() == first.x.row_size());  // M may differ
    if (!same)
      throw Error{arrays.x.name() + " has shape " + npy::describe_shape(arrays.x.shape()) +
                  ", which does not go with " + npy::describe_shape(first.x.shape()) + " of " +
                  first.x.name()};
  }

  std::string domain(const std::vector<std::filesystem::path>& paths) const {
    if (!parameters.domain.empty()) return parameters.domain;
    std::size_t herwig = 0;
    for (const auto& path : paths) {
      auto name = path.filename().string();
      for (auto& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      herwig += name.find("herwig") != std::string::npos ? 1 : 0;
    }
    if (herwig > 0 && herwig < paths.size())
      throw Error{"'path' has " + std::to_string(herwig) + " files of Herwig by their names and " +
                  std::to_string(paths.size() - herwig) +
                  " others; read them apart, or say what they are with 'domain'"};
    return herwig > 0 ? "herwig" : "pythia";
  }

  steppe::Columns columns_of(const Arrays& arrays, const std::string& domain) const {
    if (arrays.holds_jets()) {
      auto out = jets::raw_columns(parameters.candidates, domain);
      out.items.back() = steppe::label_column(parameters.classes);
      return out;
    }
    const auto& names = parameters.columns;
    if (!names.empty() && names.size() != arrays.x.row_size())
      throw Error{"'columns' has " + std::to_string(names.size()) + " names, and " +
                  arrays.x.name() + " has " + std::to_string(arrays.x.row_size()) + " features"};
    steppe::Columns out;
    out.domain = domain;
    for (std::size_t i = 0; i < arrays.x.row_size(); ++i)
      out.items.push_back({names.empty() ? "f" + std::to_string(i) : names[i]});
    out.items.push_back(steppe::label_column(parameters.classes));
    return out;
  }

  static std::string row_name(std::uint64_t row, const npy::Array& array) {
    return "row " + std::to_string(row) + " of " + array.name();
  }

  /// @returns the rows that were looked at.
  std::uint64_t pass_on(const steppe::Host& host, Arrays& arrays, steppe::RowBuffer& rows,
                        std::uint64_t& empty) const {
    const auto stem = steppe::stem_of(arrays.path);
    const jets::JetWriter writer{static_cast<std::size_t>(parameters.candidates)};
    const auto width = arrays.x.row_size();
    std::vector<float> x, y;
    std::vector<jets::Constituent> constituents;
    for (std::uint64_t begin = 0; begin < arrays.rows();) {
      host.stop_if_cancelled();
      const auto count =
          std::min(static_cast<std::uint64_t>(parameters.chunk), arrays.rows() - begin);
      arrays.x.read(count, x);
      arrays.y.read(count, y);
      for (std::size_t r = 0; r < count; ++r) {
        if (rows.full()) return begin + r;
        const auto row = begin + r;
        steppe::require_label(y[r], parameters.classes, [&] { return row_name(row, arrays.y); });
        const float* values = x.data() + r * width;
        if (!arrays.holds_jets()) {
          float* to = rows.add(steppe::stream_key(stem, row));
          std::copy_n(values, width, to);
          to[width] = y[r];
          continue;
        }
        unpack(arrays, row, values, constituents);
        if (constituents.empty())
          ++empty;
        else
          writer.write(constituents, y[r], rows.add(steppe::stream_key(stem, row)));
      }
      begin += count;
      host.progress(begin, arrays.rows(), "rows");
    }
    return arrays.rows();
  }

  /// The filled slots of a jet.
  void unpack(const Arrays& arrays, std::uint64_t row, const float* values,
              std::vector<jets::Constituent>& to) const {
    to.clear();
    for (std::size_t slot = 0; slot < arrays.x.shape()[1]; ++slot) {
      const float* v = values + 4 * slot;
      // Padding is zero; NaN is not, and is told below.
      if (v[0] == 0) continue;
      if (!(v[0] > 0 && v[0] < 1e5F && std::abs(v[1]) < 20 && std::isfinite(v[2]) &&
            std::abs(v[3]) < 2e9F))
        throw Error{row_name(row, arrays.x) + " has the constituent (" + std::to_string(v[0]) +
                    ", " + std::to_string(v[1]) + ", " + std::to_string(v[2]) + ", " +
                    std::to_string(v[3]) +
                    "), which is no pT [GeV], (pseudo)rapidity, phi and PDG id"};
      const auto particle = jets::particle_of(static_cast<int>(v[3]));
      to.push_back(parameters.angle == Angle::rapidity
                       ? jets::from_rapidity(v[0], v[1], v[2], particle.mass)
                       : jets::from_pseudorapidity(v[0], v[1], v[2], particle.mass));
      to.back().charge = particle.charge;
      to.back().pdgid = v[3];
    }
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::reader<Npz>(
    {.name = "npz",
     .summary = "jets or plain features from NumPy's .npz and .npy files",
     .text =
         "Reads the arrays `X` and `y` of .npz archives, stored or deflated, or of .npy files. "
         "Numbers are floats of 4 or 8 bytes or whole numbers of 1 to 8, of either byte order; "
         "Fortran order is refused.\n\n"
         "`X` of shape (jets, constituents, 4) holds pT [GeV], rapidity (or pseudorapidity, as "
         "`angle` says), phi [rad] and PDG id of each constituent, padded with zeros. Files may "
         "differ in the number of constituents. They are sorted by falling pT, and the first "
         "`candidates` go into the slots; fewer are padded. Masses and charges follow from the PDG "
         "id, E = mT cosh(y), and the jet is the sum of all constituents. Gives the raw columns of "
         "the reader `rs3l`, with `d0`, `dz` and `jet.type` 0 because the files do not have them. "
         "Jets without a constituent are left out and counted.\n\n"
         "`X` of shape (rows, features) gives plain features.\n\n"
         "This is the layout of EnergyFlow's quark and gluon jets (y: 1 quark, 0 gluon) and of the "
         "boosted top and QCD jets of Zenodo 16986897 (y: 1 top, 0 QCD), both made with Pythia and "
         "with Herwig. Event ids are made of the file's name and the row. The events of the two "
         "generators are not paired: no jet of one has a twin in the other, so a difference "
         "between "
         "them carries the statistical error of both.",
     .source = "Zenodo 3164691, 3066475 and 16986897; arXiv:1810.05165",
     .example = "[reader.herwig]\nuse  = \"npz\"\npath = [\"data/QG_jets_herwig_*.npz\"]"}))
