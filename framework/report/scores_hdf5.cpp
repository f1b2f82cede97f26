#include "framework/report/scores_hdf5.hpp"

#include "framework/data/dataset.hpp"

#include <initializer_list>
#include <span>

#include <hdf5.h>

namespace steppe::report {

namespace {

/// An identifier that is closed by its own function.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_{id}, close_{close} {
    if (id < 0) throw data::DataError{"HDF5 cannot write the scores"};
  }
  ~Handle() { close_(id_); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  operator hid_t() const { return id_; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

void check(herr_t status) {
  if (status < 0) throw data::DataError{"HDF5 cannot write the scores"};
}

/// HDF5 wants an address even of nothing.
template <class T>
void write(hid_t file, const char* name, hid_t type, const std::vector<T>& values,
           std::initializer_list<hsize_t> shape) {
  const Handle space{H5Screate_simple(static_cast<int>(shape.size()), std::data(shape), nullptr),
                     H5Sclose};
  const Handle set{H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                   H5Dclose};
  const T nothing{};
  check(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                 values.empty() ? &nothing : values.data()));
}

void write_text(hid_t file, const char* name, const std::string& text) {
  const Handle type{H5Tcopy(H5T_C_S1), H5Tclose};
  check(H5Tset_size(type, text.size() + 1));
  check(H5Tset_cset(type, H5T_CSET_UTF8));
  const Handle space{H5Screate(H5S_SCALAR), H5Sclose};
  const Handle attribute{H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose};
  check(H5Awrite(attribute, type, text.c_str()));
}

/// A byte an event: 0 train, 1 validation, 2 test, named in the attribute "splits".
void write_splits(hid_t file, const std::vector<data::Split>& splits) {
  std::vector<std::uint8_t> bytes;
  for (const auto split : splits) bytes.push_back(static_cast<std::uint8_t>(split));
  write(file, "split", H5T_NATIVE_UINT8, bytes, {bytes.size()});
  write_text(file, "splits", "0 train, 1 validation, 2 test");
}

}  // namespace

std::string hdf5_bytes(const EventScores& s) {
  // A file in memory: what reaches the disk is written whole, like every other file.
  const Handle access{H5Pcreate(H5P_FILE_ACCESS), H5Pclose};
  check(H5Pset_fapl_core(access, std::size_t{1} << 20, false));
  const Handle file{H5Fcreate("scores", H5F_ACC_TRUNC, H5P_DEFAULT, access), H5Fclose};
  const hsize_t events = s.event_ids.size(), outputs = s.outputs;
  write_text(file, "network", s.network);
  write(file, "event_id", H5T_NATIVE_UINT64, s.event_ids, {events});
  if (!s.labels.empty()) write(file, "label", H5T_NATIVE_FLOAT, s.labels, {events});
  if (!s.splits.empty()) write_splits(file, s.splits);
  write(file, "weight", H5T_NATIVE_FLOAT, s.weights, {events});
  write(file, "logit", H5T_NATIVE_FLOAT, s.logits, {events, outputs});
  write(file, "score", H5T_NATIVE_FLOAT, s.scores, {events, outputs});
  check(H5Fflush(file, H5F_SCOPE_GLOBAL));
  const auto size = H5Fget_file_image(file, nullptr, 0);
  if (size < 0) throw data::DataError{"HDF5 cannot write the scores"};
  std::string out(static_cast<std::size_t>(size), '\0');
  if (H5Fget_file_image(file, out.data(), out.size()) < 0)
    throw data::DataError{"HDF5 cannot write the scores"};
  return out;
}

}  // namespace steppe::report
