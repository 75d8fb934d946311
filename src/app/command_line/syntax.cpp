// The only file that includes CLI11: it costs 16 s to compile.
#include "app/command_line/syntax.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <sstream>
#include <utility>

#include "app/output.h"

namespace orgo {

Argument& Argument::type_name(const std::string& name) {
  option_->type_name(name);
  return *this;
}
Argument& Argument::required() {
  option_->required();
  return *this;
}
Argument& Argument::one_each() {
  option_->allow_extra_args(false);
  return *this;
}
Argument& Argument::range(int least, int most) {
  option_->check(CLI::Range(least, most));
  return *this;
}
Argument& Argument::range(double least, double most) {
  option_->check(CLI::Range(least, most));
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
  return Argument(*app_->add_option(name, value, help));
}
Argument Command::option(const std::string& name, std::vector<std::string>& values, const std::string& help) {
  return Argument(*app_->add_option(name, values, help));
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
  app_->callback([chosen = run_, run = std::move(run)] { *chosen = run; });
}

namespace {

CommandDescription description_of(CLI::App& app) {
  CommandDescription out{.name = app.get_name(),
                         .help = app.get_description(),
                         .examples = app.get_footer(),
                         .options = {},
                         .commands = {}};
  constexpr std::string_view kHeading = "Examples:\n";
  if (out.examples.starts_with(kHeading)) out.examples.erase(0, kHeading.size());
  for (const auto* option : app.get_options()) {
    OptionDescription one{
        .names = {}, .label = option->get_single_name(), .type = {}, .help = option->get_description()};
    for (const auto& name : option->get_lnames()) one.names.push_back("--" + name);
    for (const auto& name : option->get_snames()) one.names.push_back("-" + name);
    if (option->get_items_expected_max() > 0) one.type = option->get_type_name();
    out.options.push_back(std::move(one));
  }
  for (auto* command : app.get_subcommands([](CLI::App*) { return true; }))
    out.commands.push_back(description_of(*command));
  return out;
}

}  // namespace

namespace {

constexpr std::size_t kColumns = 80;  // of a terminal that nobody has made wider

/// Broken between words so that no line is wider, where a word is not.
std::string broken(const std::string& text, std::size_t width) {
  std::string out;
  std::size_t column = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find_first_of(" \n", at), text.size());
    if (column > 0 && column + 1 + (end - at) > width) {
      out += '\n';
      column = 0;
    }
    if (column > 0) out += ' ';
    out.append(text, at, end - at);
    column += (end - at) + (column > 0 ? 1 : 0);
    if (end < text.size() && text[end] == '\n') {
      out += '\n';
      column = 0;
    }
    at = end + 1;
  }
  return out;
}

/// CLI11 writes each text on one line.
class Narrow : public CLI::Formatter {
 public:
  std::string make_option_desc(const CLI::Option* option) const override {
    return broken(option->get_description(), kColumns - column_width_);
  }
  std::string make_subcommand(const CLI::App* command) const override {
    std::stringstream out;
    CLI::detail::format_help(out, command->get_display_name(true),
                             broken(command->get_description(), kColumns - column_width_), column_width_);
    return out.str();
  }
  std::string make_description(const CLI::App* app) const override {
    return broken(CLI::Formatter::make_description(app), kColumns);
  }
};

}  // namespace

struct CommandLine::State {
  CLI::App app;
  std::function<int()> run;
};

CommandLine::CommandLine(const std::string& name, const std::string& help, const std::string& examples)
    : state_(new State{CLI::App(help, name), {}}) {
  state_->app.formatter(std::make_shared<Narrow>());
  state_->app.require_subcommand(1);
  state_->app.footer("Examples:\n" + examples);
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
  CLI::App* chosen = &state_->app;
  for (const auto& name : path) {
    const auto known = chosen->get_subcommands([&](const CLI::App* one) { return one->get_name() == name; });
    if (known.empty()) {
      std::cerr << "orgo: there is no subcommand '" << name << "'\n" << chosen->help();
      return kAskedWrongly;
    }
    chosen = known.front();
  }
  std::cout << chosen->help();
  return 0;
}

CommandDescription CommandLine::describe() const {
  return description_of(state_->app);
}

int CommandLine::run(int argc, char** argv) {
  try {
    state_->app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) {
      const auto what = unknown_word(describe(), std::vector<std::string>(argv + 1, argv + argc));
      if (!what.empty()) {
        std::cerr << what << "\n";
        return kAskedWrongly;
      }
    }
    // CLI11 prints help to standard output and mistakes, with a hint at --help, to standard error.
    const int status = state_->app.exit(error, std::cout, std::cerr);
    return status == 0 ? 0 : kAskedWrongly;
  }
  return state_->run ? state_->run() : kAskedWrongly;
}

}  // namespace orgo
