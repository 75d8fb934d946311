#include "app/password_prompt.h"

#include <termios.h>
#include <unistd.h>

#include <iostream>

namespace orgo {
namespace {

/// Typed letters stay unseen until it ends.
class Unseen {
 public:
  Unseen() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    auto unseen = before_;
    unseen.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &unseen) == 0;
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;
  ~Unseen() {
    if (changed_) (void)::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }

 private:
  termios before_{};
  bool changed_ = false;
};

Result<std::string> read_line() {
  std::string line;
  if (!std::getline(std::cin, line)) return failure(Errc::invalid_input, "no password came");
  if (!line.empty() && line.back() == '\r') line.pop_back();
  if (line.empty()) return failure(Errc::invalid_input, "the password is empty");
  return line;
}

Result<std::string> ask(const std::string& prompt) {
  std::cerr << prompt << ": " << std::flush;
  auto line = [] {
    const Unseen unseen;
    return read_line();
  }();
  std::cerr << '\n';
  return line;
}

}  // namespace

Result<std::string> ask_for_password(const std::string& whose) {
  if (::isatty(STDIN_FILENO) != 1) return read_line();
  ORGO_TRY(first, ask("Password of " + whose));
  ORGO_TRY(again, ask("Once more"));
  if (first != again) return failure(Errc::invalid_input, "these were two different passwords");
  return first;
}

}  // namespace orgo
