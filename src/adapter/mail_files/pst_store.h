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

/// The properties of single nodes of an Outlook file ([MS-PST], sections 2.2 to 2.4), for facts that readpst does not tell: is
/// there a password? Reads only what is asked for, and bounds it: depth of trees, blocks of a node, bytes of a value.
/// Unicode and ANSI files with pages of 512 bytes, plain or with the permutation ("compressible encryption").
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
  /// not_found: no such node. invalid_input: damaged, or too large.
  Result<Properties> properties(std::uint32_t node);

 private:
  struct Block {
    std::uint64_t place = 0;
    std::size_t size = 0;
  };
  struct Node {
    std::uint64_t data = 0;
    std::uint64_t sub = 0;
  };
  explicit PstStore(const std::filesystem::path& file) : file_(file, std::ios::binary) {}
  bool read(std::uint64_t place, std::size_t size, std::string& out);
  std::optional<std::string> find(std::uint64_t page, std::uint64_t key, std::size_t entry_size);
  std::optional<Node> find_node(std::uint32_t node);
  std::optional<Block> find_block(std::uint64_t id);
  /// The data blocks of a node, decoded.
  bool data_of(std::uint64_t id, int depth, std::vector<std::string>& blocks);

  std::ifstream file_;
  std::size_t word_ = 8;  ///< bytes of an id or a place
  bool permuted_ = false;
  std::uint64_t nodes_ = 0;   ///< place of the first page of the tree of nodes
  std::uint64_t blocks_ = 0;
};

/// Does Outlook ask for a password before it shows this file? (PidTagPstPassword of the message store.) The mails are not
/// encrypted by it, so it hinders nobody else.
Result<bool> pst_has_password(const std::filesystem::path& file);

}  // namespace orgo
