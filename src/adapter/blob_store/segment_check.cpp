#include "adapter/blob_store/segment_check.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/hash.h"
#include "base/planted.h"

namespace orgo {

SegmentCheck::SegmentCheck(std::vector<SegmentPlace> wanted) : wanted_(std::move(wanted)) {
  const auto order = [](const SegmentPlace& place) { return std::pair(place.offset, place.length); };
  std::ranges::sort(wanted_, {}, order);
  const auto doubles = std::ranges::unique(wanted_, {}, order);
  wanted_.erase(doubles.begin(), doubles.end());
}

void SegmentCheck::begin_next() {
  ++next_;
  header_.clear();
  left_ = 0;
  crc_ = 0;
}

void SegmentCheck::add(std::string_view bytes) {
  const auto take = [&](std::int64_t most) {
    const auto some = bytes.substr(0, static_cast<std::size_t>(std::min<std::int64_t>(most, std::ssize(bytes))));
    bytes.remove_prefix(some.size());
    at_ += std::ssize(some);
    return some;
  };
  const auto end_with = [&](bool is_sound) {
    if (!is_sound) damaged_.push_back(wanted_[next_]);
    begin_next();
  };
  while (!bytes.empty() && next_ < wanted_.size()) {
    const auto& one = wanted_[next_];
    if (header_.empty() && at_ > one.offset) {
      end_with(false);  // it begins within another one
      continue;
    }
    if (header_.empty() && at_ < one.offset) {
      take(one.offset - at_);
      continue;
    }
    if (header_.size() < kSegmentHeaderBytes) {
      header_ += take(static_cast<std::int64_t>(kSegmentHeaderBytes - header_.size()));
      if (header_.size() < kSegmentHeaderBytes) return;
      SegmentHeader header;
      std::memcpy(&header, header_.data(), sizeof(header));
      if (!is_sound(header, one.length)) {
        end_with(false);
        continue;
      }
      left_ = static_cast<std::int64_t>(header.stored);
      expected_ = header.data_crc;
    } else {
      const auto some = take(left_);
      crc_ = crc32c(some, crc_);
      left_ -= std::ssize(some);
    }
    if (left_ == 0) end_with(crc_ == expected_ || ORGO_PLANT(backup_believes_its_mails));
  }
  at_ += std::ssize(bytes);
}

std::vector<SegmentPlace> SegmentCheck::finish() {
  for (; next_ < wanted_.size(); ++next_) damaged_.push_back(wanted_[next_]);
  return std::move(damaged_);
}

}  // namespace orgo
