#pragma once
#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>

#include "app/fold.h"

namespace orgo {

/// Between the commands and a terminal: what strangers wrote is shown, never obeyed. Controls of ASCII but line ends
/// and tabs, controls of Latin-1 and marks of direction are left out of all that goes through. Whoever writes bytes as
/// they are (`orgo trace --raw`) or colours of ours lifts it. One thread.
class NeutralBuffer final : public std::streambuf {
 public:
  explicit NeutralBuffer(std::streambuf& to) : to_(to) {}
  /// From here on all goes through as it is; or nothing of that any more.
  void lift(bool lifted);

 protected:
  int_type overflow(int_type c) override;
  std::streamsize xsputn(const char* text, std::streamsize count) override;
  int sync() override;

 private:
  bool put(char c);
  bool pass();

  std::streambuf& to_;
  std::string held_;  ///< the begin of a character that may be one of those
  bool lifted_ = false;
};

/// Puts a NeutralBuffer before standard output and standard error for as long as it lives, and a FoldBuffer behind the
/// first, on a terminal and as long as words are spoken (speaks_json()).
class NeutralOutput {
 public:
  NeutralOutput();
  ~NeutralOutput();
  NeutralOutput(const NeutralOutput&) = delete;
  NeutralOutput& operator=(const NeutralOutput&) = delete;

  /// Writes what is left. False: some of the output could not be written.
  static bool flush();

 private:
  FoldBuffer fold_;
  NeutralBuffer out_, error_;
  std::streambuf* const before_out_;
  std::streambuf* const before_error_;
};

/// From here on standard output has the bytes as they are.
void raw_output();
/// From here on its lines stay as wide as they are: they are for programs, or for eyes that compare them.
void whole_lines();
/// `text` as it is, with colours or other marks of ours in it. What strangers wrote in it must be harmless already.
void write_marked(std::ostream& to, std::string_view text);

}  // namespace orgo
