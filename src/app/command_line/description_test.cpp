#include "app/command_line/description.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orgo {
namespace {

using ::testing::HasSubstr;
using Words = std::vector<std::string>;

CommandDescription tree() {
  const OptionDescription limit{.names = {"--limit"}, .label = "", .type = "INT", .help = "How many at most"};
  const OptionDescription json{.names = {"--json"}, .label = "", .type = "", .help = "Print JSON"};
  const OptionDescription help{.names = {"--help", "-h"}, .label = "", .type = "", .help = "Print this"};
  const OptionDescription item{.names = {}, .label = "item", .type = "TEXT", .help = "Its number"};
  CommandDescription list{
      .name = "list", .help = "List tasks", .examples = "  orgo task list", .options = {limit, json}, .commands = {}};
  CommandDescription show{.name = "show", .help = "Show one", .examples = "", .options = {item, json}, .commands = {}};
  CommandDescription task{
      .name = "task", .help = "Work with tasks", .examples = "", .options = {help}, .commands = {list, show}};
  CommandDescription parse{
      .name = "parse", .help = ".hidden - words", .examples = "  orgo parse a\\b", .options = {item}, .commands = {}};
  return {.name = "orgo",
          .help = "Turns mail into work.",
          .examples = "  orgo serve",
          .options = {help},
          .commands = {task, parse}};
}

TEST(UnknownWord, NamesTheNearest) {
  EXPECT_EQ(unknown_word(tree(), Words{"taks"}), "orgo: there is no subcommand 'taks'; did you mean 'task'?");
  EXPECT_EQ(unknown_word(tree(), Words{"task", "lst"}),
            "orgo task: there is no subcommand 'lst'; did you mean 'list'?");
  EXPECT_EQ(unknown_word(tree(), Words{"task", "list", "--limt", "3"}),
            "orgo task list: there is no option '--limt'; did you mean '--limit'?");
  EXPECT_EQ(unknown_word(tree(), Words{"task", "list", "--jsn=1"}),
            "orgo task list: there is no option '--jsn'; did you mean '--json'?");
  EXPECT_EQ(unknown_word(tree(), Words{"task", "quxquux"}),
            "orgo task: there is no subcommand 'quxquux'; there are list, show");
  EXPECT_LT(unknown_word(tree(), Words{std::string(10'000, 'x')}).size(), 200U);
}

TEST(UnknownWord, SaysWhereAnOptionBelongs) {
  EXPECT_EQ(unknown_word(tree(), Words{"task", "list", "-j"}),
            "orgo task list: there is no option '-j'; did you mean '--json'?");
  EXPECT_EQ(unknown_word(tree(), Words{"--json", "task", "list"}),
            "orgo: there is no option '--json'; it stands behind a subcommand, as in `orgo task list --json`");
  EXPECT_EQ(unknown_word(tree(), Words{"parse", "-x"}), "orgo parse: there is no option '-x'; there are none");
}

TEST(UnknownWord, NamesAWordTooMany) {
  EXPECT_EQ(unknown_word(tree(), Words{"task", "show", "T-1", "anything"}),
            "orgo task show: 'anything' is one word too many; a text of several words stands in quotes");
  EXPECT_EQ(unknown_word(tree(), Words{"task", "list", "all"}), "orgo task list: 'all' is one word too many");
}

TEST(HelpText, FitsEightyColumns) {
  CommandDescription long_one{
      .name = "reply",
      .help =
          "Answer the requester by mail, in the thread; or keep a note for colleagues, "
          "which goes to nobody at all",
      .examples = "  orgo task reply 12 'We come.'",
      .options = {{.names = {"--limit"}, .type = "INT", .help = "How many", .standard = "50"},
                  {.names = {"--reason"}, .type = "TEXT", .help = "Why", .required = true},
                  {.names = {"--an-option-with-a-long-name"}, .help = "Words"},
                  {.label = "task", .type = "TEXT", .help = "Its number", .required = true},
                  {.label = "text", .type = "TEXT", .help = "What", .several = true, .then = "person"}},
      .commands = {}};
  EXPECT_EQ(help_text(long_one, "orgo task reply"),
            "Answer the requester by mail, in the thread; or keep a note for colleagues,\n"
            "which goes to nobody at all\n"
            "Usage: orgo task reply [OPTIONS] task [text... person]\n"
            "\nArguments:\n"
            "  task                  Its number\n"
            "  text ... person       What\n"
            "\nOptions:\n"
            "  --limit INT           How many (else 50)\n"
            "  --reason TEXT         Why (must be given)\n"
            "  --an-option-with-a-long-name\n"
            "                        Words\n"
            "\nExamples:\n"
            "  orgo task reply 12 'We come.'\n");
}

TEST(UnknownWord, LeavesWhatItCannotJudge) {
  for (const auto& words : std::vector<Words>{{},
                                              {"task", "list"},
                                              {"task", "list", "--limit", "lst"},
                                              {"task", "list", "--limit=3"},
                                              {"parse", "--", "--limt"},
                                              {"parse", "-"},
                                              {"-h"}})
    EXPECT_EQ(unknown_word(tree(), words), "");
}

TEST(Completion, IsThereForEachShell) {
  for (const auto* shell : {"bash", "zsh", "fish"})
    EXPECT_THAT(completion_script(tree(), shell), HasSubstr("list")) << shell;
  EXPECT_EQ(completion_script(tree(), "tcsh"), "");
}

TEST(ManualPage, IsRoffWhateverTheWords) {
  const auto page = manual_page(tree(), "1.2.3");
  EXPECT_THAT(page, HasSubstr(".TH ORGO 1 \"\" \"orgo 1.2.3\""));
  EXPECT_THAT(page, HasSubstr("\n\\&.hidden \\- words\n")) << "a line that begins with a dot would be a request";
  EXPECT_THAT(page, HasSubstr("orgo parse a\\eb"));
  EXPECT_THAT(page, HasSubstr(".SS orgo task list\n"));
  EXPECT_THAT(page, HasSubstr(".B \\-\\-limit \\fIINT\\fR\n"));
}

}  // namespace
}  // namespace orgo
