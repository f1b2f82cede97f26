// Arrays of floats that lie in a file as chunks packed with deflate, read chunk by chunk as they
// lie there and unpacked on all threads.
//
// libhdf5 does the same for one chunk at a time, under a lock; nine tenths of the time of reading
// jets are spent there. What is not packed like this is left to it.
#pragma once

#include <steppe/kernel.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include "hdf5_handle.hpp"
#include "inflate.hpp"
#include "parallel.hpp"

namespace steppe::hdf5 {

/// Values whose first bytes lie at `bytes`, their second ones `apart` further on, and so on: what
/// shuffle makes of them.
STEPPE_KERNEL inline void join_planes(const unsigned char* bytes, std::size_t apart,
                                      std::size_t count, float* to) {
  const unsigned char *a = bytes, *b = a + apart, *c = b + apart, *d = c + apart;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t bits = std::uint32_t{a[i]} | std::uint32_t{b[i]} << 8U |
                               std::uint32_t{c[i]} << 16U | std::uint32_t{d[i]} << 24U;
    std::memcpy(to + i, &bits, sizeof bits);
  }
}

class PackedChunks {
 public:
  /// nullopt where the data set is not made of 32-bit floats, little endian, in chunks, packed with
  /// deflate or with shuffle and deflate.
  static std::optional<PackedChunks> of(const Handle& data_set) {
    PackedChunks out;
    const Handle type{H5Dget_type(data_set.get()), H5Tclose};
    const Handle how{H5Dget_create_plist(data_set.get()), H5Pclose};
    const bool floats =
        H5Tequal(type.get(), H5T_IEEE_F32LE) > 0 && H5Tequal(type.get(), H5T_NATIVE_FLOAT) > 0;
    if (!floats || H5Pget_layout(how.get()) != H5D_CHUNKED || !out.knows_filters(how)) return {};
    const Handle space{H5Dget_space(data_set.get()), H5Sclose};
    out.chunk_.resize(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space.get())));
    H5Pget_chunk(how.get(), static_cast<int>(out.chunk_.size()), out.chunk_.data());
    for (const auto n : out.chunk_) out.size_ *= n;
    return out;
  }

  /// Rows of a chunk.
  hsize_t rows() const { return chunk_[0]; }

  /// Reads the box of `count` values from `start`, row-major. @returns false where something is
  /// not as expected: libhdf5 then says what, or knows better.
  bool read(const Handle& data_set, const std::vector<hsize_t>& start,
            const std::vector<hsize_t>& count, float* to) const {
    std::vector<Piece> pieces;
    Bytes packed;
    {
      const std::lock_guard lock{library_lock()};
      if (!find(data_set, start, count, pieces) || !load(data_set, pieces, packed)) return false;
    }
    std::vector<char> good(pieces.size(), 0);
    in_parallel(pieces.size(), [&](std::size_t i) {
      good[i] = unpack(pieces[i], packed.get(), start, count, to) ? 1 : 0;
    });
    return std::find(good.begin(), good.end(), 0) == good.end();
  }

 private:
  using Bytes = std::unique_ptr<unsigned char[]>;

  /// A chunk as it lies in the file.
  struct Piece {
    std::vector<hsize_t> offset;
    std::size_t begin = 0, bytes = 0;  ///< among all that were loaded
  };

  bool knows_filters(const Handle& how) {
    const int filters = H5Pget_nfilters(how.get());
    for (int i = 0; i < filters; ++i) {
      unsigned flags = 0, settings = 0;
      std::size_t values = 0;
      const auto filter = H5Pget_filter2(how.get(), static_cast<unsigned>(i), &flags, &values,
                                         nullptr, 0, nullptr, &settings);
      if (i == 0 && filter == H5Z_FILTER_SHUFFLE)
        shuffled_ = true;
      else if (i != filters - 1 || filter != H5Z_FILTER_DEFLATE)
        return false;
    }
    return filters == (shuffled_ ? 2 : 1);
  }

  /// Every chunk that has a part in the box.
  bool find(const Handle& data_set, const std::vector<hsize_t>& start,
            const std::vector<hsize_t>& count, std::vector<Piece>& pieces) const {
    auto at = start;
    for (std::size_t d = 0; d < at.size(); ++d) at[d] -= at[d] % chunk_[d];
    const auto first = at;
    std::size_t begin = 0;
    for (bool more = true; more;) {
      hsize_t bytes = 0;
      if (H5Dget_chunk_storage_size(data_set.get(), at.data(), &bytes) < 0 || bytes == 0)
        return false;
      pieces.push_back({at, begin, static_cast<std::size_t>(bytes)});
      begin += pieces.back().bytes;
      more = false;
      for (std::size_t d = at.size(); d-- > 0 && !more;) {
        at[d] += chunk_[d];
        more = at[d] < start[d] + count[d];
        if (!more) at[d] = first[d];
      }
    }
    return true;
  }

  /// Those chunks, as they lie in the file.
  static bool load(const Handle& data_set, const std::vector<Piece>& pieces, Bytes& packed) {
    packed =
        std::make_unique_for_overwrite<unsigned char[]>(pieces.back().begin + pieces.back().bytes);
    std::uint32_t left_out = 0;  // filters that were of no use for this chunk
    for (const auto& piece : pieces)
      if (H5Dread_chunk(data_set.get(), H5P_DEFAULT, piece.offset.data(), &left_out,
                        packed.get() + piece.begin) < 0 ||
          left_out != 0)
        return false;
    return true;
  }

  bool unpack(const Piece& piece, const unsigned char* packed, const std::vector<hsize_t>& start,
              const std::vector<hsize_t>& count, float* to) const {
    const auto size = size_ * sizeof(float);
    const auto bytes = std::make_unique_for_overwrite<unsigned char[]>(size);
    if (!inflate(packed + piece.begin, piece.bytes, bytes.get(), size)) return false;
    copy_overlap(piece.offset, bytes.get(), start, count, to);
    return true;
  }

  /// What of a chunk lies in the box, run by run along the last axis.
  void copy_overlap(const std::vector<hsize_t>& offset, const unsigned char* chunk,
                    const std::vector<hsize_t>& start, const std::vector<hsize_t>& count,
                    float* to) const {
    const auto axes = offset.size();
    std::vector<hsize_t> left(axes), extent(axes), from_step(axes, 1), to_step(axes, 1);
    std::size_t from_place = 0, to_place = 0;
    for (std::size_t d = axes; d-- > 0;) {
      if (d + 1 < axes) {
        from_step[d] = from_step[d + 1] * chunk_[d + 1];
        to_step[d] = to_step[d + 1] * count[d + 1];
      }
      const auto begin = std::max(offset[d], start[d]);
      extent[d] = std::min(offset[d] + chunk_[d], start[d] + count[d]) - begin;
      from_place += (begin - offset[d]) * from_step[d];
      to_place += (begin - start[d]) * to_step[d];
    }
    left = extent;
    for (bool more = true; more;) {
      copy_run(chunk, from_place, extent.back(), to + to_place);
      more = false;
      for (std::size_t d = axes - 1; d-- > 0 && !more;) {
        from_place += from_step[d];
        to_place += to_step[d];
        more = --left[d] > 0;
        if (more) continue;
        from_place -= extent[d] * from_step[d];
        to_place -= extent[d] * to_step[d];
        left[d] = extent[d];
      }
    }
  }

  void copy_run(const unsigned char* chunk, std::size_t place, std::size_t length,
                float* to) const {
    if (shuffled_)
      join_planes(chunk + place, size_, length, to);
    else
      std::memcpy(to, chunk + place * sizeof(float), length * sizeof(float));
  }

  std::vector<hsize_t> chunk_;
  std::size_t size_ = 1;  ///< values of a chunk
  bool shuffled_ = false;
};

}  // namespace steppe::hdf5
