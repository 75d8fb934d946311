#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/diagnostic.h"

namespace orgo::modules {

/// The words of a module by keyword, with all their forms; keywords in lower case.
struct Lexicons {
  std::map<std::string, std::vector<std::string>> words;
  std::map<std::string, std::string> places;  ///< keyword -> "lexicon/de.yaml:4", where it is declared first
};

/// Adds what one file of lexicon/ says:
///
///     language: de        # its endings are applied to each word
///     forms: true         # false: words are found as they are written
///     keywords:
///       leak: [Leck, Wasserschaden, tropfen, "=undicht"]     # with = in front: this form only
void read_lexicon(const SourceFile& file, Lexicons& lexicons, std::vector<Diagnostic>& errors);

/// The same as a rule file, for rules::load_rules().
SourceFile keywords_file(const Lexicons& lexicons, const std::string& folder);

}  // namespace orgo::modules
