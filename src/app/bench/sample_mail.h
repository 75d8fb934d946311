#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace orgo {

/// A mail as offices get them, of `bytes` or a little more: the same number makes the same one, and no two are the
/// same. One of 1,000 senders wrote it.
std::string sample_mail(std::size_t number, std::string_view recipient, std::size_t bytes);

/// A rule file of `count` rules by words and regular expressions, and a last one that takes what is left. One mail in
/// eight meets one of them.
std::string sample_rules(int count);

}  // namespace orgo
