// The only file that includes CLI11: it costs 16 s to compile.
#include "app/command_line/syntax.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <utility>

#include "app/output.h"

namespace orgo {
namespace {

/// Behind a word in brackets: CLI11 takes "[a,b]" for a list of two, and people write "[urgent]" as it is.
constexpr char kAsItIs = '\x01';

/// What Argument::then() says is kept as the group of the option, which our help does not show.
const std::string kThen = "then ";

std::string as_it_was(std::string word) {
  if (!word.empty() && word.back() == kAsItIs) word.pop_back();
  return word;
}

}  // namespace

Argument& Argument::type_name(const std::string& name) {
  option_->type_name(name);
  return *this;
}
Argument& Argument::required() {
  option_->required();
  return *this;
}
Argument& Argument::then(const std::string& what) {
  option_->group(kThen + what);
  return *this;
}
Argument& Argument::one_each() {
  option_->allow_extra_args(false);
  return *this;
}
Argument& Argument::range(int least, int most) {
  return range(static_cast<double>(least), static_cast<double>(most));
}
Argument& Argument::range(double least, double most) {
  const auto shown = [](double number) {
    std::ostringstream text;
    text << std::setprecision(9) << number;
    return text.str();
  };
  const auto words = "from " + shown(least) + " to " + shown(most);
  option_->description(option_->get_description() + ", " + words);
  option_->check([=](const std::string& text) {
    double number = 0;
    if (!CLI::detail::lexical_cast(text, number) || !(number >= least && number <= most))
      return "'" + text + "' is no number " + words;
    return std::string();
  });
  return *this;
}
Argument& Argument::show_default() {
  option_->capture_default_str();
  return *this;
}
Argument& Argument::count(int least, int most) {
  option_->expected(least, most);
  return *this;
}

Command Command::add(const std::string& name, const std::string& help, const std::string& examples) {
  auto* command = app_->add_subcommand(name, help);
  command->footer("Examples:\n" + examples);
  return {*command, *run_};
}
void Command::require_subcommand() {
  app_->require_subcommand(1);
}
void Command::own(CommonOptions& options) {
  common(options);
  app_->add_option("--tenant", options.tenant, "Of this tenant; without it, of the first one")->type_name("NAME");
}

void Command::common(CommonOptions& common) {
  option("--config", common.config, "Configuration file").type_name("FILE");
  option("--data", common.data, "Data folder, over the configuration").type_name("DIR");
  flag("--json", common.json, "Print JSON");
}
Argument Command::option(const std::string& name, std::string& value, const std::string& help) {
  return Argument(*app_->add_option(name, value, help)->transform(as_it_was));
}
Argument Command::option(const std::string& name, std::vector<std::string>& values, const std::string& help) {
  return Argument(*app_->add_option(name, values, help)->transform(as_it_was));
}
Argument Command::option(const std::string& name, int& value, const std::string& help) {
  return Argument(*app_->add_option(name, value, help));
}
Argument Command::option(const std::string& name, double& value, const std::string& help) {
  return Argument(*app_->add_option(name, value, help));
}
void Command::flag(const std::string& name, bool& value, const std::string& help) {
  app_->add_flag(name, value, help);
}
void Command::on_run(std::function<int()> run) {
  app_->callback([app = app_, chosen = run_, run = std::move(run)] {
    if (app->get_subcommands().empty()) *chosen = run;  // it is called behind that of a subcommand
  });
}

namespace {

CommandDescription description_of(const CLI::App& app) {
  CommandDescription out{.name = app.get_name(),
                         .help = app.get_description(),
                         .examples = app.get_footer(),
                         .options = {},
                         .commands = {}};
  constexpr std::string_view kHeading = "Examples:\n";
  if (out.examples.starts_with(kHeading)) out.examples.erase(0, kHeading.size());
  for (const auto* option : app.get_options()) {
    OptionDescription one{.names = {},
                          .label = option->get_single_name(),
                          .type = {},
                          .help = option->get_description(),
                          .required = option->get_required(),
                          .several = option->get_expected_max() > 1 && option->get_allow_extra_args(),
                          .then = {},
                          .standard = option->get_default_str()};
    if (one.label == "help") one.help = "Print this";
    if (option->get_positional()) one.several = option->get_expected_max() > 1;
    if (option->get_group().starts_with(kThen)) one.then = option->get_group().substr(kThen.size());
    for (const auto& name : option->get_lnames()) one.names.push_back("--" + name);
    for (const auto& name : option->get_snames()) one.names.push_back("-" + name);
    if (option->get_items_expected_max() > 0) one.type = option->get_type_name();
    out.options.push_back(std::move(one));
  }
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; }))
    out.commands.push_back(description_of(*command));
  return out;
}

/// "orgo task list"
std::string path_of(const CLI::App* app) {
  const auto name = app->get_name();
  return app->get_parent() == nullptr ? name : path_of(app->get_parent()) + " " + name;
}

/// What the library says of words that it can't read, for whoever typed them: which command, and where help is.
std::string misuse(const CommandDescription& root, const std::vector<std::string>& words,
                   const CLI::ParseError& error) {
  const auto place = place_of(root, words);
  const auto help = "; `" + place.path + " --help` shows how";
  if (!place.command->commands.empty()) {
    std::string names;
    for (const auto& one : place.command->commands) names += (names.empty() ? "" : ", ") + one.name;
    return place.path + ": which one? There are " + names + help;
  }
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    std::string missing = error.what();  // "file is required"
    if (const auto end = missing.find(" is required"); end != std::string::npos) missing.resize(end);
    return place.path + ": " + missing + " is missing" + help;
  }
  return place.path + ": " + error.what() + help;
}

}  // namespace

struct CommandLine::State {
  CLI::App app;
  std::function<int()> run;
};

CommandLine::CommandLine(const std::string& name, const std::string& help, const std::string& examples)
    : state_(new State{CLI::App(help, name), {}}) {
  state_->app.require_subcommand(1);
  state_->app.footer("Examples:\n" + examples);
  state_->app.formatter_fn([](const CLI::App* app, const std::string&, CLI::AppFormatMode) {
    return help_text(description_of(*app), path_of(app));
  });
}
CommandLine::~CommandLine() = default;

Command CommandLine::root() {
  return {state_->app, state_->run};
}

void CommandLine::on_version(std::function<void()> say) {
  state_->app.set_version_flag("--version", [say = std::move(say)]() -> std::string {
    say();
    return "";
  });
}

int CommandLine::explain(const std::vector<std::string>& path) {
  const auto root = describe();
  if (const auto what = unknown_word(root, path); !what.empty()) return report_misuse(what);
  const auto place = place_of(root, path);
  std::cout << help_text(*place.command, place.path);
  return 0;
}

CommandDescription CommandLine::describe() const {
  return description_of(state_->app);
}

int CommandLine::run(int argc, char** argv) {
  const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  // Also for words that can't be read: who wants JSON wants it most when something is wrong.
  const auto end = std::find(words.begin(), words.end(), "--");
  speak_json(std::find(words.begin(), end, "--json") != end);
  try {
    auto marked = words;
    for (auto& word : marked)
      if (word.size() > 1 && word.front() == '[' && word.back() == ']') word += kAsItIs;
    std::ranges::reverse(marked);  // as it takes them
    state_->app.parse(std::move(marked));
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return state_->app.exit(error, std::cout, std::cerr);  // help, version
    const auto root = describe();
    const auto what = unknown_word(root, words);
    return report_misuse(what.empty() ? misuse(root, words, error) : what);
  }
  return state_->run ? state_->run() : kAskedWrongly;
}

}  // namespace orgo
