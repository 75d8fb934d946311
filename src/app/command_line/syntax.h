#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/command_line/description.h"
#include "app/commands.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace orgo {

/// What may be said of one option or argument; the calls can be chained.
class Argument {
 public:
  explicit Argument(CLI::Option& option) : option_(&option) {}
  Argument& type_name(const std::string& name);  ///< "FILE", in the help
  Argument& required();
  /// Of a list: behind it stands one more word, which is called so: "task... person".
  Argument& then(const std::string& what);
  /// Of a list: each value wants the option's name again, so that arguments can stand behind it.
  Argument& one_each();
  Argument& range(int least, int most);
  Argument& range(double least, double most);
  Argument& show_default();
  Argument& count(int least, int most);

 private:
  CLI::Option* option_;
};

/// A subcommand with its options, as one writes it down: the library behind it is named in syntax.cpp only. Where
/// values go must live as long as the CommandLine: whoever adds a command shares its options with on_run().
class Command {
 public:
  Command(CLI::App& app, std::function<int()>& run) : app_(&app), run_(&run) {}

  Command add(const std::string& name, const std::string& help, const std::string& examples);
  /// It does nothing by itself.
  void require_subcommand();
  /// --config, --data, --json.
  void common(CommonOptions& common);
  /// The same and --tenant, for what is each tenant's own.
  void own(CommonOptions& common);
  /// "--limit", or without -- what stands at this place.
  Argument option(const std::string& name, std::string& value, const std::string& help);
  Argument option(const std::string& name, std::vector<std::string>& values, const std::string& help);
  Argument option(const std::string& name, int& value, const std::string& help);
  Argument option(const std::string& name, double& value, const std::string& help);
  void flag(const std::string& name, bool& value, const std::string& help);
  /// Runs once all was read, unless a subcommand was named; gives the exit status.
  void on_run(std::function<int()> run);

 private:
  CLI::App* app_;
  std::function<int()>* run_;
};

/// The program's command line: a tree of commands, read once.
class CommandLine {
 public:
  CommandLine(const std::string& name, const std::string& help, const std::string& examples);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  Command root();
  /// `say` runs for --version.
  void on_version(std::function<void()> say);
  /// The help of the command at the end of the path, on standard output. kAskedWrongly: there is none.
  int explain(const std::vector<std::string>& path);
  /// All commands and options, as data.
  [[nodiscard]] CommandDescription describe() const;
  int run(int argc, char** argv);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orgo
