// Images with classes in the IDX format of MNIST and Fashion-MNIST.
#include <steppe/reader.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include "file_patterns.hpp"
#include "idx_file.hpp"
#include "labels.hpp"
#include "row_buffer.hpp"

namespace {

using steppe::Error;
using steppe::IdxFile;

struct Idx {
  struct Parameters {
    std::filesystem::path images, labels;
    std::vector<int> classes{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    double scale = 255;
    std::string domain = "data";
    std::int64_t rows = 0;
    std::int64_t chunk = 1024;

    static auto schema() {
      using P = Parameters;
      using steppe::field;
      return steppe::schema(
          field<&P::images>("file of the images, of three axes: images, rows, columns",
                            steppe::required()),
          field<&P::labels>("file of their labels, of one axis", steppe::required()),
          field<&P::classes>(
              "labels that are kept, in the order of the classes 0, 1, ... that they "
              "become",
              steppe::between(0, 65535)),
          field<&P::scale>("pixels are divided by this", steppe::above(0)),
          field<&P::domain>("where the images come from"),
          field<&P::rows>("images taken from the front; 0: all", steppe::at_least(0)),
          field<&P::chunk>("images read at a time; changes no byte of what is read",
                           steppe::between(1, 1e6)));
    }
    void validate() const {
      if (classes.size() < 2) throw Error{"'classes' needs two labels at least, such as [0, 1]"};
      for (std::size_t i = 0; i < classes.size(); ++i)
        if (std::find(classes.begin(), classes.begin() + static_cast<std::ptrdiff_t>(i),
                      classes[i]) != classes.begin() + static_cast<std::ptrdiff_t>(i))
          throw Error{"'classes' has " + std::to_string(classes[i]) + " twice"};
    }
  };
  Parameters parameters;

  steppe::Columns columns(const steppe::Host&) const { return columns_of(open_images()); }

  void read(const steppe::Host& host, const steppe::RowSink& sink) const {
    auto images = open_images();
    IdxFile labels{parameters.labels};
    if (labels.sizes().size() != 1 || labels.rows() != images.rows())
      throw Error{labels.name() + " has shape " + labels.shape() +
                  " instead of one label for each "
                  "of the " +
                  std::to_string(images.rows()) + " images of " + images.name()};
    steppe::RowBuffer rows{sink, images.row_size() + 1, parameters.rows, parameters.chunk};
    std::uint64_t others = 0;
    const auto taken = pass_on(host, images, labels, rows, others);
    rows.flush();
    if (taken == images.rows()) {
      images.finish();
      labels.finish();
      sink.file(parameters.images, taken, static_cast<std::int64_t>(taken));
    } else {
      sink.file(parameters.images, taken);
    }
    if (others > 0)
      host.note(std::to_string(others) +
                " images have other labels than 'classes' and were left "
                "out");
  }

 private:
  IdxFile open_images() const {
    IdxFile images{parameters.images};
    if (images.sizes().size() != 3)
      throw Error{images.name() + " has shape " + images.shape() +
                  " instead of (images, rows, columns)"};
    return images;
  }

  steppe::Columns columns_of(const IdxFile& images) const {
    const auto height = images.sizes()[1], width = images.sizes()[2];
    steppe::Columns out;
    out.domain = parameters.domain;
    for (std::size_t r = 0; r < height; ++r)
      for (std::size_t c = 0; c < width; ++c)
        out.items.push_back({"pixel." + std::to_string(r) + "." + std::to_string(c), "",
                             steppe::Role::feature, "pixel", static_cast<int>(r * width + c)});
    out.items.push_back(steppe::label_column(static_cast<int>(parameters.classes.size())));
    return out;
  }

  /// @returns the images that were looked at.
  std::uint64_t pass_on(const steppe::Host& host, IdxFile& images, IdxFile& labels,
                        steppe::RowBuffer& rows, std::uint64_t& others) const {
    const auto stem = steppe::stem_of(parameters.images);
    const auto width = images.row_size();
    const auto scale = static_cast<float>(parameters.scale);
    std::vector<float> pixels, classes;
    for (std::uint64_t begin = 0; begin < images.rows();) {
      host.stop_if_cancelled();
      const auto count =
          std::min(static_cast<std::uint64_t>(parameters.chunk), images.rows() - begin);
      images.read(count, pixels);
      labels.read(count, classes);
      for (std::size_t i = 0; i < count; ++i) {
        if (rows.full()) return begin + i;
        const int label = class_of(classes[i]);
        if (label < 0) {
          ++others;
          continue;
        }
        float* to = rows.add(steppe::stream_key(stem, begin + i));
        for (std::size_t p = 0; p < width; ++p) to[p] = pixels[i * width + p] / scale;
        to[width] = static_cast<float>(label);
      }
      begin += count;
      host.progress(begin, images.rows(), "images");
    }
    return images.rows();
  }

  /// -1 for a label that is not kept.
  int class_of(float label) const {
    for (std::size_t i = 0; i < parameters.classes.size(); ++i)
      if (label == static_cast<float>(parameters.classes[i])) return static_cast<int>(i);
    return -1;
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::reader<Idx>(
    {.name = "idx",
     .summary = "images with classes in the IDX format of MNIST and Fashion-MNIST",
     .text =
         "Reads one file of images (images, rows, columns) and one of labels, plain or packed with "
         "gzip; numbers of every type that IDX knows. Gives the features `pixel.R.C`, divided by "
         "`scale`, so that bytes come to lie in [0, 1], and `label`.\n\n"
         "`classes = [3, 5]` keeps two kinds of images as a problem of two classes, 3 as class 0 "
         "and 5 as class 1; images with other labels are left out and counted. Test events have "
         "files of their own: give them a reader of their own. Event ids are made of the file's "
         "name and the place of the image.\n\n"
         "On Debian the package dataset-fashion-mnist puts such files into "
         "/usr/share/datasets/fashion-mnist.",
     .source = "Fashion-MNIST: arXiv:1708.07747",
     .example = "[reader.clothes]\nuse     = \"idx\"\n"
                "images  = \"/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz\"\n"
                "labels  = \"/usr/share/datasets/fashion-mnist/train-labels-idx1-ubyte.gz\"\n"
                "classes = [0, 6]"}))
