#include "adapter/mail_files/pst_store.h"

#include <array>

namespace orgo {
namespace {

constexpr int kDepthMost = 8;
constexpr std::size_t kBlocksMost = 4'096;  // of one node: 32 MB
constexpr std::size_t kBlockMost = 8'192;
constexpr std::size_t kRecordsMost = 4'096;
constexpr std::uint32_t kMessageStore = 0x21;
constexpr std::uint16_t kPassword = 0x67FF;
constexpr std::uint32_t kNames = 0x61;  // the map of named properties, section 2.4.7
constexpr std::uint16_t kNameEntries = 0x0003;
constexpr std::uint16_t kInteger = 0x0003;
constexpr std::uint16_t kBoolean = 0x000B;

/// [MS-PST], section 5.1, mpbbI: decodes the permutation.
constexpr std::array<unsigned char, 256> kPermutation = {
    0x47, 0xf1, 0xb4, 0xe6, 0x0b, 0x6a, 0x72, 0x48, 0x85, 0x4e, 0x9e, 0xeb, 0xe2, 0xf8, 0x94, 0x53, 0xe0, 0xbb, 0xa0,
    0x02, 0xe8, 0x5a, 0x09, 0xab, 0xdb, 0xe3, 0xba, 0xc6, 0x7c, 0xc3, 0x10, 0xdd, 0x39, 0x05, 0x96, 0x30, 0xf5, 0x37,
    0x60, 0x82, 0x8c, 0xc9, 0x13, 0x4a, 0x6b, 0x1d, 0xf3, 0xfb, 0x8f, 0x26, 0x97, 0xca, 0x91, 0x17, 0x01, 0xc4, 0x32,
    0x2d, 0x6e, 0x31, 0x95, 0xff, 0xd9, 0x23, 0xd1, 0x00, 0x5e, 0x79, 0xdc, 0x44, 0x3b, 0x1a, 0x28, 0xc5, 0x61, 0x57,
    0x20, 0x90, 0x3d, 0x83, 0xb9, 0x43, 0xbe, 0x67, 0xd2, 0x46, 0x42, 0x76, 0xc0, 0x6d, 0x5b, 0x7e, 0xb2, 0x0f, 0x16,
    0x29, 0x3c, 0xa9, 0x03, 0x54, 0x0d, 0xda, 0x5d, 0xdf, 0xf6, 0xb7, 0xc7, 0x62, 0xcd, 0x8d, 0x06, 0xd3, 0x69, 0x5c,
    0x86, 0xd6, 0x14, 0xf7, 0xa5, 0x66, 0x75, 0xac, 0xb1, 0xe9, 0x45, 0x21, 0x70, 0x0c, 0x87, 0x9f, 0x74, 0xa4, 0x22,
    0x4c, 0x6f, 0xbf, 0x1f, 0x56, 0xaa, 0x2e, 0xb3, 0x78, 0x33, 0x50, 0xb0, 0xa3, 0x92, 0xbc, 0xcf, 0x19, 0x1c, 0xa7,
    0x63, 0xcb, 0x1e, 0x4d, 0x3e, 0x4b, 0x1b, 0x9b, 0x4f, 0xe7, 0xf0, 0xee, 0xad, 0x3a, 0xb5, 0x59, 0x04, 0xea, 0x40,
    0x55, 0x25, 0x51, 0xe5, 0x7a, 0x89, 0x38, 0x68, 0x52, 0x7b, 0xfc, 0x27, 0xae, 0xd7, 0xbd, 0xfa, 0x07, 0xf4, 0xcc,
    0x8e, 0x5f, 0xef, 0x35, 0x9c, 0x84, 0x2b, 0x15, 0xd5, 0x77, 0x34, 0x49, 0xb6, 0x12, 0x0a, 0x7f, 0x71, 0x88, 0xfd,
    0x9d, 0x18, 0x41, 0x7d, 0x93, 0xd8, 0x58, 0x2c, 0xce, 0xfe, 0x24, 0xaf, 0xde, 0xb8, 0x36, 0xc8, 0xa1, 0x80, 0xa6,
    0x99, 0x98, 0xa8, 0x2f, 0x0e, 0x81, 0x65, 0x73, 0xe4, 0xc2, 0xa2, 0x8a, 0xd4, 0xe1, 0x11, 0xd0, 0x08, 0x8b, 0x2a,
    0xf2, 0xed, 0x9a, 0x64, 0x3f, 0xc1, 0x6c, 0xf9, 0xec,
};

std::uint64_t little(const std::string& bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  if (at + size > bytes.size()) return 0;
  for (std::size_t i = 0; i < size; ++i)
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[at + i])) << (8U * i);
  return value;
}

/// A heap on a node ([MS-PST], section 2.3.1): small things, each named by block and number.
struct Heap {
  const std::vector<std::string>& blocks;

  [[nodiscard]] std::optional<std::string> item(std::uint32_t id) const {
    const std::size_t index = (id >> 5U) & 0x7FFU;
    const std::size_t block = id >> 16U;
    if ((id & 0x1FU) != 0 || index == 0 || block >= blocks.size()) return std::nullopt;
    const auto& bytes = blocks[block];
    const auto map = static_cast<std::size_t>(little(bytes, 0, 2));
    const auto count = static_cast<std::size_t>(little(bytes, map, 2));
    if (index > count || map + 4 + (count + 1) * 2 > bytes.size()) return std::nullopt;
    const auto begin = static_cast<std::size_t>(little(bytes, map + 4 + (index - 1) * 2, 2));
    const auto end = static_cast<std::size_t>(little(bytes, map + 4 + index * 2, 2));
    if (begin > end || end > bytes.size()) return std::nullopt;
    return bytes.substr(begin, end - begin);
  }
};

}  // namespace

bool PstStore::read(std::uint64_t place, std::size_t size, std::string& out) {
  out.assign(size, '\0');
  file_.clear();
  file_.seekg(static_cast<std::streamoff>(place));
  file_.read(out.data(), static_cast<std::streamsize>(size));
  return static_cast<std::size_t>(file_.gcount()) == size;
}

Result<PstStore> PstStore::open(const std::filesystem::path& path) {
  PstStore store(path);
  std::string head;
  if (!store.read(0, 564, head) || !head.starts_with("!BDN"))
    return failure(Errc::invalid_input, "this is no Outlook file");
  const auto version = little(head, 10, 2);
  const bool ansi = version == 14 || version == 15;
  if (!ansi && version != 21 && version != 23)
    return failure(Errc::invalid_input, "an Outlook file of version " + std::to_string(version));
  store.word_ = ansi ? 4 : 8;
  store.nodes_ = ansi ? little(head, 188, 4) : little(head, 224, 8);
  store.blocks_ = ansi ? little(head, 196, 4) : little(head, 240, 8);
  const auto coding = static_cast<unsigned char>(head[ansi ? 461 : 513]);
  if (coding > 1) return failure(Errc::invalid_input, "an Outlook file in an encoding that is not read here");
  store.permuted_ = coding == 1;
  return store;
}

std::optional<std::string> PstStore::find(std::uint64_t page, std::uint64_t key, std::size_t entry_size) {
  const std::size_t meta = word_ == 8 ? 488 : 496;
  for (int depth = 0; depth < kDepthMost; ++depth) {
    std::string bytes;
    if (!read(page, 512, bytes)) return std::nullopt;
    const auto count = static_cast<std::size_t>(static_cast<unsigned char>(bytes[meta]));
    const auto size = static_cast<std::size_t>(static_cast<unsigned char>(bytes[meta + 2]));
    const bool leaf = bytes[meta + 3] == 0;
    if (size < (leaf ? entry_size : word_ * 3) || count * size > meta) return std::nullopt;
    std::optional<std::uint64_t> next;
    for (std::size_t i = 0; i < count; ++i) {
      const auto own = little(bytes, i * size, word_);
      if (leaf && own == key) return bytes.substr(i * size, size);
      if (!leaf && own <= key) next = little(bytes, i * size + word_ * 2, word_);
    }
    if (leaf || !next) return std::nullopt;
    page = *next;
  }
  return std::nullopt;
}

std::optional<PstStore::Node> PstStore::node(std::uint32_t id) {
  const auto entry = find(nodes_, id, word_ * 4);
  if (!entry) return std::nullopt;
  return Node{little(*entry, word_, word_), little(*entry, word_ * 2, word_)};
}

std::optional<PstStore::Block> PstStore::find_block(std::uint64_t id) {
  const auto entry = find(blocks_, id & ~std::uint64_t{1}, word_ * 2 + 4);
  if (!entry) return std::nullopt;
  return Block{little(*entry, word_, word_), static_cast<std::size_t>(little(*entry, word_ * 2, 2))};
}

bool PstStore::data_of(std::uint64_t id, int depth, std::vector<std::string>& blocks) {
  const auto block = find_block(id);
  std::string bytes;
  if (!block || block->size > kBlockMost || depth > 2 || blocks.size() >= kBlocksMost ||
      !read(block->place, block->size, bytes))
    return false;
  if ((id & 2U) == 0) {
    if (permuted_)
      for (auto& c : bytes) c = static_cast<char>(kPermutation[static_cast<unsigned char>(c)]);
    blocks.push_back(std::move(bytes));
    return true;
  }
  if (bytes.size() < 8 || bytes[0] != 1) return false;
  const auto count = static_cast<std::size_t>(little(bytes, 2, 2));
  if (8 + count * word_ > bytes.size()) return false;
  for (std::size_t i = 0; i < count; ++i)
    if (!data_of(little(bytes, 8 + i * word_, word_), depth + 1, blocks)) return false;
  return true;
}

std::map<std::uint32_t, PstStore::Node> PstStore::below(const Node& node) {
  std::map<std::uint32_t, Node> found;
  // Leaves, or one level of references to leaves (section 2.2.2.8.3.3); these blocks are not permuted.
  std::vector<std::pair<std::uint64_t, int>> open{{node.sub, 0}};
  while (!open.empty() && found.size() < kRecordsMost) {
    const auto [id, depth] = open.back();
    open.pop_back();
    const auto block = id == 0 ? std::nullopt : find_block(id);
    std::string bytes;
    if (!block || block->size > kBlockMost || !read(block->place, block->size, bytes) || bytes.size() < 8 ||
        bytes[0] != 2)
      continue;
    const bool leaf = bytes[1] == 0;
    const std::size_t size = word_ * (leaf ? 3 : 2);
    const auto count = static_cast<std::size_t>(little(bytes, 2, 2));
    for (std::size_t i = 0; i < count; ++i) {
      const auto at = word_ + i * size;
      if (at + size > bytes.size()) break;
      if (leaf)
        found[static_cast<std::uint32_t>(little(bytes, at, 4))] = {little(bytes, at + word_, word_),
                                                                   little(bytes, at + word_ * 2, word_)};
      else if (depth == 0 && open.size() < kBlocksMost) open.emplace_back(little(bytes, at + word_, word_), depth + 1);
    }
  }
  return found;
}

std::optional<std::uint16_t> PstStore::named(std::uint32_t name) {
  if (!names_) {
    names_.emplace();
    const auto map = properties(kNames);
    const auto entries = map ? map->find(kNameEntries) : PstStore::Properties::const_iterator{};
    if (map && entries != map->end()) {
      const auto& bytes = entries->second.bytes;
      for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8)
        if ((little(bytes, at + 4, 2) & 1U) == 0)  // else it is named by a text
          names_->emplace(static_cast<std::uint32_t>(little(bytes, at, 4)),
                          static_cast<std::uint16_t>(0x8000 + little(bytes, at + 6, 2)));
    }
  }
  const auto found = names_->find(name);
  if (found == names_->end()) return std::nullopt;
  return found->second;
}

Result<PstStore::Properties> PstStore::properties(std::uint32_t id) {
  const auto found = node(id);
  if (!found) return failure(Errc::not_found, "the Outlook file has no node " + std::to_string(id));
  return properties(*found);
}

Result<PstStore::Properties> PstStore::properties(const Node& node) {
  const auto damaged = [&] { return failure(Errc::invalid_input, "a node of the Outlook file can't be read"); };
  std::vector<std::string> blocks;
  if (!data_of(node.data, 0, blocks) || blocks.empty()) return damaged();
  const auto sub = below(node);
  const auto& first = blocks.front();
  if (first.size() < 12 || static_cast<unsigned char>(first[2]) != 0xEC) return damaged();
  const Heap heap{blocks};
  const auto head = heap.item(static_cast<std::uint32_t>(little(first, 4, 4)));
  if (!head || head->size() < 8 || static_cast<unsigned char>((*head)[0]) != 0xB5 || (*head)[1] != 2 || (*head)[2] != 6)
    return damaged();
  // A tree on the heap (section 2.3.2): levels of keys with the items below, then records of property, type and value.
  std::vector<std::uint32_t> items{static_cast<std::uint32_t>(little(*head, 4, 4))};
  const int levels = static_cast<unsigned char>((*head)[3]);
  if (levels > kDepthMost) return damaged();
  for (int level = 0; level < levels; ++level) {
    std::vector<std::uint32_t> below;
    for (const auto id : items) {
      const auto bytes = heap.item(id);
      if (!bytes) return damaged();
      for (std::size_t at = 0; at + 6 <= bytes->size() && below.size() < kRecordsMost; at += 6)
        below.push_back(static_cast<std::uint32_t>(little(*bytes, at + 2, 4)));
    }
    items = std::move(below);
  }
  Properties properties;
  for (const auto id : items) {
    const auto bytes = heap.item(id);
    if (!bytes) return damaged();
    for (std::size_t at = 0; at + 8 <= bytes->size() && properties.size() < kRecordsMost; at += 8) {
      Property property;
      property.type = static_cast<std::uint16_t>(little(*bytes, at + 2, 2));
      property.number = static_cast<std::uint32_t>(little(*bytes, at + 4, 4));
      if (property.type != kInteger && property.type != kBoolean) {
        const auto larger = sub.find(property.number);
        std::vector<std::string> pieces;
        if ((property.number & 0x1FU) == 0) property.bytes = heap.item(property.number).value_or(std::string());
        else if (larger != sub.end() && data_of(larger->second.data, 0, pieces))
          for (const auto& piece : pieces) property.bytes += piece;
      }
      properties[static_cast<std::uint16_t>(little(*bytes, at, 2))] = std::move(property);
    }
  }
  return properties;
}

Result<bool> pst_has_password(const std::filesystem::path& file) {
  ORGO_TRY(store, PstStore::open(file));
  ORGO_TRY(properties, store.properties(kMessageStore));
  const auto password = properties.find(kPassword);
  return password != properties.end() && password->second.type == kInteger && password->second.number != 0;
}

}  // namespace orgo
