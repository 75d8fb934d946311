#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace orgo::rules {

/// Several words that do something together.
struct Phrase {
  enum class Kind : std::int8_t {
    denies,  ///< all that comes behind them in the clause: "no need to"
    names,   ///< a thing or a case that is not there now: "emergency exit", "in case of emergency"
    opens,   ///< the same, where they begin a clause: "In an emergency, call ..."
  };
  Kind kind = Kind::denies;
  std::vector<std::string> rest;  ///< the words behind the first
};

/// What a word does to those around it in a text that denies something (core/rules/negation.h).
struct Role {
  bool denying = false;        ///< the word behind it: "not", "kein"
  bool denied_before = false;  ///< the word before it: "değil"
  bool ends = false;           ///< what stands before it when it ends the clause: "dringend ist es nicht"
  bool no = false;             ///< part of an answer that is no
  bool low = false;            ///< a low degree: "urgency low"
  bool drill = false;          ///< the word before it is but an exercise
  bool expects_yes = false;    ///< at the beginning of a question: "isn't this urgent?"
  bool asks = false;           ///< begins a question: "is this not urgent?"
  bool haste = false;          ///< a verb of urgency: "eilt"
  bool level = false;          ///< has degrees: "urgency"
  bool filler = false;         ///< may stand between, and changes nothing
  bool acts = false;           ///< more than filler, haste and level
  std::vector<Phrase> phrases;  ///< that begin with it
};

/// The words of denial, as fold_case() writes them, like the words of the text.
class Vocabulary {
 public:
  static const Vocabulary& instance();
  /// nullptr: it is a word like any other.
  [[nodiscard]] const Role* find(std::string_view folded) const;
  /// Most words deny nothing, and the first byte and length of a plain one say so before it is folded.
  [[nodiscard]] bool may_matter(std::string_view ascii_word) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view word) const { return std::hash<std::string_view>{}(word); }
  };

  Vocabulary();
  Role& of(std::string_view word);
  Role& acting(std::string_view word);
  void add_phrase(std::string_view phrase, Phrase::Kind kind);
  static std::uint32_t bit(std::string_view word) { return 1U << std::min<std::size_t>(word.size(), 31); }

  std::unordered_map<std::string, Role, Hash, std::equal_to<>> roles_;
  Role korean_;
  std::vector<std::string> korean_stems_;  ///< as fold_case() writes them
  std::array<std::uint32_t, 256> lengths_{};  ///< by first byte: one bit for each length that occurs
};

}  // namespace orgo::rules
