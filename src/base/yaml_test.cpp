#include "base/yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace orgo {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

std::string errors_of(const std::string& yaml, const YamlLimits& limits = {}) {
  const SourceFile source{"f.yaml", yaml};
  std::vector<Diagnostic> errors;
  (void)read_yaml(source, errors, limits);
  std::string text;
  for (const auto& error : errors)
    text += std::to_string(error.line) + ":" + std::to_string(error.column) + ": " + error.message + "\n";
  return text;
}

YamlNode read(const std::string& yaml) {
  const SourceFile source{"f.yaml", yaml};
  std::vector<Diagnostic> errors;
  auto node = read_yaml(source, errors);
  EXPECT_THAT(errors, IsEmpty()) << to_string(errors, {source});
  return node.value_or(YamlNode{});
}

TEST(Yaml, KeepsTextAndPlaces) {
  const auto root = read("a: no\nb: \"x\\ty\"\nc:\n  - 010\n  - \u00FC: [1, two]\n");
  ASSERT_EQ(root.kind, YamlNode::Kind::mapping);
  EXPECT_EQ(root.find("a")->text, "no");
  EXPECT_FALSE(root.find("a")->quoted);
  EXPECT_EQ(root.find("b")->text, "x\ty");
  EXPECT_TRUE(root.find("b")->quoted);
  const auto* list = root.find("c");
  ASSERT_NE(list, nullptr);
  EXPECT_EQ(list->items[0].text, "010");
  const auto& inner = list->items[1].entries[0];
  EXPECT_EQ(inner.key.line, 5);
  EXPECT_EQ(inner.key.column, 5);
  EXPECT_EQ(inner.value.column, 8) << "columns are characters";
  EXPECT_EQ(inner.value.items[1].column, 12);
}

TEST(Yaml, NothingIsToldFromEmptyText) {
  const auto root = read("a:\nb: ~\nc: ''\nd: null\n");
  EXPECT_TRUE(root.find("a")->is_nothing());
  EXPECT_TRUE(root.find("b")->is_nothing());
  EXPECT_FALSE(root.find("c")->is_nothing());
  EXPECT_TRUE(root.find("d")->is_nothing());
  EXPECT_EQ(read("").kind, YamlNode::Kind::mapping);
  EXPECT_EQ(read("# only a comment\n").kind, YamlNode::Kind::mapping);
  EXPECT_EQ(read("\xEF\xBB\xBF"
                 "a: 1\n")
                .find("a")
                ->text,
            "1");
}

TEST(Yaml, JsonIsYaml) {
  const auto root = read(R"({"a": ["x", {"b": "\u00fc"}]})");
  EXPECT_EQ(root.find("a")->items[1].find("b")->text, "\u00FC");
}

TEST(Yaml, RefusesWhatPeopleDontNeed) {
  EXPECT_EQ(errors_of("a: 1\nb: 2\na: 3\n"), "3:1: 'a' is here a second time\n");
  EXPECT_EQ(errors_of("a: &x 1\n"), "1:4: anchors (&name) are not allowed\n");
  EXPECT_EQ(errors_of("a: &x [1]\nb: *x\n"), "1:4: anchors (&name) are not allowed\n");
  EXPECT_EQ(errors_of("a: !!int 1\n"), "1:4: tags (!!name) are not allowed\n");
  EXPECT_EQ(errors_of("a: !x {}\n"), "1:4: tags (!!name) are not allowed\n");
  EXPECT_EQ(errors_of("a: ! x\n"), "1:4: tags (!!name) are not allowed\n");
  EXPECT_EQ(errors_of("a: 1\n---\nb: 2\n"), "2:1: a second document begins here\n");
  EXPECT_EQ(errors_of("? [a, b]\n: 1\n"), "1:3: a key must be a text\n");
  EXPECT_EQ(errors_of("a: \xFF\n"), "1:4: not UTF-8\n");
  EXPECT_EQ(errors_of(std::string("a: \x01\n")), "1:4: a control character\n");
}

TEST(Yaml, ErrorsOfFormInPlainWords) {
  EXPECT_THAT(errors_of("a: 1\n b: 2\n"), HasSubstr("2:3: a ':' is not allowed here"));
  EXPECT_THAT(errors_of("a: [1, 2\n"), HasSubstr("the [ of this list is never closed"));
  EXPECT_THAT(errors_of("a: \"x\n"), HasSubstr("the text in quotes is never closed"));
  EXPECT_THAT(errors_of("a: \"x"), HasSubstr("the text in quotes is never closed"));
  EXPECT_THAT(errors_of("a: 'it''s\n"), HasSubstr("the text in quotes is never closed"));
  EXPECT_THAT(errors_of("- a\nb: c\n"), HasSubstr("2:1: this does not belong to what stands above"));
  EXPECT_THAT(errors_of("a: @x\n"), HasSubstr("1:4: this character cannot begin a value"));
}

TEST(Yaml, LimitsHoldAtThemAndPastThem) {
  YamlLimits limits;
  limits.depth_max = 3;
  EXPECT_EQ(errors_of("[[[1]]]", limits), "");
  EXPECT_EQ(errors_of("[[[[1]]]]", limits), "1:4: nested deeper than 3 levels\n");
  limits = {};
  limits.nodes_max = 4;
  EXPECT_EQ(errors_of("[1, 2, 3]", limits), "");
  EXPECT_EQ(errors_of("[1, 2, 3, 4]", limits), "1:11: more than 4 values in one file\n");
  limits = {};
  limits.bytes_max = 8;
  EXPECT_EQ(errors_of("a: 1   \n", limits), "");
  EXPECT_EQ(errors_of("a: 1    \n", limits), "0:0: larger than 8 bytes\n");
}

TEST(Yaml, HostileFilesCostLittle) {
  std::string bomb = "a0: &a0 [x]\n";
  for (int i = 1; i < 30; ++i)
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + ", *a" +
            std::to_string(i - 1) + "]\n";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THAT(errors_of(bomb), HasSubstr("anchors"));
  EXPECT_THAT(errors_of(std::string(100'000, '[')), HasSubstr("1:"));
  EXPECT_THAT(errors_of(std::string(100'000, '{')), HasSubstr("1:"));
  std::string dashes;
  for (int i = 0; i < 50'000; ++i) dashes += "- ";
  EXPECT_THAT(errors_of(dashes), HasSubstr("nested deeper"));
  std::string many;
  for (int i = 0; i < 20'000; ++i) many += "k: 1\n";
  EXPECT_THAT(errors_of(many), HasSubstr("there are more errors"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

class YamlReaderTest : public testing::Test {
 protected:
  SourceFile source{"f.yaml", ""};
  std::vector<Diagnostic> errors;
  YamlNode root;

  void use(std::string yaml) {
    source.text = std::move(yaml);
    errors.clear();
    root = read_yaml(source, errors).value_or(YamlNode{});
  }
  const YamlNode& at(std::string_view key) { return *root.find(key); }
  std::string last() { return errors.empty() ? "" : errors.back().message; }
};

TEST_F(YamlReaderTest, TypedValues) {
  use("i: 42\nbig: 43\nword: x\nyes: Yes\nd: 90 s\nlong: 2 days\nlist: [a, b]\none: a\nempty: []\nnothing:\nblank: '  "
      "'\n");
  YamlReader reader(source, errors);
  EXPECT_EQ(reader.expect_int(at("i"), 1, 42), 42);
  EXPECT_EQ(reader.expect_int(at("big"), 1, 42), std::nullopt);
  EXPECT_EQ(last(), "43 is out of range; from 1 to 42");
  EXPECT_EQ(reader.expect_int(at("word"), 1, 42), std::nullopt);
  EXPECT_EQ(last(), "'x' is not a whole number");
  EXPECT_EQ(reader.expect_bool(at("yes")), true);
  EXPECT_EQ(reader.expect_bool(at("word")), std::nullopt);
  EXPECT_EQ(reader.expect_duration(at("d"), Millis{1'000}, Millis{90'000}), Millis{90'000});
  EXPECT_EQ(reader.expect_duration(at("long"), Millis{1'000}, Millis{90'000}), std::nullopt);
  EXPECT_EQ(last(), "2 days is out of range; from 1 second to 1 minute 30 seconds");
  EXPECT_EQ(reader.expect_strings(at("list"), "list")->size(), 2U);
  EXPECT_EQ(reader.expect_strings(at("one"), "one")->size(), 1U);
  EXPECT_EQ(reader.expect_strings(at("empty"), "empty"), std::nullopt);
  EXPECT_EQ(last(), "empty is empty");
  EXPECT_EQ(reader.expect_string(at("nothing"), "it"), std::nullopt);
  EXPECT_EQ(reader.expect_string(at("blank"), "it"), std::nullopt);
  EXPECT_EQ(reader.expect_string(at("list"), "it"), std::nullopt);
  EXPECT_EQ(last(), "it must be one text, not a list");
}

TEST_F(YamlReaderTest, PlacesInsideScalarsOfEveryStyle) {
  const auto place = [&](const std::string& yaml, std::string_view word) {
    use(yaml);
    YamlReader reader(source, errors);
    const auto& node = at("k");
    const auto offset = node.text.find(word);
    EXPECT_NE(offset, std::string::npos) << yaml;
    reader.error_at(node, offset, word.size(), "m");
    return std::to_string(errors.back().line) + ":" + std::to_string(errors.back().column) + "+" +
           std::to_string(errors.back().length);
  };
  EXPECT_EQ(place("k: ab cd ef\n", "cd"), "1:7+2");
  EXPECT_EQ(place("k: \"ab cd\"\n", "cd"), "1:8+2");
  EXPECT_EQ(place("k: 'a''b cd'\n", "cd"), "1:10+2");
  EXPECT_EQ(place("k: 'a''b cd'\n", "a'b"), "1:5+4");
  EXPECT_EQ(place("k: \"a\\\"b \\u00fc cd\"\n", "cd"), "1:17+2");
  EXPECT_EQ(place("k: \"a\\tb cd\"\n", "b"), "1:8+1");
  EXPECT_EQ(place("k: \"ab\\\n   cd\"\n", "cd"), "2:4+2");
  EXPECT_EQ(place("k: |\n  ab\n  cd ef\n", "ef"), "3:6+2");
  EXPECT_EQ(place("k: >-\n  ab\n  cd\n\n  ef\n", "ef"), "5:3+2");
  EXPECT_EQ(place("k: ab\n  cd\n  \u00FC ef\n", "ef"), "3:5+2");
  EXPECT_EQ(place("k: \"\u00FC\u00FC cd\"\n", "cd"), "1:8+2");
  EXPECT_EQ(place("k: \"ab  cd\"\n", "b  c"), "1:6+4");
}

TEST_F(YamlReaderTest, UnknownKeysWithTheNearestName) {
  use("route_too: x\n");
  YamlReader reader(source, errors);
  constexpr std::array<std::string_view, 2> known{"route_to", "notify"};
  EXPECT_FALSE(reader.check_keys(root, "action", known));
  EXPECT_EQ(last(), "unknown action 'route_too'");
  EXPECT_EQ(errors.back().hint, "did you mean 'route_to'? (known: notify, route_to)");
  EXPECT_EQ(errors.back().length, 9);
}

TEST(Bytes, AreReadAndWritten) {
  EXPECT_EQ(parse_bytes("25 MB"), 25U << 20U);
  EXPECT_EQ(parse_bytes("64KiB"), 64U << 10U);
  EXPECT_EQ(parse_bytes("123"), 123U);
  EXPECT_EQ(parse_bytes("5 XB"), std::nullopt);
  EXPECT_EQ(parse_bytes("MB"), std::nullopt);
  EXPECT_EQ(parse_bytes("99999999999 GB"), std::nullopt);
  EXPECT_EQ(format_bytes(25U << 20U), "25 MB");
  EXPECT_EQ(format_bytes(1000), "1000 bytes");
}

}  // namespace
}  // namespace orgo
