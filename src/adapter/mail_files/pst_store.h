#pragma once
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace orgo {

/// The properties of single nodes of an Outlook file ([MS-PST], sections 2.2 to 2.4), for facts that readpst does not
/// tell: is there a password, who is on a list, which days of a series fall out. Reads only what is asked for, and
/// bounds it: depth of trees, blocks of a node, bytes of a value. Unicode and ANSI files with pages of 512 bytes, plain
/// or with the permutation ("compressible encryption").
class PstStore {
 public:
  struct Property {
    std::uint16_t type = 0;
    std::uint32_t number = 0;  ///< of types that fit into it: 0x0003 (integer), 0x000B (boolean)
    std::string bytes;         ///< of the others
  };
  using Properties = std::map<std::uint16_t, Property>;

  /// invalid_input: no such file, or one that this does not read.
  static Result<PstStore> open(const std::filesystem::path& file);
  /// Where a node has its data and what lies below it.
  struct Node {
    std::uint64_t data = 0;
    std::uint64_t sub = 0;
  };
  /// nullopt: there is none.
  std::optional<Node> node(std::uint32_t id);
  /// What lies below a node, by id; at most some thousands.
  std::map<std::uint32_t, Node> below(const Node& node);
  /// invalid_input: damaged, or too large.
  Result<Properties> properties(const Node& node);
  /// not_found: no such node.
  Result<Properties> properties(std::uint32_t id);
  /// Under which number this file keeps a property that is named by a number ([MS-OXPROPS]: 0x8054 are the members of a
  /// list that are no contacts); nullopt: it has none such.
  std::optional<std::uint16_t> named(std::uint32_t name);

 private:
  struct Block {
    std::uint64_t place = 0;
    std::size_t size = 0;
  };
  explicit PstStore(const std::filesystem::path& file) : file_(file, std::ios::binary) {}
  bool read(std::uint64_t place, std::size_t size, std::string& out);
  std::optional<std::string> find(std::uint64_t page, std::uint64_t key, std::size_t entry_size);
  std::optional<Block> find_block(std::uint64_t id);
  /// The data blocks of a node, decoded.
  bool data_of(std::uint64_t id, int depth, std::vector<std::string>& blocks);

  std::ifstream file_;
  std::size_t word_ = 8;  ///< bytes of an id or a place
  bool permuted_ = false;
  std::uint64_t nodes_ = 0;  ///< place of the first page of the tree of nodes
  std::uint64_t blocks_ = 0;
  std::optional<std::map<std::uint32_t, std::uint16_t>> names_;
};

/// Does Outlook ask for a password before it shows this file? (PidTagPstPassword of the message store.) The mails are
/// not encrypted by it, so it hinders nobody else.
Result<bool> pst_has_password(const std::filesystem::path& file);

}  // namespace orgo
