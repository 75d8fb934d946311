#include "core/module/lexicon_file.h"

#include <algorithm>
#include <array>

#include "base/json_writer.h"
#include "base/text.h"
#include "base/unicode.h"
#include "base/yaml.h"
#include "core/module/word_forms.h"
#include "core/rules/lexicon.h"

namespace orgo::modules {
namespace {

constexpr std::array<std::string_view, 3> kKeys{"forms", "keywords", "language"};
constexpr std::size_t kWordsMax = 5'000;  // of one file, as written
constexpr std::size_t kWordBytesMax = 100;

}  // namespace

void read_lexicon(const SourceFile& file, Lexicons& lexicons, std::vector<Diagnostic>& errors) {
  const auto root = read_yaml(file, errors);
  if (!root) return;
  YamlReader reader(file, errors);
  if (!reader.expect_mapping(*root, "a lexicon")) return;
  reader.check_keys(*root, "key of a lexicon", kKeys);
  std::string language;
  if (const auto* node = root->find("language")) language = reader.expect_string(*node, "the language").value_or("");
  else reader.error(*root, "this lexicon has no language", "as in language: de");
  bool forms = knows_word_forms(language);
  if (const auto* node = root->find("forms")) {
    const bool wanted = reader.expect_bool(*node).value_or(false);
    if (wanted && !forms)
      reader.error(*node, "the endings of '" + language + "' are not known", "write the forms out and forms: false");
    forms = forms && wanted;
  }
  const auto* keywords = root->find("keywords");
  if (keywords == nullptr || !reader.expect_mapping(*keywords, "keywords")) return;
  std::size_t count = 0;
  for (const auto& [key, value] : keywords->entries) {
    const auto name = fold_case(trim(key.text));
    if (name.empty() || name.size() > 64 || name.find_first_of(",/\n") != std::string::npos) {
      reader.error(key, "the name of a keyword is 1 to 64 bytes without comma and /");
      continue;
    }
    lexicons.places.try_emplace(name, file.path + ":" + std::to_string(key.line));
    auto& all = lexicons.words[name];
    const auto words = reader.expect_strings(value, "the words of a keyword");
    if (!words) continue;
    rules::Lexicon probe;
    for (std::size_t i = 0; i < words->size(); ++i) {
      const auto& place = value.kind == YamlNode::Kind::sequence ? value.items[i] : value;
      auto word = trim((*words)[i]);
      const bool exact = word.starts_with('=');
      if (exact) word = trim(word.substr(1));
      if (word.size() > kWordBytesMax || !probe.add(name, word)) {
        reader.error(place, "'" + std::string(cut_utf8(word, 64)) + "' can't be looked for: 1 to " +
                                std::to_string(kWordBytesMax) + " bytes with a letter or digit");
        continue;
      }
      if (++count > kWordsMax)
        return reader.error(place, "more than " + std::to_string(kWordsMax) + " words in one lexicon");
      for (auto& form : forms && !exact ? word_forms(language, word) : std::vector{std::string(word)})
        if (std::find(all.begin(), all.end(), form) == all.end()) all.push_back(std::move(form));
    }
  }
}

SourceFile keywords_file(const Lexicons& lexicons, const std::string& folder) {
  SourceFile file{folder + "/lexicon", "keywords:\n"};
  auto& text = file.text;
  // A line for each word: the reader of YAML counts columns from the beginning of a line.
  for (const auto& [keyword, words] : lexicons.words) {
    if (words.empty()) continue;
    text += "  ";
    append_json_string(text, keyword);
    text += ":\n";
    for (const auto& word : words) {
      text += "    - ";
      append_json_string(text, word);
      text += '\n';
    }
  }
  if (text.size() == std::string_view("keywords:\n").size()) text += "  {}\n";
  return file;
}

}  // namespace orgo::modules
