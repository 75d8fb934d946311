#include "core/rules/rule_keywords.h"

#include "base/text.h"
#include "base/unicode.h"
#include "core/rules/lexicon.h"
#include "core/rules/rule_keys.h"

namespace orgo::rules {

KeywordReader::KeywordReader(std::size_t words_max) : words_max_(words_max) {
  for (const auto& words : default_lexicon()) names_.insert(std::string(words.keyword));
}

void KeywordReader::read(YamlReader& reader, const YamlNode& node) {
  if (node.is_nothing() || !reader.expect_mapping(node, "keywords")) return;
  for (const auto& entry : node.entries) {
    const auto name = fold_case(trim(entry.key.text));
    if (name.empty() || name.size() > 64 || has_control(name) || name.find(',') != std::string::npos) {
      reader.error(entry.key, "the name of a keyword is 1 to 64 bytes without a comma");
      continue;
    }
    names_.insert(name);
    const auto words = reader.expect_strings(entry.value, "the words of a keyword");
    if (!words) continue;
    Lexicon probe;
    for (std::size_t i = 0; i < words->size(); ++i) {
      const auto& place_of_word = entry.value.kind == YamlNode::Kind::sequence ? entry.value.items[i] : entry.value;
      const auto& word = (*words)[i];
      if (word.size() > 128) {
        reader.error(place_of_word, "a word of a keyword is at most 128 bytes long");
      } else if (!probe.add(name, word)) {
        reader.error(place_of_word, "'" + word + "' has no letter or digit, so it can't be found");
      } else if (words_.size() >= words_max_) {
        reader.error(place_of_word, "more than " + std::to_string(words_max_) + " words of keywords");
        return;
      } else {
        words_.emplace_back(name, word);
      }
    }
  }
}

}  // namespace orgo::rules
